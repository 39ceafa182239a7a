/** English names with the surname first: "HOLLISTER, DESMOND J", "van der Berg, Margaret". */
import type { Certainty, Place, Reason } from '../../kinds.ts';
import { NO_NAMES, TITLES } from '../../words/english.ts';
import { WIDE } from '../../words/english-places.ts';
import {
  type Word,
  isFamily,
  isGiven,
  isOrdinary,
  isShouted,
  isSyllables,
  MONTH_NAMES,
} from './names-en-facts.ts';
import { type Context, PERSON_VERB, follow, isEponym } from './names-en-words.ts';

/** A name, and what speaks for it. */
export interface Named extends Place {
  readonly reason: Reason;
  readonly certainty: Certainty;
}

const DEGREE =
  /^(?:MD|RN|DO|PhD|NP|PA|MBBS|FRCS|DDS|LCSW|LPN|CNA|PT|OT|RD|CRNA|CGC|DPT|ST\d|Jr|Sr|III?|IV)(?![A-Za-z])/;
/** What follows a name with the surname first: an end, a bracket, the next field. */
const ENDS_FIELD =
  /^(?:[ \t]*(?:$|\n|\/ |,? (?:visit|file|chart|case|ref|record|hosp|acct|account)\b|\(|\||;|\t)| [-–—] |\s{2,}|[ \t]+[A-Z][A-Za-z/]{1,12}(?: [A-Za-z#]{1,6})?:|[,;]? ?(?:DOB|D\.O\.B|dob|MRN|mrn|SSN|NHS|Hosp|age|aged|born|(?:a )?\d{1,3}(?: ?[MFmf]\b| ?y|[- ]year)|[MF]\b)|\.(?:\s|$))/;

/** The given name after the comma. */
function givenAfter(
  { text }: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
): Word | null {
  const last = words.at(-1);
  const next = capitals[at + words.length];
  if (!last || !next || !/^,[ ]{0,2}$/.test(text.slice(last.end, next.start))) return null;
  if (
    next.initial ||
    (NO_NAMES.has(next.small) && !MONTH_NAMES.test(next.small)) ||
    DEGREE.test(next.text) ||
    WIDE.test(next.text)
  )
    return null;
  // "Wei O'Brien, DEA"
  if (/^[A-Z]{2,4}$/.test(next.text) && !isShouted(last)) return null;
  return next;
}

/**
 * The end of a name whose surname stands first, or null. After a role without its colon ("called re Moustakas, Pam"),
 * the second word has to be a given name, so that no list of people is taken for one of them.
 */
export function turned(
  context: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
  labelled: boolean,
): number | null {
  const { text, lists } = context;
  const surnames = words.filter(
    ({ text: word }) => !/^(?:VAN|VON|DER|DE|LA|DEN|DI|TEN|ST|Van|Von|De|La|Di|Ten|St)$/.test(word),
  );
  const given = givenAfter(context, capitals, at, words);
  const last = words.at(-1);
  if (!last || !given || surnames.length > 2) return null;
  const shouted = isShouted(given) && words.every(isShouted);
  const listed = isGiven(given, lists) || isSyllables(given);
  const ordinary = surnames.every((word) => isOrdinary(word, lists) && !isFamily(word, lists));
  if (ordinary && !(shouted && (listed || given.text.length > 2)) && !(listed && labelled))
    return null;
  if (!listed && isOrdinary(given, lists) && !(shouted && given.text.length > 2)) return null;
  const end = endOf(context, capitals, at + words.length);
  const [first] = surnames;
  // "Signed, Will Wilson, Dunmarrow Hospital": a whole name before the comma.
  if (first && surnames.length === 2 && !shouted && isGiven(first, lists)) return null;
  // "Examiner: Perpetua Benchekroun, Cutler's Ford Clinic", "Present: Xiaowen Tuilagi, Philippa Ogawa"
  if (surnames.length === 2 && !shouted && !ENDS_FIELD.test(text.slice(end, end + 24))) return null;
  // "Staff nurse: Rukmini, Jaswinder.": two given names are two people.
  if (first && !isShouted(first) && listed && isGiven(first, lists) && !isFamily(first, lists))
    return null;
  if (labelled) return end;
  const list = /^(?:,? (?:and|or|&) |, ?[A-Z][a-z])/.test(text.slice(end, end + 8));
  const ends = ENDS_FIELD.test(text.slice(end, end + 24));
  if ((list || !listed) && !(ends && (listed || shouted))) return null;
  return shouted || !first || !isGiven(first, lists) || isFamily(first, lists) ? end : null;
}

/** The end of the given names from one on: with another one, or with an initial and its point. */
function endOf({ text, lists }: Context, capitals: readonly Word[], at: number): number {
  const [given, second] = follow(text, capitals, at);
  if (!given) return 0;
  if (!second) return given.end;
  const another =
    isShouted(second) === isShouted(given) && isGiven(second, lists) && !NO_NAMES.has(second.small);
  if (!second.initial && !(another && ENDS_FIELD.test(text.slice(second.end, second.end + 24))))
    return given.end;
  const { end } = second;
  const point = second.initial && /^\.(?:\s[^A-Z]|[,;)\n])/.test(text.slice(end, end + 3));
  return point ? end + 1 : end;
}

/** Whether a word begins a line, perhaps after its number. */
const isAlone = (text: string, { start }: Word): boolean =>
  /(?:^|\n)[ \t]*(?:\d{1,2}[.)] )?$/.test(text.slice(Math.max(0, start - 8), start));

/** Surnames that are neither given names nor words. */
const isListedFamily = (words: readonly Word[], { text, lists }: Context): boolean =>
  words.every(
    (word) =>
      isFamily(word, lists) &&
      !isGiven(word, lists) &&
      !lists.ordinary.has(word.small) &&
      !isEponym(text, word),
  );

/** "KOWALCZYK, José", "El-Sayed, Tariq D." without a label: a surname before a given name of the lists. */
export function bySurname(
  context: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
): Named | null {
  const { text, lists } = context;
  const last = words.at(-1);
  const [first] = words;
  if (!first || !last || text[last.end] !== ',') return null;
  const initials = /^, ?\p{Lu}\.(?: ?\p{Lu}\.)?/u.exec(text.slice(last.end, last.end + 8))?.[0];
  // "BRATHWAITE, D."
  if (initials !== undefined && words.length === 1 && isShouted(first) && first.text.length > 3) {
    const other = NO_NAMES.has(first.small) || lists.ordinary.has(first.small);
    return other
      ? null
      : {
          start: first.start,
          end: last.end + initials.length,
          reason: 'list',
          certainty: 'likely',
        };
  }
  const given = givenAfter(context, capitals, at, words);
  if (!given) return null;
  const shouted = words.every(isShouted) && isShouted(given);
  const known = isGiven(given, lists) || isSyllables(given);
  const unknown = !lists.ordinary.has(given.small) && !isFamily(given, lists);
  const may = shouted
    ? given.text.length > 3 || !isOrdinary(given, lists)
    : isListedFamily(words, context) || isAlone(text, first);
  if (!known && !(unknown && may)) return null;
  const end = turned(context, capitals, at, words, true);
  if (end === null) return null;
  const ends = ENDS_FIELD.test(text.slice(end, end + 24));
  const alone = isAlone(text, first);
  const named = { start: first.start, end, reason: 'list', certainty: 'likely' } as const;
  const family = words.every((word) => isFamily(word, lists) || !lists.ordinary.has(word.small));
  if (words.some((word) => NO_NAMES.has(word.small) || TITLES.has(word.small))) return null;
  if (shouted && ends && (family || isGiven(given, lists))) return named;
  if (ends && isListedFamily(words, context)) return named;
  if (ends && alone && family && isFamily(last, lists)) return named;
  if (isOrdinary(given, lists)) return null;
  const acts = PERSON_VERB.test(
    text.slice(given.end, given.end + 40).replace(/^ [A-Z]\.?(?= )/, ''),
  );
  const names = words.every((word) =>
    words.every(isShouted) ? family : (isFamily(word, lists) || acts) && !isEponym(text, word),
  );
  if (!names || (!words.every(isShouted) && words.some((word) => lists.ordinary.has(word.small))))
    return null;
  // "Ross, Edwin, and Miller": a list of people or places.
  return /^(?:,? (?:and|or|&) |, ?[A-Z]| [A-Z][a-z])/.test(text.slice(end, end + 6)) ? null : named;
}
