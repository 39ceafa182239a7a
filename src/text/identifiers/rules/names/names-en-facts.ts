/** What an English word is by itself: a given name, a surname, an ordinary word, a syllable of East Asia. */
import type { Place } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import { EPONYMS, NO_NAMES } from '../../words/english.ts';
import { PLACE_NAMES } from '../../words/english-people.ts';
import { WIDE } from '../../words/english-places.ts';

export interface Word extends Place {
  readonly text: string;
  readonly small: string;
  readonly initial: boolean;
  /** What the lists say of it, kept at the first look. */
  facts?: Facts;
}

/** What the lists say of a word, whatever stands about it. */
export interface Facts {
  readonly small: string;
  readonly initial: boolean;
  readonly given: boolean;
  readonly family: boolean;
  readonly ordinary: boolean;
  sort?: Sort;
  /** Whether the name of a place of care may end with it. */
  endsCare?: boolean;
}

/**
 * What a word is by the lists. `given`: a given name and no other word. `family`: a surname and no other word.
 * `unknown`: in no list. `both`: a name and a word as well, a place, or a discoverer. `none`: no name.
 */
export type Sort = 'given' | 'family' | 'unknown' | 'both' | 'none';

/** Texts repeat their capitalised words: so many are kept with what the lists say of them. */
const MOST_KEPT = 8192;
const kept = new WeakMap<Lists, Map<string, Facts>>();

function allKept(lists: Lists): Map<string, Facts> {
  const all = kept.get(lists) ?? new Map<string, Facts>();
  if (all.size === 0) kept.set(lists, all);
  return all;
}

function lookUp(word: Word, lists: Lists, all: Map<string, Facts>): Facts {
  if (all.size >= MOST_KEPT) all.clear();
  const facts = {
    small: word.small,
    initial: word.initial,
    given: isListed(word.small, lists.given),
    family: isListed(word.small, lists.family) || isShaped(word, lists),
    ordinary: isOrdinaryWord(word, lists),
  };
  all.set(word.text, facts);
  return facts;
}

function factsOf(word: Word, lists: Lists): Facts {
  if (word.facts) return word.facts;
  const all = allKept(lists);
  word.facts = all.get(word.text) ?? lookUp(word, lists, all);
  return word.facts;
}

export const isGiven = (word: Word, lists: Lists): boolean => factsOf(word, lists).given;
export const isFamily = (word: Word, lists: Lists): boolean => factsOf(word, lists).family;
/** An ordinary word, or a word of notes; no more than by chance a name. */
export const isOrdinary = (word: Word, lists: Lists): boolean => factsOf(word, lists).ordinary;

export function wordAt(text: string, { start, end }: Place): Word {
  const word = text.slice(start, end);
  return { start, end, text: word, small: word.toLowerCase(), initial: /^\p{Lu}$/u.test(word) };
}

/** The words at many places, with what the lists say of them. */
export function wordsAt(text: string, places: readonly Place[], lists: Lists): Word[] {
  const all = allKept(lists);
  return places.map((place) => {
    const { start, end } = place;
    const written = text.slice(start, end);
    const known = all.get(written);
    if (known)
      return {
        start,
        end,
        text: written,
        small: known.small,
        initial: known.initial,
        facts: known,
      };
    const word = wordAt(text, place);
    word.facts = lookUp(word, lists, all);
    return word;
  });
}

function isOrdinaryWord({ small, text }: Word, { ordinary }: Lists): boolean {
  if (NO_NAMES.has(small)) return true;
  if (ordinary.has(small)) return true;
  // BP, HTN, CABG: short words in capitals are abbreviations.
  if (/^[A-Z]{2,5}$/.test(text)) return true;
  // I'm, don't, DaTSCAN
  if (
    /'(?:m|d|ve|ll|re|t|s)$/.test(small) ||
    (/[a-z][A-Z]/.test(text) && !/^(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz|O')[A-Z]/.test(text))
  )
    return true;
  return small.includes('-') && small.split('-').every((part) => ordinary.has(part));
}

/** Letters whose mark is part of their shape. */
const SHAPES: Readonly<Record<string, string>> = {
  ı: 'i',
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  đ: 'd',
  æ: 'ae',
};

/** José as jose, Sørensen as sorensen: the lists have most names without marks. */
const plain = (small: string): string =>
  small
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ıøłßđæ]/g, (letter) => SHAPES[letter] ?? letter);

