/** English places of care: hospitals, clinics, medical centres, nursing homes, practices. */
import type { Found, Place } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import { runs } from './care-en-runs.ts';
import type { Word } from './names/names-en-facts.ts';
import { CARE_HEADS } from '../words/english.ts';
import { findCareForms } from './care-en-forms.ts';
import {
  endsPractice,
  isBranch,
  isForDisease,
  isHeading,
  isNoEnding,
  opensSentence,
  practiceStart,
  withTown,
} from './care-en-practices.ts';

/** What a place of care ends with. "Centre", "home" and the like need a word before them that says of what. */
const ENDING =
  /(?:hospitals?(?: (?:and|&) (?:clinics?|medical cent(?:er|re)|health cent(?:er|re)))?|infirmary|polyclinic|sanatorium|hospice|clinics?|(?:medical|health|healthcare|cancer|heart|trauma|rehabilitation|rehab|surgical|surgery|dialysis|imaging|wellness|birth|birthing|children's|women's|nursing|care|urgent care|community health|outpatient|diagnostic|eye|burn|treatment|recovery|oncology|primary care|family health|walk-in|detox|day surgery|kidney|renal|fertility|ivf|pain|sleep|diabetes|breast|stroke|spine|spinal|lung|liver|skin|vein|memory|hearing|vision|autism|mental health|addiction|day care|respite|maternity|midwifery|vaccination|travel health|blood|transfusion|proton|gamma knife|sports medicine|physiotherapy|joint|p(?:a)?ediatric|neurosciences?|brain|research|transplant|allergy|digestive|hand|foot|orthop(?:a)?edic) cent(?:er|re)s?|(?:diabetes|thyroid|sleep|pain|fertility|spine|neuroscience|neurological|chest|cardiac|cardiovascular|vascular|lung|liver|dental|skin|joint|digestive|kidney|brain|orthop(?:a)?edic) institute|(?:surgery|rehabilitation|birth|women's|children's) pavilion|heart (?:&|and) vascular(?: cent(?:er|re)| institute)?|universit(?:ä|ae)tsklinik(?:um)?|(?:rehabilitation|stroke|hospice|eye|burns|spinal|dialysis|day surgery|maternity|birth) unit|(?:nursing|care|residential|rest|retirement|group|convalescent) home|(?:medical|family|health|group|dental|gp|surgical) practice|medical group|health (?:system|services|network|partners|clinic)|healthcare(?: trust| system)?|(?:nhs )?(?:foundation )?trust|medical associates|family medicine|physicians group|assisted living|skilled nursing(?: facility)?|rehabilitation(?: hospital| institute)?|cancer institute|heart institute|eye institute|medical institute|surgery|pharmacy|urgent care|hospital trust|medical college hospital|(?:health|medical) sciences cent(?:er|re)|phc|chc|aged care|multi-?purpose service|memorial|(?<=[a-z] )regional|(?<!attorney |surgeon |director |secretary |adjutant |postmaster |solicitor |receiver )general)$/i;

