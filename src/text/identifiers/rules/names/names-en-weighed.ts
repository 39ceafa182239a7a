/** English names that nothing announces: what each word is, where it stands and what follows are weighed together. */
import { EPONYMS, WORD_SURNAMES } from '../../words/english.ts';
import { MAY_DO, PERSON_DOES, POST_BEFORE, WITH_PERSON } from '../../words/english-people.ts';
import {
  MONTH_NAMES,
  type Sort,
  type Word,
  isFamily,
  isGiven,
  isOrdinary,
  isShouted,
  isSyllable,
  sortOf,
} from './names-en-facts.ts';
import {
  type Context,
  PERSON_AFTER,
  POST_AFTER,
  followedByDisease,
  isEponym,
  ofDisease,
} from './names-en-words.ts';
import type { Named } from './names-en-turned.ts';

/** A capital within a sentence: after a small word, a comma, a bracket, an arrow. */
export const WITHIN =
  /(?:(?<![\p{L}\d'-])\p{Ll}[\p{Ll}'/-]*[,;]?|[\d)%"@+&→>–—-]|\b[A-Z]{2,5}[,;]?|,) ["'(]?$|[\p{L}→—–] ?\($|[→—]$/u;
/** The small word before says where, not who. */
const WHERE =
  /\b(?:in|at|near|around|outside|throughout|called|the|a|an|this|your|using|Saint|St\.?|San|Santa|Co\.?|County|Port|Fort|Mount|Lake|University|British|Northern|Southern|Eastern|Western|New) $/;
/** So does one of these, where a surname follows: more often a place or a maker. */
const WHENCE = /\b(?:from|of|via) $/;
const PATIENT_OF =
  /\b(?:[Pp]atients?|[Cc]are|[Oo]ffice|[Cc]linic|[Ll]ist) (?:of|from) $|\b(?:update|word|advice|call|text|message|msg|note|letter|email|reply|referral|handover|report|routed|sent|spoke|talked|forwarded|fwd|paged) (?:from|to|via) $/;
/** After a surname that begins a sentence: "Agyeman to titrate", "Crabtree's visit", "Cavanagh happy". */
const ACTS =
  /^(?: to [a-z]|'s [a-z]| (?:in|on|at|from|next) (?:[Bb]ed|[Bb]ay|[Rr]oom|the|our|call|leave|holiday|duty)\b| (?:is|was|has|had|will|can|may|happy|keen|aware|agrees?|informed|paged|updated|reviewing|copied|asleep|settled)\b| \((?:SW|RN|EN|OT|PT|cons|reg|SHO|SpR|wife|husband|son|dtr|mum|dad)\b)/;
/** The letter or number of an answer to choose: what follows begins a line. */
const LETTERED = /(?:^|\n|[.?] ?)[A-E][.)] $/;
/** Who somebody is, at the beginning of a sentence: in no list, but no name. */
const ROLE_SHAPE =
  /(?:ant|ent|er|or|ist|ian|man|men|mate|mates|ee|ees|ers|ors|ists|ants|ents|body|one|self|ing|ed|ly|tion|ity|osis|itis|emia|aemia|oma|pathy|plasia|rrhea|rrhoea|alacia)$/;
/** After a single word, that it is no name: a capitalised word that goes on, a hyphen, a number. */
const GOES_ON = /^(?: [a-z] \d|-|_|\/[A-Za-z]|\.[A-Za-z]|&| &| \d|\d| [A-Z][A-Za-z]{2})/;

/** A letter begins with whom it is for: "Gwendolyn, your results are back". */
const greeted = (before: string, after: string): boolean =>
  /(?:^|\n\s*)$/.test(before) && /^,(?: (?!M\.?D|R\.?N)\p{L}|\n)/u.test(after);
/** After a given name that begins a sentence: "10:20 - Aoife @ the pharmacy", "Sandra, appointments desk." */
const BESIDES = /^(?: [@&] |: ["'A-Z]| - [a-z]|, [a-z]+(?: [a-z]+){0,2}\.?[ \t]*(?:\n|$))/;
/** What is no part of what the word names: a date, a telephone or record number, an age, other people. */
const APART =
  /^(?: & \p{Lu}|\/[A-Z]{2,3}\b| (?!\d+(?:\.\d+)? ?%)(?:\d{1,4}[-/.](?:\d{1,2}|[A-Za-z]{3})|\d{3}[- ]\d{3}|\+?\d{5,}|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2}|\d{1,3} ?(?:[MF]\b|y)))/u;
/** What begins a sentence with somebody after it: "Accepting Siddiqui", "Told Okafor". */
const BEGUN =
  /(?:^|[.!?:;] |\n)(?:\p{Lu}\p{Ll}+(?:ing|ed)|Told|Saw|Ask|Tell|Met|Per|With|From|Spoke (?:to|with)|By|And|But|So|Then|Also|If|When|As|While|Because|Since|After|Before|Both|Only|Even|Is|Was|Has|Did|Can|Could|Should|Will|Would|Please|Let|Has) $/u;

/** "Vitiligo is a", "Trismus is due": a definition. */
const IS_ONE =
  /^,? (?:is|was) (?:an?|the|due|better|worse|given|started|reviewed|taken|present|seen)\b/;

/** One word alone, and what stands about it. */
interface Standing {
  readonly word: Word;
  readonly sort: Sort;
  readonly before: string;
  readonly after: string;
  /** Within a sentence, so that the capital tells a name. */
  readonly within: boolean;
  /** A name that is a common word as well begins the sentence. */
  readonly begins: boolean;
  readonly does: boolean;
}

/** Whether a word of the lists is a name; null where more has to speak for it. */
function asListed(standing: Standing, text: string): boolean | null {
  const { word, sort, before, after, within, begins } = standing;
  if ((sort !== 'given' && sort !== 'family') || word.text.length < 3) return null;
  if (GOES_ON.test(after) && !APART.test(after)) return null;
  // "per ARISTOTLE dosing", "130/80 per ADA": a study or a guideline.
  if (isShouted(word) && before.endsWith('per ')) return false;
  if (WHERE.test(before) || LETTERED.test(before)) return null;
  if (ofDisease(text, word)) return false;
  if (sort === 'given' && !begins) return true;
  if (within && (!WHENCE.test(before) || PATIENT_OF.test(before))) return true;
  const labelled = /[a-z]: $/.test(before) && /^[,;]/.test(after);
  if (!within && !begins && (labelled || ACTS.test(after))) return true;
  // "CHAUDHRY: lost to follow-up"
  return isShouted(word) && /(?:^|\n\s*)$/.test(before) && after.startsWith(':') ? true : null;
}

/** What ends a name in a list, or what the people of the list do. */
const ENDS_LIST =
  /^(?:[.;,)\n]|$| \((?!\d)| (?:at|in|with|who|were|are|both|came|attended|present)\b)/;

/** Whether a word that a list of people goes on with is a name; null where more has to speak for it. */
function asOther({ word, sort, before, after }: Standing, text: string): boolean | null {
  if (sort === 'both' || /^(?:-| [A-Z]| \((?:19|20)\d\d)/.test(after)) return null;
  const slash = text[word.start - 1] === '/';
  if (!slash && sort === 'unknown' && !ENDS_LIST.test(after)) return null;
  return slash || !before.endsWith(', ') || sort === 'given';
}

/** What people do, after "Will" that begins a sentence: "Will opened the door", but "Will need a talk". */
const WILL_DID = /^ (?:[a-z]{3,}ed|is|was|has|had|does|did|says|said|came|went|took)\b/;
/** What ends a name after what somebody did: "Needled by Jocasta." */
const ENDS_DONE = /^(?:[.;,)\n]|$| (?:RN|MD|at|on|today|yesterday)\b)/;

/** Whether a word of no list, or one that is a word as well, is a name by what is said of it. */
function asSaid({ word, sort, before, after, within, does }: Standing, given: boolean): boolean {
  if (sort === 'both' && given && greeted(before, after)) return true;
  if (word.text === 'Will' && !within) return WILL_DID.test(after);
  if (sort === 'unknown' && DONE_BY.test(before) && ENDS_DONE.test(after)) return true;
  // "Mark will climb the stairs"
  if (sort === 'both' && given && /^ will [a-z]{3,}/.test(after)) return true;
  if (!does) return false;
  // "Zsofia is a ninety-year-old"
  if (sort === 'unknown' && PERSON_AFTER.test(after)) return true;
  if (sort === 'unknown') return !IS_ONE.test(after) && (within || !ROLE_SHAPE.test(word.small));
  return sort !== 'both' || given || within;
}

/** Whether one word alone is a name. */
function single(word: Word, context: Context, list: boolean): boolean {
  const { text, lists } = context;
  const sort = sortOf(word, lists);
  if (sort === 'none' || MONTH_NAMES.test(word.small) || followedByDisease(text, word))
    return false;
  const after = text.slice(word.end, word.end + 48);
  const before = text.slice(Math.max(0, word.start - 40), word.start);
  const within = WITHIN.test(before) || BEGUN.test(before);
  const begins = !within && (lists.also.has(word.small) || WORD_SURNAMES.has(word.small));
  const described = PERSON_AFTER.test(after);
  // "Happy to discuss", "Price of the kit": a word that begins a sentence.
  if (begins && (/^ to\b/.test(after) || (described && after.startsWith(' ')))) return false;
  const does = described || PERSON_DOES.test(after);
  const standing: Standing = { word, sort, before, after, within, begins, does };
  const listed = asListed(standing, text);
  if (listed !== null) return listed;
  // "Cillian and Roisin attended", "crew Shazia + Diarmuid"
  const other = /^ (?:and|[&+]) (\p{Lu}[\p{L}'-]+)/u.exec(after)?.[1]?.toLowerCase();
  if (other !== undefined && sort === 'unknown' && !ROLE_SHAPE.test(word.small))
    return lists.given.has(other) && !lists.ordinary.has(other) && !EPONYMS.has(other);
  if (GOES_ON.test(after) && !does && !list) return false;
  const named = list ? asOther(standing, text) : null;
  if (named !== null) return named;
  const said = WITH_PERSON.test(before) || POST_BEFORE.test(before);
  if (sort === 'given') {
    const beginning = !within && (MAY_DO.test(after) || BESIDES.test(after));
    return said || does || beginning || greeted(before, after);
  }
  if (said) return sort !== 'unknown' || !/^ (?!to )[a-z]/.test(after) || does;
  return asSaid(standing, isGiven(word, lists));
}

/** What is done by people, and not by means. */
const DONE_BY =
  /\b(?!followed|caused|replaced|covered|produced|supplied|made|provided|funded|manufactured|marketed|complicated|accompanied|treated|controlled|managed|relieved|induced|mediated|triggered|worsened|improved|blocked|inhibited|raised|lowered|affected|infected)[a-z]{4,}(?:ed|en|wn) by $/i;

/** Before initials that nothing else announces: a small word that somebody follows, or a mark. */
const BEFORE_INITIALS =
  /(?:\b(?:by|with|to|from|and|for|re|w\/?|per|chair|present|witnessed|cc|attending|d\/w|s\/w)|[(:;&+→–—-]|\d\)|[A-Za-z][.]) $|^$|\n$/;

const BY = /(?:\b(?:by|with|w\/|d\/w|Dr\.?)|ed:) $/;
const DID = /^ (?:has |had |will )?[a-z]{3,}(?:ed|s)\b/;

/** "by K. Fotheringay": initials, then a surname that is no other word. */
function initialled(words: readonly Word[], { text, lists }: Context): Word | null {
  const at = words.findIndex(
    (word) => !word.initial && !/^(?:Le|La|De|Du|Di|Van|Von|El|Al|Mac|St)$/.test(word.text),
  );
  const [first] = words;
  const surname = words[at];
  if (!first || !surname || at < 1 || at > 3) return null;
  const sort = sortOf(surname, lists);
  if (sort === 'none' || followedByDisease(text, surname)) return null;
  if (
    sort === 'both' &&
    !(isFamily(surname, lists) && BY.test(text.slice(Math.max(0, first.start - 8), first.start)))
  )
    return null;
  if (/^ \p{Lu}\p{Ll}/u.test(text.slice(surname.end, surname.end + 3))) return null;
  const before = text.slice(Math.max(0, first.start - 12), first.start);
  // "A Joseph elevator was used": an article.
  if (first.small === 'a' && text[first.end] === ' ' && /(?:^|[.!?] {1,2}|\n)$/.test(before)) {
    const after = text.slice(surname.end, surname.end + 48);
    return after.startsWith(',') || POST_AFTER.test(after) ? surname : null;
  }
  // "Ans: B. Griseofulvin": the letter of an answer.
  const lettered = first.small <= 'h' && at === 1 && /(?:[:;.(]|\)) $|^$|\n$/.test(before);
  if (
    lettered &&
    sort === 'unknown' &&
    !DID.test(text.slice(surname.end, surname.end + 24)) &&
    !/^(?:,| and) \p{Lu}\. ?\p{Lu}/u.test(text.slice(surname.end, surname.end + 10))
  )
    return null;
  return BEFORE_INITIALS.test(before) ? surname : null;
}

/** "Hui Min Koh", "Siew Eng": a given name of two syllables of East Asia, perhaps a surname; its last word. */
export function syllables(
  [first, second, third]: readonly Word[],
  { text, lists }: Context,
): Word | null {
  if (!first || !second) return null;
  const both = [first, second];
  if (!both.every((word) => isSyllable(word) && !EPONYMS.has(word.small))) return null;
  if (text.slice(first.end, second.start) !== ' ') return null;
  const other = (word: Word): boolean =>
    isOrdinary(word, lists) && !/^(?:jun|min)$/.test(word.small);
  if (isOrdinary(first, lists) ? !/^(?:jun|min)$/.test(first.small) : other(second)) return null;
  if (followedByDisease(text, second)) return null;
  if (!third) return second;
  if (!third.initial && (isFamily(third, lists) || isSyllable(third))) return third;
  return sortOf(third, lists) === 'none' ? second : null;
}

/** How many words from the first on may be one name. */
function length(words: readonly Word[], { text, lists }: Context): number {
  let count = 0;
  for (const [i, word] of words.entries()) {
    if (i > 3) break;
    const sort = sortOf(word, lists);
    if (word.initial && i > 0) {
      count = i + 1;
      continue;
    }
    if (sort === 'none' || (i > 0 && followedByDisease(text, word))) break;
    count = i + 1;
  }
  while (count > 0 && words[count - 1]?.initial) count -= 1;
  return count;
}

/** Whether two or more words are a name: both unknown or in the lists, and what stands about them. */
function several(words: readonly Word[], context: Context): boolean {
  const { text, lists } = context;
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last || isEponym(text, last)) return false;
  const sorts = words.filter((word) => !word.initial).map((word) => sortOf(word, lists));
  if (sorts.length < 2) return false;
  const after = text.slice(last.end, last.end + 60);
  const before = text.slice(Math.max(0, first.start - 40), first.start);
  const told =
    PERSON_DOES.test(after) ||
    PERSON_AFTER.test(after) ||
    POST_AFTER.test(after) ||
    WITH_PERSON.test(before) ||
    POST_BEFORE.test(before);
  const known = sorts.filter((sort) => sort === 'given' || sort === 'family').length;
  if (told) return known > 0 || sorts[0] !== 'both' || isGiven(first, lists);
  if (words.every((word) => /^[A-Z'-]{2,}$/.test(word.text))) return false;
  // "Will Nguyen does the shopping", "June Wainwright refused"
  const whole = isGiven(first, lists) && sorts.at(-1) === 'family';
  if (whole && (MAY_DO.test(after) || / (?:to|by|with|from|and|for) $/.test(before))) return true;
  const closed = /^(?:[,.;)?!\n]|$|  | \()/.test(after);
  const labelled = /[A-Za-z)\d]: ?$/.test(before);
  return (
    known > 0 &&
    (isGiven(first, lists) || sorts[0] === 'unknown') &&
    closed &&
    (labelled || sorts.every((sort) => sort !== 'both'))
  );
}

/** A name by the weight of all that speaks for it. */
export function weighed(words: readonly Word[], context: Context, list: boolean): Named | null {
  const [first] = words;
  const surname = first?.initial ? initialled(words, context) : null;
  if (first && surname)
    return { start: first.start, end: surname.end, reason: 'follows', certainty: 'likely' };
  // "Balwinder S @ 0715"
  if (first && words.slice(1).every((word) => word.initial)) {
    if (!single(first, context, list)) return null;
    return { start: first.start, end: first.end, reason: 'follows', certainty: 'likely' };
  }
  const pair = first ? syllables(words, context) : null;
  if (first && pair)
    return { start: first.start, end: pair.end, reason: 'follows', certainty: 'likely' };
  const count = length(words, context);
  // One word of several: another rule's, or no name.
  if (!first || count < 2) return null;
  // "Adjuster Yuki Park": the name begins with the next word.
  const second = words[1];
  if (second && sortOf(first, context.lists) === 'unknown') {
    const next = sortOf(second, context.lists);
    if (ROLE_SHAPE.test(first.small) && next !== 'none') return null;
    if (count > 2 && next === 'given') return null;
  }
  const named = words.slice(0, count);
  const last = named.at(-1) ?? first;
  if (!list && !several(named, context)) return null;
  return { start: first.start, end: last.end, reason: 'follows', certainty: 'likely' };
}