function isListed(small: string, list: ReadonlySet<string>): boolean {
  if (list.has(small)) return true;
  const hyphen = small.indexOf('-');
  if (hyphen > 0 && list.has(small.slice(0, hyphen))) return true;
  if (hyphen > 1 && list.has(small.slice(hyphen + 1))) return true;
  return /[^a-z'-]/.test(small) && list.has(plain(small));
}

/** With what surnames of some languages begin or end: McAllister, O'Shea, Karlsdottir, Petrosyan. */
const FAMILY_SHAPE =
  /^(?:Mc|Mac(?=[A-Z])|O'|Fitz(?=[A-Z]|[a-z]{4})|D'(?=[A-Z])|Al-|El-|Abd[aeu]l-?|Ap-|Ní-?)\p{L}{3,}|^\p{Lu}[\p{Ll}-]{2,}(?:sson|ssen|sdottir|sdóttir|[wv]icz|[ds]ki|[ds]ka|enko|[oe]va|ovich|opoulos|akis|iannis|[iy]dis|escu|[aeiou]nyan|o[sg]yan|rian|shvili|adze|zadeh|poor|pour|oğlu|oglu|walla|nathan|swamy|murthy|chandran|kutty|worth|thwaite|bottom|borough|quist|qvist|strand|gaard|stra|inga|ink|eiro|ães|ção|ández|ínez|ález|íguez)$/u;
const isShaped = ({ text, small }: Word, { ordinary }: Lists): boolean =>
  FAMILY_SHAPE.test(text) && !ordinary.has(small);

const SYLLABLE =
  /^(?:[bcdfghjklmnprstwxyz]|sh|ch|zh|kw|ky|hy|my|ny|ng|qi|qu|th|tr|ph)?[aeiouy]{1,3}(?:n|ng|k|l|m|p|h|w|t)?$/;
const NO_SYLLABLE =
  /^(?:co|pre|re|de|non|bi|tri|in|un|up|op|do|no|on|to|an|is|be|go|so|x|a|i|e|o|y|u)$/;

/** Hui, Eng, Xiu: one syllable that begins with a capital. */
export const isSyllable = ({ text, small }: Word): boolean =>
  /^[A-Z][a-z]{1,4}$/.test(text) && SYLLABLE.test(small) && !NO_SYLLABLE.test(small);

export const isShouted = ({ text }: Word): boolean => /^[\p{Lu}'-]{2,}$/u.test(text);

/** Mei-Ling, Sang-woo, Bao-Yu: two syllables of a name of East Asia. */
export function isSyllables({ text, small }: Word): boolean {
  const [first = '', second = '', more] = small.split('-');
  if (second === '' || more !== undefined || !/^[A-Z][a-z]/.test(text)) return false;
  return (
    [first, second].every((part) => SYLLABLE.test(part)) &&
    !NO_SYLLABLE.test(first) &&
    !NO_SYLLABLE.test(second)
  );
}

export const MONTH_NAMES = /^(?:june|april|may|august)$/;

/** Ends of words for procedures, diseases, drugs and germs. */
const MEDICAL =
  /(?:scopy|graphy|gram|ology|plasty|stomy|ectomy|otomy|osis|itis|a?emia|oma|pathy|caine|cillin|mycin|azole|statin|olol|sartan|mab|nib|coccus|bacter|virus)$/;

/** Whether a word is no name and no part of one, as long as nothing announces it. */
export const isNoName = (word: Word, lists: Lists): boolean =>
  isOrdinary(word, lists) &&
  !isGiven(word, lists) &&
  !isFamily(word, lists) &&
  sortOf(word, lists) === 'none';

/** What a word is by the lists, kept with it. */
export function sortOf(word: Word, lists: Lists): Sort {
  const facts = factsOf(word, lists);
  facts.sort ??= sorted(word, lists);
  return facts.sort;
}

function sorted(word: Word, lists: Lists): Sort {
  // June Wainwright: a month, and a given name.
  if (MONTH_NAMES.test(word.small)) return 'both';
  if (word.initial || NO_NAMES.has(word.small)) return 'none';
  // VRFs, UGI-SBFT
  if (/^[A-Z]{2,}(?:s$|-)/.test(word.text)) return 'none';
  const given = isGiven(word, lists);
  const named = given || isFamily(word, lists);
  if (WIDE.test(word.text)) return 'none';
  // Arnold-Chiari, Wolff-Parkinson-White: nobody has both names.
  if (word.small.includes('-') && EPONYMS.has(word.small)) return 'none';
  if (EPONYMS.has(word.small) || PLACE_NAMES.has(word.small)) return named ? 'both' : 'none';
  if (isSyllables(word)) return 'given';
  if (/^[A-Z]{2,5}$/.test(word.text)) return named && word.text.length > 2 ? 'both' : 'none';
  if (isOrdinary(word, lists)) return named ? 'both' : 'none';
  // "English-speaking", "Von-willebrand"
  if (/\p{L}-\p{Ll}/u.test(word.text)) return 'none';
  // "Emery-Dreifuss", "TAM-induced": more than a name of the lists.
  if (given && !word.small.includes('-')) return 'given';
  if (named) return 'family';
  // "Forrest IIa": a class.
  if (/^I{1,3}[a-d]$|^I?V[a-d]$/.test(word.text)) return 'none';
  if (word.small.length < 3 || MEDICAL.test(word.small)) return 'none';
  return /^[\p{L}'-]+$/u.test(word.small) ? 'unknown' : 'none';
}
