/** Parts of English names of places of care: what begins a sentence before one, and practices that are called by their specialty. */
import type { Place } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import { EPONYMS, NO_NAMES } from '../words/english.ts';

/** Verbs with which a sentence or a line of a note begins before a place: "Left Dovecote Lane Surgery at 13:50". */
const VERBS = new Set(
  `left leaving leave leaves reached reaching reach reaches arrived arriving arrive arrives entered entering exited exiting departed departing returning return returns visiting visits attend attends
  saw sees see seeing contacting contacted rang ring ringing phoning phones telephoned telephoning faxed faxing emailed emailing texted wrote write writing messaged paged notified notify informed inform told tell asked ask asking
  joined joins chose chooses choose prefers preferred prefer recommended recommend suggested suggest using uses used use declined declines refused refuses requests requesting requested request chased chase chasing awaiting await awaits expecting
  booked booking book rebooked scheduled schedule stayed staying stays spent passed met meets brought bring brings bringing take taken took taking drove drive driven driving flown flew walked transported conveyed conveying transfers transferring
  referring refer refers admitting admits discharging discharges discharged readmitted repatriated returned escorted accompanied sent sends sending send collect collected collects collecting collects picked registered registers register enrolled enrols enroll
  under through toward towards outside inside within around beyond per like unlike versus besides except opposite beside above below behind continue continues continued continuing start starts started starting begin begins began
  finished finish completed completes ended ends ran runs serves served give gave given gives giving got gets get goes going go gone came come comes coming moved moving moves accepted accepts accepting accept received receives receiving
  consulted consulting consults invited confirmed confirms confirm advised advises advise supplied supplies dispensed dispenses issued issues ordered orders order bypassed diverted directed redirected repeat repeated reviewed reviews
  evaluated assessed examined screened scanned vaccinated immunised immunized operated born raised found find finds know knows known called calls calling thank thanks thanked appreciate update updated updates where why how if
  though although because once whenever wherever unless whereas instead meanwhile later earlier afterwards today yesterday tomorrow tonight previously formerly initially subsequently eventually finally recently originally usually`
    .split(/\s+/)
    .filter(Boolean),
);

/** Whether a word stands at the beginning of a sentence or line and is a verb or the like, no part of a name. */
export function opensSentence(text: string, { start, end }: Place): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  if (!/(?:^|[.!?:;)\]] ?|\n[ \t]?|[-*•>|] ?)$/.test(before)) return false;
  return VERBS.has(text.slice(start, end).toLowerCase());
}

/** "Findings at time of surgery", "Course in the hospital": the word is no end of a name. */
const OF_WHAT =
  /(?:^|[^A-Za-z-])(?:of|in|at|on|to|from|for|by|with|after|before|during|since|until|prior|previous|this|that|our|your|his|her|their|and|or|per|under|via|outside|same|the)(?: the| a| an| this| our)? $/i;
const SINGLE = /^(?:hospital|surgery|clinic|infirmary|hospice|pharmacy|practice|home|care)$/i;
/** "Thoracic Surgery services", "Plastic Surgery team": a department. */
const DEPARTMENT =
  /^(?:,? (?:and|&) [A-Z][A-Za-z]+)? (?:services?|teams?|departments?|dept|units?|wards?|residents?|residency|fellows?|fellowship|registrars?|consultants?|consults?|consultations?|rotation|attendings?|staff|notes?|input|opinion|referrals?|follow-?up|floor|list)\b/i;

/** Whether the word that would end a name is an ordinary word in its sentence or heading. */
export function isNoEnding(text: string, head: Place, end: number): boolean {
  const word = text.slice(head.start, head.end);
  if (SINGLE.test(word) && OF_WHAT.test(text.slice(Math.max(0, head.start - 16), head.start)))
    return true;
  return /^surgery$/i.test(word) && DEPARTMENT.test(text.slice(end, end + 32));
}

/** "HISTORY OF OPEN HEART SURGERY", "CONDITION ON LEAVING HOSPITAL": a heading in capitals of ordinary words. */
export function isHeading(
  text: string,
  first: number,
  end: number,
  own: readonly string[],
  lists: Lists,
): boolean {
  const whole = text.slice(first, end);
  if (/[a-z]/.test(whole) || !/^[A-Z]{4}/.test(whole)) return false;
  if (!/(?:SURGERY|HOSPITAL|CLINIC|HOME|PRACTICE|GENERAL|PHARMACY)$/.test(whole)) return false;
  if (/^(?:OUR|HOLY|SISTERS|SAINT)\b/.test(whole)) return false;
  const said = / (?:OF|ON|IN|AT|FOR|TO|FROM|DURING|AND|WITH|AFTER|BEFORE|SINCE|BY) /.test(whole);
  return (said || whole.endsWith('SURGERY')) && own.every((word) => lists.ordinary.has(word));
}

/** "the Lynch clinic", "Marfan Clinic": for whom it is, by the name of a disease. */
export function isForDisease(word: string, small: boolean, lists: Lists): boolean {
  const name = word.toLowerCase();
  return EPONYMS.has(name) && (small || !(lists.family.has(name) || lists.given.has(name)));
}