/** Words that say only what kind of place it is, or what for. */
const GENERAL = new Set(
  `the a an our your this that his her their local general regional community university teaching county district state city national central main acute emergency outpatient inpatient day night
  memory pain heart failure cardiac cardiology diabetes diabetic fracture anticoagulation warfarin coumadin inr eye ear nose throat ent children's childrens children women's womens woman's maternity antenatal prenatal postnatal lactation
  wound burn burns cancer oncology hematology haematology infusion chemotherapy radiation dialysis renal kidney transplant liver hepatology gi gastroenterology endoscopy
  pulmonary respiratory asthma copd sleep chest lung allergy immunology infectious hiv id std sti travel vaccine vaccination immunization flu covid
  neurology stroke epilepsy seizure headache movement ms parkinson's parkinsons neurosurgery spine back orthopedic orthopaedic ortho sports hand foot podiatry rheumatology arthritis osteoporosis bone
  psychiatric psychiatry mental behavioral behavioural health addiction methadone substance counselling counseling psychology
  dermatology skin derm mohs urology continence prostate breast gyn gynecology gynaecology ob obgyn ob/gyn obstetrics fertility ivf pelvic colposcopy family planning
  pediatric paediatric pediatrics paediatrics neonatal newborn child adolescent geriatric geriatrics elderly senior falls primary care medical medicine internal surgical surgery pre-op preop preoperative pre-operative preassessment post-op postop plastic vascular vein trauma thoracic bariatric weight obesity
  rehab rehabilitation physical occupational therapy speech hearing audiology vision ophthalmology optometry retina glaucoma cataract dental dentistry oral orthodontic
  urgent walk-in walk free free-standing mobile satellite specialty specialist subspecialty tertiary secondary referral referring private public rural veterans veteran va military army navy base government charity
  follow-up followup follow up new review resident residents resident's fellow doctor's doctors nurse nurse-led nurses hypertension lipid thyroid endocrine endocrinology anaemia anemia sickle cell hepatitis tb tuberculosis device pacemaker icd arrhythmia ecg echo valve pre post in at to of and & for from discharge admission admitted hospital clinic center centre home nursing skilled facility
  residential retirement group assisted living convalescent rest adult long-term longterm term wellness fitness birth birthing outreach field school campus student employee occupational workplace compounding retail mail order specialty online animal veterinary vet
  admitted transferred referred seen patient patients pt dr mr mrs ms visit during since last next other another outside any no same current previous prior home pharmacy practice trust service services department unit ward room floor mobile virtual tele telehealth telemedicine weekly monthly daily monday tuesday wednesday thursday friday saturday sunday
  shelter homeless hostel refuge drop-in street needle exchange soup prison custody jail asylum refugee hot cold traveller
  thyroid gout migraine lupus pulmonology nephrology hospice palliative comprehensive integrated multidisciplinary combined joint early late high low risk clinical research genetics genetic metabolic nutrition nutritional dietary lifestyle smoking cessation cessation tobacco alcohol detox drug interventional radiology imaging x-ray mri ct ultrasound diagnostic laboratory lab pathology blood donor donation bank`
    .split(/\s+/)
    .filter(Boolean),
);

const isGeneral = (word: string): boolean => GENERAL.has(word);

/** Words inside a name that begin small: "Hospital of the Holy Cross", "King's College Hospital at Denmark Hill". */
const INNER = /^(?:of|and|&|the|for|de|la|del|los|las|at|in|&)$/i;

export function findEnglishCare(
  text: string,
  capitals: readonly Word[],
  lists: Lists,
  found: Found,
): void {
  findCareForms(text, found);
  for (const { words, end } of runs(text, capitals)) careIn(text, words, end, lists, found);
}

/** "St Mary's hospital": the last word may be small after a name in capitals. */
const SMALL =
  /(?:'s)? (?:(?:general|community|memorial|county|university|children's|regional|district|medical|health) )?(?:hospital|infirmary|clinic|hospice|medical cent(?:er|re)|health cent(?:er|re)|nursing home|care home)(?![a-z])/y;
const WHERE = /^,? (?:of|in|at|for) (?:the )?[A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+){0,3}/;

/** Whether a name may end with a word; most capitalised words end none. */
function mayEnd({ small, facts }: Word): boolean {
  const ends = facts?.endsCare ?? (CARE_HEADS.has(small) || endsPractice(small));
  if (facts) facts.endsCare = ends;
  return ends;
}

