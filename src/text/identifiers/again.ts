/** Looks for the English names of a record wherever else they stand in it, whole or in part. */
import type { Found, IdentifierFinding } from './kinds.ts';
import type { Lists } from './lists.ts';
import { WITHIN } from './rules/names/names-en-weighed.ts';
import { smallBefore } from './rules/names/names-en-words.ts';
import type { Scan } from './scan.ts';
import { EPONYMS, NO_NAMES } from './words/english.ts';
import { MAY_DO, PERSON_DOES } from './words/english-people.ts';

/** Whether a name is that of a disease here: "Wilson disease", though a Mr. Wilson has it. */
const OF_DISEASE =
  /^(?:'s)? (?:disease|syndrome|sign|test|score|scale|criteria|tube|catheter|procedure|fracture)/;
const PARTS = /[ ,./"()]+/;
const PARTICLES =
  /^(?:van|von|der|den|de|la|del|los|las|di|da|dos|du|le|el|al|bin|ibn|ten|ter|st|ste|jr|sr|snr|jnr|ii|iii|iv|the|and)$/;
/** Small letters before "Ten Brink": the first word of a surname in two. */
const FIRST_PART =
  /(?<![A-Za-z.])(?:Van|Von|De|De La|Di|Da|Du|La|Le|El|Ten|Ter|Van Der|Van De|St\.?) $/;

/** The words of names, in small letters; true for those that are words as well. */
export type KnownWords = Map<string, boolean>;

/** Adds the words of the names of one text. */
export function addKnown(
  text: string,
  findings: readonly IdentifierFinding[],
  lists: Lists,
  known: KnownWords,
  small: KnownWords,
): void {
  for (const { kind, start, end, certainty } of findings) {
    if (kind !== 'NAME' || certainty === 'unsure') continue;
    const typed = !/\p{Lu}/u.test(text.slice(start, end));
    const words = text.slice(start, end).toLowerCase().split(PARTS).filter(Boolean);
    for (const word of words) {
      if (!/^\p{Ll}[\p{Ll}'-]+$/u.test(word) || PARTICLES.test(word)) continue;
      if (word.length < 3 && words.length < 2) continue;
      const doubtful = word.length < 3 || lists.ordinary.has(word) || NO_NAMES.has(word);
      if (doubtful && words.length < 2 && certainty !== 'sure') continue;
      known.set(word, doubtful && (known.get(word) ?? true));
      if (typed) small.set(word, doubtful);
    }
  }
}

/** Whether a word that may be another one is a name here. */
function isPerson(text: string, start: number, end: number): boolean {
  const after = text.slice(end, end + 48);
  if (/^[- ][A-Z]|^-|^ \d/.test(after)) return false;
  const before = text.slice(Math.max(0, start - 40), start);
  return (
    WITHIN.test(before) ||
    PERSON_DOES.test(after) ||
    MAY_DO.test(after) ||
    /^'s [a-z]/.test(after) ||
    (/(?:^|\n|\] ?)$/.test(before) && /^[:,]/.test(after))
  );
}

const SMALL_WORD = /(?<![\p{L}\d@_./-])\p{Ll}[\p{Ll}'-]+(?!\p{L})/gu;

/** A name that was typed in small letters, further on in small letters. */
function againSmall(text: string, known: KnownWords, found: Found): void {
  for (const { 0: word, index: start } of text.matchAll(SMALL_WORD)) {
    // "adaeze's": the name ends before the mark.
    const [name = ''] = known.has(word) ? [word] : word.split(/['-]/);
    const end = start + name.length;
    if (name.length < 4 || known.get(name) !== false || /[\d@_]/.test(text[end] ?? '')) continue;
    found({ start, end, kind: 'NAME', reason: 'again', certainty: 'likely' });
  }
}

export function findAgain(
  { text, capitals }: Scan,
  known: KnownWords,
  small: KnownWords,
  found: Found,
): void {
  if (small.size > 0) againSmall(text, small, found);
  for (const { start, end } of capitals) {
    const word = text.slice(start, end);
    const doubtful = known.get(word.toLowerCase());
    if (doubtful === undefined) continue;
    if (text[start - 1] === '@' || OF_DISEASE.test(text.slice(end, end + 14))) continue;
    const shouted = word.length > 1 && word === word.toUpperCase();
    if (doubtful && (shouted || EPONYMS.has(word.toLowerCase()) || !isPerson(text, start, end)))
      continue;
    // "D. Hollister", where Desmond Hollister was found; but "B. Hollister" may be an answer to choose.
    const part = FIRST_PART.exec(text.slice(Math.max(0, start - 8), start))?.[0].length;
    const own = start - (part ?? smallBefore(text, start));
    const said = text.slice(Math.max(0, own - 14), own);
    const initials = /(?<![A-Za-z.]|^|\n)(?:[A-Z]\.? ){1,2}$/.exec(said);
    const from = own - (initials?.[0].length ?? 0);
    found({ start: from, end, kind: 'NAME', reason: 'again', certainty: 'likely' });
  }
}
