/** The capitalised words of a text as parts of names: which follow one another, and which look like a name. */
import { type Word, isFamily, isGiven, isOrdinary, isShouted } from './names-en-facts.ts';
import type { Lists } from '../../lists.ts';
import { EPONYMS, EPONYM_HEADS, NO_NAMES } from '../../words/english.ts';

const MOST_WORDS = 5;
/** Small words inside names. */
const PARTICLE =
  /^\.? (?:van der|van den|van de|van|von der|von|Ní|de la|de los|de las|de|del|della|di|da|dos|das|du|la|le|el|al|bin|ibn|ter|ten|den|der|y|e|st\.?) $|^ (?:al|el|ul|as|ad|bin)-$/;

/** Degrees and posts that nurses and doctors write after their name without a comma. */
const DEGREE =
  /^(?:RN|LPN|LVN|MD|DO|NP|PA|PhD|CNA|CMA|EMT|RPh|PharmD|DPT|PT|OT|SLP|LCSW|MSW|CRNA|CNM|RD|RRT|RGN|RMN|HCA|BSN|MSN|SpR|SHO|FRCS|FRCP|MRCP|MBBS|MBChB|DDS|DMD)$/;

/** Whether what stands between two capitalised words may stand within a name. */
function joins(text: string, last: Word, next: Word, count: number): boolean {
  if (next.start === last.end + 1) {
    const between = text[last.end];
    if (DEGREE.test(next.text)) return false;
    return between === ' ' || (between === '.' && last.initial) || (between === "'" && count === 1);
  }
  if (next.start > last.end + 11) return false;
  const gap = text.slice(last.end, next.start);
  // A sentence ends before "van Dyke said".
  if (gap.startsWith('.') && !last.initial && last.text !== 'St') return false;
  if ((gap === '. ' && (last.initial || /^Ste?$/.test(last.text))) || PARTICLE.test(gap))
    return true;
  // Richard "Dick" Smith, Ann (Nan) Jones
  if (gap === ' "' || gap === ' (')
    return !/^[A-Z]{2,4}$/.test(next.text) && /^[")] /.test(text.slice(next.end, next.end + 2));
  return gap === '" ' || gap === ') ';
}

/** The capitalised words that follow one another from the first on, as parts of one name would. */
export function follow(text: string, capitals: readonly Word[], first: number): readonly Word[] {
  let end = first + 1;
  for (; end < capitals.length && end - first < MOST_WORDS; end += 1) {
    const [last, next] = [capitals[end - 1], capitals[end]];
    if (!last || !next || !joins(text, last, next, end - first)) break;
  }
  return capitals.slice(first, end);
}

export interface Context {
  readonly text: string;
  readonly lists: Lists;
}

/** Whether a word tells that it is a disease, a sign or an instrument: "Parkinson disease". */
export function followedByDisease(text: string, { end }: Word): boolean {
  const next = /^(?:'s?)?[ -]([a-z]+)/i.exec(text.slice(end, end + 26))?.[1]?.toLowerCase();
  if (next === 'and') {
    const other = /^ and [A-Z][\p{L}'-]+ ([a-z]+)/u.exec(text.slice(end, end + 50))?.[1];
    return (
      other !== undefined && (EPONYM_HEADS.has(other) || EPONYM_HEADS.has(other.replace(/s$/, '')))
    );
  }
  return next !== undefined && isHead(next);
}

const isHead = (word: string): boolean =>
  EPONYM_HEADS.has(word) || EPONYM_HEADS.has(word.replace(/s$/, ''));

/** Words after which another thing begins: "Aisling from the study team". */
const STOPS = new Set(
  'a an and are at by can could did do does for from had has have he her his in is it of on or she the their they to was were who will with would'.split(
    ' ',
  ),
);

/** The same further on: "Frankel's behavior rating scale", "Beare-Stevenson cutis gyrata syndrome". */
export function ofDisease(text: string, { end }: Word): boolean {
  const words = /^(?:'s)?((?:[ -][a-z]+){1,4})/.exec(text.slice(end, end + 60))?.[1];
  for (const word of words?.split(/[ -]/) ?? []) {
    if (STOPS.has(word)) return false;
    if (isHead(word)) return true;
  }
  return false;
}

/** "Parkinson disease", "Crohn's": named after somebody. */
export function isEponym(text: string, word: Word): boolean {
  return EPONYMS.has(word.small) || followedByDisease(text, word);
}

/** De Luca, Van Dyke, St. James */
const CAPITAL_PARTICLE =
  /^(?:De|Da|Di|Del|Della|Dos|Das|Du|La|Le|El|Al|Bin|Ibn|Van|Von|Ter|Ten|Den|Der|St|Mc|Mac)$/;
/** Small words before a surname: "Mrs. van der Berg". */
const LEADING =
  /(?<![A-Za-z])(?:van der|van den|van de|van|von|de la|de los|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ter|ten) $/;

/** How many characters before a surname belong to it: "van der " before Berg. */
export function smallBefore(text: string, start: number): number {
  return LEADING.exec(text.slice(Math.max(0, start - 10), start))?.[0].length ?? 0;
}

const NEVER = new Set(
  'monday tuesday wednesday thursday friday saturday sunday practitioner the on who of and or in at to for with denies reports states has had is was will if when no not education information name history continues'.split(
    ' ',
  ),
);

/** How many words of a run are the name, after a title, a label or a role. */
export function nameLength(
  words: readonly Word[],
  { text, lists }: Context,
  strong: boolean,
): number {
  let length = 0;
  let names = 0;
  let surname = false;
  for (const [i, word] of words.entries()) {
    if (CAPITAL_PARTICLE.test(word.text) && words[i + 1] && (i > 0 || strong)) {
      length += 1;
      continue;
    }
    const known = isGiven(word, lists) || isFamily(word, lists);
    // "Jack D. Oh": after an initial comes the surname.
    if (names > 0 && words[i - 1]?.initial && !word.initial && /^[,\n]/.test(text.slice(word.end)))
      return i + 1;
    if (NEVER.has(word.small) || (NO_NAMES.has(word.small) && !(word.initial || known))) break;
    if (word.initial) {
      length += 1;
      continue;
    }
    const shouted = /^[A-Z]{2,}$/.test(word.text);
    // "Gurpreet POA": no surname.
    if (i > 0 && shouted && word.text.length < 5 && !known && !isShouted(words[0] ?? word)) break;
    const ordinary = shouted
      ? lists.ordinary.has(word.small) || NO_NAMES.has(word.small) || word.small.length < 3
      : isOrdinary(word, lists);
    // "Ngozi Brown.": a surname that is a word as well, where nothing goes on.
    const closes =
      (known || (strong && !surname)) &&
      names === 1 &&
      /^(?:[,.;)\n].?| \(|  )?$/.test(text.slice(word.end, word.end + 2));
    if (names === 0 ? ordinary && !strong && !known : ordinary && !closes && (surname || !known))
      break;
    if (names > 0 && followedByDisease(text, word)) {
      // "Sister Mary Joseph nodule"
      if (!strong) return 0;
      break;
    }
    names += 1;
    // A second name ends it, unless it is a middle name; so does a first one that is only a surname.
    surname = names >= 2 ? !isGiven(word, lists) : isFamily(word, lists) && !isGiven(word, lists);
    length = i + 1;
  }
  while (length > 0 && words[length - 1]?.initial && length === 1 && !strong) length -= 1;
  return length;
}

export const PERSON_AFTER =
  /^(?:,? \(\d{1,3} ?[MFmf]?[,);]|,? \((?:he|she|they)\/|,? (?:is |was )?an? (?:very |pleasant |healthy |previously |well |otherwise )*(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)[- ](?:years?|yr|yo|y\/o|y\.o|month|week|day)|,? (?:age|aged) \d|,? \d{1,3} ?(?:y\/?o|yo|y\b|years?[- ]old|yr|[MF]\b)|,? \(?(?:bed|bay|room|rm) \d|,? \(?(?:DOB|D\.O\.B|MRN|SSN|NHS|Hosp|PID|ID)|,? (?:DOB|MRN|born)\b|, (?:acct|account|policy|passport|tel|phone|mobile|email)\b|,? (?:his|her|their|the patient's) (?:wife|husband|son|daughter|mother|father|sister|brother)|,? \((?:the |his |her |my )?(?:mum|mom|mam|dad|gran|granny|aunt|uncle|cousin|granddaughter|grandson|grandmother|grandfather|neighbou?r|girlfriend|boyfriend|fianc|step|wife|husband|son|daughter|mother|father|sister|brother|patient|spouse|NOK|POA|RN|MD|carer|caregiver|partner|friend|niece|nephew)|'s (?:wife|husband|son|daughter|mother|father|family|partner|parents|sister|brother|care|case|chart|records?|notes?|symptoms|condition|results|blood|medication|appointment|surgery|discharge|behalf|room|bed))/;
export const PERSON_VERB =
  /^,? (?:reports|reported|denies|denied|states|stated|presents|presented|complains|complained|called|phoned|says|said|agreed|agrees|lives|arrived|underwent|tolerated|returned|returns|attended|consented|verbalized|requested|requests|came|admits|endorses|describes|understands|understood|declined|signed|telephoned|asked|will be seen|will follow|was (?:under|found|involved|reminded|asked|told|started|offered|booked|able|unable|happy|tearful|awake|asleep|seen|admitted|discharged|brought|transferred|born|referred|evaluated|counselled|counseled|notified|informed|contacted|advised|examined|taken|reviewed|given|started|accompanied)|has (?:been|a history|had|no)|is (?:a|an|here|scheduled|doing|being|currently|alert|to|our|the)|accompanied|remains|remained|continues|continued|wants|wanted|feels|felt|slept|refused|refuses|missed|fell|collapsed|ate|walked|weighs|shows|takes|took|works|smokes|drinks|needs|checks|will (?:return|attend|be|need|call)|may (?:return|go|drive|not)|can (?:return|go)|and (?:his|her|their) (?:wife|husband|partner|parents|mother|father|son|daughter|family))\b/;
/** ", pediatrician": what somebody is, or where somebody works. */
export const POST_AFTER =
  /^,? \(?(?:the )?(?:senior |junior |lead |chief |consultant |on-call |ward |charge |staff |clinical |covering )?(?:[a-z]+(?:ologist|iatrist|ician|apist|istant|strar|ietitian|grapher)|nurse|surgeon|midwife|pharmacist|resident|intern|doctor|chaplain|dentist|secretary|(?:case|ward|practice) manager|social worker|carer|microbiology|haematology|hematology|biochemistry|pathology|radiology|cardiology|neurology|oncology|nephrology|urology|surgery|pharmacy|physiotherapy|physical therapy|occupational therapy|anesthesia|anaesthesia)\b/;
export const ALONE_ON_LINE = /^[.,]?\s*(?:\n|$)/;

/** How much the words of a run look like a name by themselves: 0 none, 1 shape, 2 a given name of the lists. */
export function looks(words: readonly Word[], { text, lists }: Context): 0 | 1 | 2 {
  const [first, second] = words;
  if (!first || !second) return 0;
  if (
    !isGiven(first, lists) &&
    words.some((word) => EPONYMS.has(word.small) && !isGiven(word, lists))
  )
    return 0;
  const last = words.at(-1) ?? second;
  // Harris Benedict, Hunt Hess
  if (words.every((word) => EPONYMS.has(word.small))) return 0;
  if (followedByDisease(text, last)) return 0;
  if (last.initial) return 0;
  const shouted = words.every((word) => /^[A-Z'-]{2,}$/.test(word.text) || word.initial);
  const firstOrdinary = shouted ? lists.ordinary.has(first.small) : isOrdinary(first, lists);
  const lastOrdinary = shouted ? lists.ordinary.has(last.small) : isOrdinary(last, lists);
  if (NO_NAMES.has(last.small) && !isFamily(last, lists)) return 0;
  if (NO_NAMES.has(first.small)) return 0;
  if (
    isGiven(first, lists) &&
    !firstOrdinary &&
    (!lastOrdinary || (isFamily(last, lists) && !shouted))
  )
    return 2;
  if (isGiven(first, lists) && firstOrdinary && isFamily(last, lists) && !lastOrdinary) return 2;
  if (firstOrdinary || lastOrdinary || shouted) return 0;
  return isFamily(last, lists) || isFamily(first, lists) ? 2 : 1;
}