/** Branches of medicine, whatever they are: "Laryngology", "Physiatry", "Endoscopy". */
export const isBranch = (word: string): boolean =>
  /(?:olog(?:y|ic|ical|ist)|iatr(?:y|ic|ics|ist)|scopy|plasty|ectomy|otomy|metry|pathy|genetics|graphy|apheresis|obstetrics?)$/.test(
    word,
  );

/** With what practices end that are called by their specialty alone: "Blue Heron Pediatrics". */
const SPECIALTIES =
  /^(?:p(?:a)?ediatrics|(?:dermat|cardi|onc|ur|neur|gastroenter|rheumat|ophthalm|nephr|endocrin|pulmon|hemat|haemat|gynec|gynaec|audi|radi)ology|orthop(?:a)?edics|obstetrics|dental|dentistry|orthodontics|podiatry|optometry|imaging|physiotherapy|chiropractic|psychiatry|fertility|midwifery|midwives|dialysis|opticians|chemist|chemists|apothecary|hearing|rehab|internists|obgyn)$/i;
/** The same in two words, and what many join: "Cedar Grove Internal Medicine", "Lakeshore Cardiology Associates". */
const PAIRS =
  /^(?:(?:Internal|Sports|Family) Medicine|(?:Physical|Occupational) Therapy|Primary Care|Women's Health|Eye Care|Home Care|Home Health)$/;
const GROUP = /^(?:Associates|Specialists|Partners|Consultants|Group)$/;
/** Whether the name of such a practice may end with a word in small letters. */
export const endsPractice = (word: string): boolean =>
  /^(?:medicine|therapy|care|health|associates|specialists|partners|consultants|group)$/.test(
    word,
  ) || SPECIALTIES.test(word);
/** Where somebody was seen. */
const SEEN_AT =
  /(?:^|[^A-Za-z])(?:at|to|from|of|with|by|via|through|outside|attends?|attended|visited|visits|called|phoned|faxed) $/i;

/** What may stand in such a name beside its own words: "Maple Street Dermatology", "Red Oak Family Dentistry". */
const IN_PRACTICE =
  /^(?:street|road|avenue|family|children's|women's|county|city|central|valley|park|hill|north|south|east|west|general|community|regional|advanced|comprehensive|integrated|associated|primary|adult|and)$/;
const TITLE = /^(?:dr|mr|mrs|ms|miss|prof|nurse|sister)$/;

/** Where the name of such a practice begins that ends with the word at `last`, or -1. */
export function practiceStart(
  text: string,
  words: readonly Place[],
  last: number,
  general: (word: string) => boolean,
  lists: Lists,
): number {
  const written = (at: number): string => text.slice(words[at]?.start, words[at]?.end);
  const group = GROUP.test(written(last));
  const branch = group ? last - 1 : last;
  const pair = PAIRS.test(`${written(branch - 1)} ${written(branch)}`);
  const head = words[last];
  if (!head || !(pair || SPECIALTIES.test(written(branch)))) return -1;
  const named = pair ? branch - 1 : branch;
  let first = last;
  while (first > 0) {
    const before = words[first - 1];
    const at = words[first];
    if (!before || !at || text.slice(before.end, at.start) !== ' ') break;
    first -= 1;
  }
  const start = words[first]?.start ?? head.start;
  const own = words.slice(first, named).map((word) => text.slice(word.start, word.end));
  if (own.length < (group ? 1 : 2) || own.length > 4 || /^[A-Z]+$/.test(own.join(''))) return -1;
  if (!SEEN_AT.test(text.slice(Math.max(0, start - 12), start))) return -1;
  // "with Dr Patel Cardiology", "to Interventional Cardiology", "with Amy Wong Dermatology"
  const small = own.map((word) => word.toLowerCase());
  const unlike = (word: string): boolean =>
    (general(word) && !IN_PRACTICE.test(word)) || isBranch(word) || TITLE.test(word);
  if (small.some(unlike) || small.every((word) => IN_PRACTICE.test(word))) return -1;
  const [given = '', family = ''] = small;
  const person = lists.given.has(given) && lists.family.has(family) && !lists.ordinary.has(family);
  return person ? -1 : start;
}

/** "Mercy Hospital Tillbrook": where it is, without a comma. */
const APPOSED = /^ (\p{Lu}\p{Ll}{3,})(?=[.,;:)\n]|$)/u;

/** The end of a hospital with its town; a person, a department or a word after it is none. */
export function withTown(
  text: string,
  word: Place,
  end: number,
  isGeneral: (word: string) => boolean,
  { given, family, ordinary }: Lists,
): number {
  if (!/^hospital$/i.test(text.slice(word.start, word.end))) return end;
  const town = APPOSED.exec(text.slice(end, end + 24));
  const small = town?.[1]?.toLowerCase() ?? '';
  if (!town || isGeneral(small) || NO_NAMES.has(small)) return end;
  return given.has(small) || family.has(small) || ordinary.has(small) ? end : end + town[0].length;
}
