/** English names: after titles, labels and roles, before degrees, in signatures, and from the lists. */
import type { Certainty, Found, Place, Reason } from '../kinds.ts';
import type { Lists } from '../lists.ts';
import type { Scan } from '../scan.ts';
import { CREDENTIALS, NO_NAMES, ROLES, TITLES } from '../words/english.ts';
import { closesLetter, toldBefore } from './names-en-told.ts';
import {
  ALONE_ON_LINE,
  PERSON_AFTER,
  POST_AFTER,
  PERSON_VERB,
  follow,
  isEponym,
  isFamily,
  isGiven,
  isOrdinary,
  looks,
  nameLength,
  smallBefore,
  wordAt,
  type Context,
  type Word,
} from './names-en-words.ts';

/** Where a name that degrees follow begins: the last words of the run that look like a name. */
function beforeCredentials(words: readonly Word[], lists: Lists): number {
  let first = words.length;
  while (first > 0 && words.length - first < 4) {
    const word = words[first - 1];
    if (!word) break;
    if (
      !word.initial &&
      !/^Ste?$/.test(word.text) &&
      (TITLES.has(word.small) ||
        (isOrdinary(word, lists) && !isGiven(word, lists) && !isFamily(word, lists)))
    )
      break;
    first -= 1;
  }
  return first;
}