function careIn(
  text: string,
  words: readonly Word[],
  runEnd: number,
  lists: Lists,
  found: Found,
): void {
  SMALL.lastIndex = runEnd;
  const small = SMALL.exec(text);
  if (!small && !words.some(mayEnd)) return;
  for (let last = words.length - 1; last >= 0; last -= 1) {
    const word = words[last];
    const first = words[0];
    if (!word || !first) return;
    const isLast = last === words.length - 1;
    if (!(isLast && small) && !CARE_HEADS.has(word.small)) {
      const practice = practiceStart(text, words, last, isGeneral, lists);
      if (practice < 0) continue;
      put(practice, word.end, found);
      return;
    }
    let end = isLast && small ? runEnd + small[0].length : word.end;
    if (!ENDING.test(text.slice(first.start, end))) {
      const practice = practiceStart(text, words, last, isGeneral, lists);
      if (practice < 0) continue;
      put(practice, word.end, found);
      return;
    }
    if (!(isLast && small) && isNoEnding(text, word, end)) continue;
    const from = beginning(text, words, last, isLast && small !== null, lists);
    if (from === null) {
      const where = WHERE.exec(text.slice(end, end + 50));
      // "University Hospital of Wales", "Hospital of Saint Raphael"
      const named =
        where &&
        /hospital|clinic|infirmary/i.test(text.slice(word.start, word.end)) &&
        /^,? of/.test(where[0]);
      const start =
        words
          .slice(0, last + 1)
          .find((w) =>
            /^(?:university|royal|general|children's|memorial|community|regional|district|county|city|national|central|the)?$/i.test(
              text.slice(w.start, w.end),
            ),
          )?.start ?? word.start;
      const town = withTown(text, word, end, isGeneral, lists);
      if (named) put(start, end + where[0].length, found);
      else if (town > end && start < word.start) put(start, town, found);
      return;
    }
    const suffix =
      /^ (?:and|&) (?:Clinics?|Health Cent(?:er|re)|Medical Cent(?:er|re)|Research Institute|Maternity Hospital)|^ NHS (?:Foundation )?Trust/.exec(
        text.slice(end, end + 30),
      );
    end = suffix ? end + suffix[0].length : withTown(text, word, end, isGeneral, lists);
    const forWhom =
      /^ for (?:(?:Sick )?Children|Women(?: and Children)?|Special Surgery|Joint Diseases)(?![A-Za-z])/.exec(
        text.slice(end, end + 40),
      );
    if (forWhom) end += forWhom[0].length;
    const of = /^ of [A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+)?/.exec(text.slice(end, end + 40));
    if (of) end += of[0].length;
    // "Dutch Lipid Clinic score": named after it.
    if (
      /^ (?:score|scores|criteria|scale|trial|study|protocol|classification|guidelines?|network criteria)\b/.test(
        text.slice(end, end + 20),
      )
    )
      return;
    put(from, end, found);
    return;
  }
}

function put(start: number, end: number, found: Found): void {
  found({ start, end, kind: 'HOSPITAL', reason: 'form', certainty: 'sure' });
}

/** Where the name begins: after words that are no part of it; null where nothing of it is a name. */
/** "Leilani Faleolo of Queen Isolde Infirmary": the place begins after the person. */
function afterPerson(
  text: string,
  words: readonly Place[],
  first: number,
  last: number,
  lists: Lists,
): number {
  const given = words[first];
  if (!given || !lists.given.has(text.slice(given.start, given.end).toLowerCase())) return first;
  const second = words[first + 1];
  const third = words[first + 2];
  if (!second || !third || first + 2 >= last) return first;
  return text.slice(second.end, third.start) === ' of ' ? first + 2 : first;
}

/** What colleagues are called in short: a place begins after them. */
const IN_SHORT =
  /^(?:GP|LMO|PCP|PHN|CNS|SN|RN|SHO|SpR|HO|Cons|Reg|MSW|OT|PT|SLT|SW|NP|PA|MD|DO|ANP|CPN|HV|DN|HCA|TFR|Tfr|TCU|OPD|MRCP|FRCP|FRCS)$/;
const TITLE = /^(?:dr|mr|mrs|ms|miss|prof|nurse)$/i;
const PARTICLE = /^(?:ní|nic|mac|van|von|de|da|del|di|al|el|bin|st|ua|o)$/i;

/** "Dr Ní Bhriain Kilbrannan University Hospital", "A. Hrynchuk GP Netherby General Hospital". */
function afterStaff(
  text: string,
  words: readonly Place[],
  from: number,
  last: number,
  lists: Lists,
): number {
  const written = (at: number): string => text.slice(words[at]?.start, words[at]?.end);
  const short = words.findLastIndex(
    (_, at) => at >= from && at < last && IN_SHORT.test(written(at)),
  );
  if (short >= 0) return short + 1;
  const title = words.findLastIndex((_, at) => at < last && TITLE.test(written(at)));
  if (title < 0) return from;
  let surname = title + 1;
  if (lists.given.has(written(surname).toLowerCase()) && surname + 3 < last) surname += 1;
  while (surname < last && PARTICLE.test(written(surname))) surname += 1;
  const place = surname + 1;
  const next = written(place).toLowerCase();
  const own = place < last && !CARE_HEADS.has(next) && !GENERAL.has(next);
  return own && !/['’]s?$|^'/.test(text.slice(words[surname]?.end, words[place]?.start))
    ? place
    : from;
}

function beginning(
  text: string,
  words: readonly Place[],
  last: number,
  small: boolean,
  lists: Lists,
): number | null {
  const spoken = (place: Place): string => text.slice(place.start, place.end).toLowerCase();
  const headed = text.slice(words[last]?.start, words[last]?.end);
  let first = 0;
  for (; first <= last; first += 1) {
    const word = words[first];
    if (!word) return null;
    const it = spoken(word);
    if (it === 'our' && spoken(words[first + 1] ?? word) === 'lady') break;
    const starts =
      /^(?:the|a|an|at|in|from|to|patient|pt|admitted|transferred|referred|seen|and|location|facility|hospital|clinic|site|place|name|dr|mr|mrs|ms|doctor|discharged|visit|visited|date|address|her|his|our|their|this|he|she|after|follow|follow-up|followup|presented|pcp|provider|attending|phone|via|ed|er|by|with|for|dear|re|cc|on|when|while|since|recently|previously|currently|then|however|was|is|institution|organization|source|department|dept|ward|outpatient|inpatient|sent|came|went|returned|born|works|worked|lives|resident|records|letter|report|reported|requested|called|contact|call|please|discharge|admission|transfer|referral|seen|under|copy|copied|attends|attended|attending|performed|done|implanted|delivered|treated|managed|followed|between|until|near|next|both|tfr|trf|xfer|recv|gp|lmo|d\/w|dw|s\/b|nxt|hosp|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|mon|tues?|wed|thurs?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/.test(
        it,
      );
    // "TRANSFER NOTE Penhallow Hospital": a heading.
    const heading =
      /^[A-Z]{4,}$/.test(text.slice(word.start, word.end)) && !/[A-Z]{4}/.test(headed);
    const opens = first === 0 && last > 0 && opensSentence(text, word);
    if ((!starts && !heading && !opens) || (it === 'hospital' && first === last)) break;
  }
  first = afterPerson(text, words, afterStaff(text, words, first, last, lists), last, lists);
  const head = small ? last + 1 : last;
  const own = words.slice(first, head + (small ? 0 : 1)).filter((word) => {
    const it = spoken(word).replace(/\.$/, '');
    return (
      it.length > 1 &&
      !isGeneral(it) &&
      !isBranch(it) &&
      !INNER.test(it) &&
      !/^(?:hospitals?|clinics?|infirmary|memorial|saint|st|royal|cent(?:er|re)s?|institute|home|practice|group|system|trust|healthcare|hospice|surgery|pharmacy|facility|living|college|nhs|foundation|partners|associates|network|house|lodge|polyclinic|sanatorium|phc|chc|sciences)$/.test(
        it,
      )
    );
  });
  const start = words[first]?.start;
  if (own.length === 0 || start === undefined) return null;
  const shouted = isHeading(text, start, words[last]?.end ?? start, own.map(spoken), lists);
  if (shouted) return null;
  // "our SLE clinic", "Swedish hospitals": what for, and where.
  const [sole] = own;
  if (
    own.length === 1 &&
    sole &&
    isForDisease(spoken(sole), small, lists) &&
    /^(?:clinics?|service)$/.test(small ? 'clinic' : spoken(words[last] ?? sole))
  )
    return null;
  if (
    small &&
    own.length === 1 &&
    sole &&
    /^[A-Z]{2,5}$|(?:ish|ese|ian|eli|can|aqi|ani)$|^Medica/.test(text.slice(sole.start, sole.end))
  )
    return null;
  // "Smith Clinic" may be a place, "Botox Clinic" says what for.
  const onlyCommon = own.every(
    (word) =>
      lists.ordinary.has(spoken(word)) &&
      !lists.family.has(spoken(word)) &&
      !lists.given.has(spoken(word)),
  );
  const ending = text.slice(words[last]?.start, words[last]?.end).toLowerCase();
  if (
    onlyCommon &&
    (/^(?:clinic|clinics|surgery|pharmacy|home|trust|practice|memorial|general|regional|unit)$/.test(
      ending,
    ) ||
      small) &&
    own.length < 2
  )
    return null;
  return start;
}