/** "HOLLISTER, DESMOND J", "Okafor, Margaret": the surname first, after a label. */
function turned(
  context: Context,
  capitals: readonly Word[],
  first: number,
  words: readonly Word[],
): number | null {
  const { text, lists } = context;
  const last = words.at(-1);
  const surnames = words.filter(
    ({ text: word }) => !/^(?:VAN|VON|DER|DE|LA|DEN|Van|Von|De|La)$/.test(word),
  );
  if (!last || surnames.length > 2) return null;
  const next = capitals[first + words.length];
  if (!next || !/^, ?$/.test(text.slice(last.end, next.start))) return null;
  const rest = follow(text, capitals, first + words.length);
  const [given] = rest;
  if (!given || given.initial || NO_NAMES.has(given.small)) return null;
  if (/^(?:MD|RN|DO|PhD|NP|PA|MBBS|FRCS|DDS|LCSW|PT|OT|RD|Jr|Sr|III?)(?![a-z])/.test(given.text))
    return null;
  const known =
    isGiven(given, lists) ||
    !isOrdinary(given, lists) ||
    (/^[A-Z]{3,}$/.test(given.text) && /^[A-Z'-]{2,}$/.test(last.text));
  if (!known) return null;
  const middle = rest[1]?.initial ? rest[1] : null;
  const end = (middle ?? given).end;
  return middle && text[end] === '.' && /^\.\s[^A-Z]|^\.[,;)\n]/.test(text.slice(end, end + 3))
    ? end + 1
    : end;
}

/** A name, and what speaks for it. */
interface Named extends Place {
  readonly reason: Reason;
  readonly certainty: Certainty;
}

/** The name that a title, a label or a role before it tells. */
function announced(
  context: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
): Named | null {
  const { text } = context;
  const [first] = words;
  if (!first) return null;
  const small = text[first.start - 1] === ' ' ? smallBefore(text, first.start) : 0;
  const start = first.start - small;
  const told = toldBefore(text, start);
  if (!told) return null;
  const family = told.reason === 'label' ? turned(context, capitals, at, words) : null;
  if (family !== null) return { start, end: family, reason: 'label', certainty: 'sure' };
  const length = nameLength(words, context, told.strong);
  const last = words[length - 1];
  if (!last || (length === 1 && last.initial && told.reason !== 'title')) return null;
  if (length === 1 && !told.strong && isDoubtful(first, context, told.reason)) return null;
  const certainty = told.strong || length > 1 ? 'sure' : 'likely';
  return { start, end: last.end, reason: told.reason, certainty };
}

/** Whether a single word after a role is rather another word. */
function isDoubtful(word: Word, { text, lists }: Context, reason: Reason): boolean {
  const given = isGiven(word, lists);
  if (isEponym(text, word)) return true;
  if (isOrdinary(word, lists) && (!given || lists.ordinary.has(word.small))) return true;
  // "Patient: Nope." answers; "Patient: Nwosu, seen today" names.
  if (reason !== 'label' || given || isFamily(word, lists)) return false;
  return !/^[,;\n(]?$/.test(text.charAt(word.end));
}

/** The name that degrees follow: "Okafor, MD". */
function withCredentials({ text, lists }: Context, words: readonly Word[]): Named | null {
  const last = words.at(-1);
  if (!last || (text[last.end] !== ',' && text[last.end] !== ' ')) return null;
  CREDENTIALS.lastIndex = last.end;
  if (!CREDENTIALS.test(text)) return null;
  const from = beforeCredentials(words, lists);
  const first = words[from];
  const alone = words.length - from === 1;
  if (!first || (alone && (first.initial || isOrdinary(first, lists)))) return null;
  return { start: first.start, end: last.end, reason: 'follows', certainty: 'sure' };
}

/** "KOWALCZYK, José", "El-Sayed, Tariq D." without a label: a surname before a given name of the lists. */
function bySurname(
  context: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
): Named | null {
  const { text, lists } = context;
  const last = words.at(-1);
  const given = capitals[at + words.length];
  if (!last || !given || !isGiven(given, lists) || isOrdinary(given, lists)) return null;
  const acts = PERSON_VERB.test(
    text.slice(given.end, given.end + 40).replace(/^ [A-Z]\.?(?= )/, ''),
  );
  const shouted = words.every(({ text: word }) => /^[\p{Lu}'-]{2,}$/u.test(word));
  const names = words.every(
    (word) =>
      !NO_NAMES.has(word.small) &&
      !TITLES.has(word.small) &&
      (shouted
        ? isFamily(word, lists) || !lists.ordinary.has(word.small)
        : (isFamily(word, lists) || acts) && !isEponym(text, word)),
  );
  if (!names || (!shouted && words.some((word) => lists.ordinary.has(word.small)))) return null;
  const end = turned(context, capitals, at, words);
  // "Ross, Edwin, and Miller": a list of people or places.
  if (end === null || /^(?:,? (?:and|or|&) |, ?[A-Z]| [A-Z][a-z])/.test(text.slice(end, end + 6)))
    return null;
  return { start: words[0]?.start ?? last.start, end, reason: 'list', certainty: 'likely' };
}

/** A run that nothing announces: what its words look like, and what follows. */
function byLooks(run: readonly Word[], context: Context): Named | null {
  const { lists } = context;
  if (run.every(({ small }) => lists.ordinary.has(small) || NO_NAMES.has(small))) return null;
  for (let from = 0; from < run.length; from += 1) {
    const first = run[from];
    const known = first && (isGiven(first, lists) || isFamily(first, lists));
    if (!first || run[from - 1]?.initial || (from === run.length - 1 && !known)) return null;
    let length = nameLength(run.slice(from), context, false);
    while (length > 1 && run[from + length - 1]?.initial) length -= 1;
    const named = judged(run.slice(from, from + length), context);
    if (named) return named;
  }
  return null;
}

/** Whether words are a name, by themselves and by what follows. */
function judged(words: readonly Word[], context: Context): Named | null {
  const { text, lists } = context;
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last) return null;
  const look = looks(words, context);
  const single = words.length === 1 && (isGiven(first, lists) || isFamily(first, lists));
  if (look === 0 && !single) return null;
  const place = { start: first.start, end: last.end };
  const rest = text.slice(last.end, last.end + 60);
  if ((look > 0 || !isOrdinary(last, lists)) && PERSON_AFTER.test(rest)) {
    return { ...place, reason: 'follows', certainty: 'sure' };
  }
  if (look === 2) return { ...place, reason: 'list', certainty: 'likely' };
  if (look === 0 || words.length > 3) return null;
  const before = text.slice(Math.max(0, first.start - 6), first.start);
  const signs =
    (/\n\s*(?:-+\s*)?$/.test(before) && ALONE_ON_LINE.test(rest)) || POST_AFTER.test(rest);
  if (!signs && !PERSON_VERB.test(rest)) return null;
  return { ...place, reason: 'follows', certainty: 'unsure' };
}

/** Whether an initial at the beginning of a line is that of a name: a second one follows, or a letter ends before it. */
const isSigned = (text: string, { start, end }: Word): boolean =>
  /^\. ?[A-Z]\. ?[A-Z]/.test(text.slice(end, end + 6)) || closesLetter(text, start);

/** Whether a word cannot begin a name: within an address, a title, or the letter of an answer to choose. */
function beginsNone(text: string, word: Word, lists: Lists): boolean {
  const before = text[word.start - 1];
  if (before === '@' || before === '/' || before === '_') return true;
  // "A. Serosa" on a line of its own; but "A.W. Khoury".
  const lettered = before === undefined || before === '\n';
  if (word.initial && word.small <= 'h' && lettered && !isSigned(text, word)) return true;
  if (!TITLES.has(word.small) && !ROLES.has(word.small)) return false;
  return !isGiven(word, lists) && !(isFamily(word, lists) && ROLES.has(word.small));
}

export function findEnglishNames(
  { text, capitals: places }: Scan,
  lists: Lists,
  found: Found,
): void {
  const capitals = places.map((place) => wordAt(text, place));
  const context: Context = { text, lists };
  let done = 0;
  for (const [at, word] of capitals.entries()) {
    if (word.start < done || beginsNone(text, word, lists)) continue;
    const words = follow(text, capitals, at);
    const named =
      announced(context, capitals, at, words) ??
      withCredentials(context, words) ??
      bySurname(context, capitals, at, words) ??
      byLooks(words, context);
    if (!named) continue;
    found({ kind: 'NAME', ...named });
    done = named.end;
  }
}
