/** English names: after titles, labels and roles, before degrees, in signatures, and from the lists. */
import type { Found, Reason } from '../../kinds.ts';
import type { Lists } from '../../lists.ts';
import { COLON_ONLY, CREDENTIALS, NO_NAMES, ROLES, TITLES } from '../../words/english.ts';
import { closesLetter, toldBefore } from './names-en-told.ts';
import { type Word, isFamily, isGiven, isNoName, isOrdinary, isShouted } from './names-en-facts.ts';
import { syllables, weighed } from './names-en-weighed.ts';
import {
  ALONE_ON_LINE,
  type Context,
  PERSON_AFTER,
  PERSON_VERB,
  POST_AFTER,
  follow,
  followedByDisease,
  isEponym,
  looks,
  nameLength,
  smallBefore,
} from './names-en-words.ts';
import {
  besides,
  findInitials,
  findPlaced,
  findSpeakers,
  initialAfter,
  suffixed,
} from './names-en-beside.ts';
import { bySurname, turned, type Named } from './names-en-turned.ts';

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

/** Where a name that begins with a capitalised word begins: small words may belong to it. */
const beginningOf = (text: string, { start }: Word): number =>
  text[start - 1] === ' ' ? start - smallBefore(text, start) : start;

/** A dose or a level: what stands before it is a substance. */
const DOSED = /^ \d+(?:[.,]\d+)? ?(?:mg|g|ml|mL|mcg|units?|mmol|IU)\b/;

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
  const start = beginningOf(text, first);
  const told = toldBefore(text, start);
  if (!told) return null;
  const family =
    told.reason === 'title' ? null : turned(context, capitals, at, words, told.reason === 'label');
  if (family !== null) return { start, end: family, reason: told.reason, certainty: 'sure' };
  const most = nameLength(words, context, told.strong);
  // "Dr. A. Tsosie I looked": who writes, no initial.
  const writes =
    most > 1 && words[most - 1]?.text === 'I' && text[words[most - 1]?.end ?? 0] === ' ';
  const length = writes ? most - 1 : most;
  const last = words[length - 1];
  if (!last || (length === 1 && last.initial && told.reason !== 'title')) return null;
  // "CC: SOB": a complaint, not a copy.
  // "Physio: Berg balance 48/56"
  if (length === 1 && told.reason !== 'title' && followedByDisease(text, first)) return null;
  // "instrument PC. Paracetamol 142 mg/L"
  if (DOSED.test(text.slice(last.end, last.end + 14))) return null;
  if (length === 1 && isShouted(first) && first.text.length < 4 && told.reason === 'label')
    return null;
  if (length === 1 && !told.strong && isDoubtful(first, context, told.reason)) return null;
  const certainty = told.strong || length > 1 ? 'sure' : 'likely';
  return { start, end: last.end, reason: told.reason, certainty };
}

/** Whether a single word after a role is rather another word. */
function isDoubtful(word: Word, { text, lists }: Context, reason: Reason): boolean {
  const given = isGiven(word, lists);
  // "Nurse Rasmussen to revisit": who somebody is comes before a person, though a disease has the name as well.
  const person = reason !== 'label' && (given || isFamily(word, lists));
  if (person ? followedByDisease(text, word) : isEponym(text, word)) return true;
  if (isOrdinary(word, lists) && (!given || lists.ordinary.has(word.small))) return true;
  if (reason === 'role' && !given && !isFamily(word, lists)) {
    // "prescription for Darvocet", "followed by Mastisol"
    const before = text.slice(Math.max(0, word.start - 24), word.start);
    if (
      /(?:followed by|prescription for|(?:present(?:s|ed|ing)?|came|managed|treated|prepped) with) $/i.test(
        before,
      )
    )
      return true;
  }
  // "Patient: Nope." answers; "Patient: Nwosu, seen today" names.
  if (reason !== 'label' || given || isFamily(word, lists)) return false;
  return !/^(?:[,;\n(]| [-–—])?$/.test(
    text.slice(word.end, word.end + (text[word.end] === ' ' ? 2 : 1)),
  );
}

/** The name that degrees follow: "Okafor, MD". */
function withCredentials({ text, lists }: Context, words: readonly Word[]): Named | null {
  const last = words.at(-1);
  if (!last || (text[last.end] !== ',' && text[last.end] !== ' ')) return null;
  CREDENTIALS.lastIndex = last.end;
  // "Admitting MD: ..." is a label.
  // So is "Gwen, RT558812".
  if (!CREDENTIALS.test(text) || /[:\d]/.test(text[CREDENTIALS.lastIndex] ?? '')) return null;
  const from = beforeCredentials(words, lists);
  const first = words[from];
  const alone = words.length - from === 1;
  if (!first || (alone && (first.initial || isOrdinary(first, lists)))) return null;
  return { start: first.start, end: last.end, reason: 'follows', certainty: 'sure' };
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
  /^\. ?[A-Z]\. ?[A-Z]/.test(text.slice(end, end + 6)) ||
  /^\.? ?\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?,? (?:RN|LPN|LVN|MD|DO|NP|PA|CNA|CMA|RPh|PT|OT|SLP|HCA|SpR|SHO|RGN|RMN|EMT)\b/u.test(
    text.slice(end, end + 40),
  ) ||
  closesLetter(text, start);

/** What has a letter for its name. */
const LETTERED_THING =
  /\b(?:arm|type|group|grade|class|hepatitis|vitamin|stage|cohort|option|ward|unit|bay|room|plan|part|section|level|factor|site|block|cell|influenza|strep|appendix|table|figure|box|day|scan|step) $/i;

/** "Ward Cedar": where a bed is. */
const WARD = /^(?:Ward|Bay|Unit|Room|Wing) \p{Lu}\p{Ll}/u;
/** Before what an insurer, a bank or a maker is called. */
const COMPANY =
  /\b(?:[Ii]nsur(?:er|ance)|[Bb]ank|[Pp]ayer|[Cc]arrier|[Bb]rand|[Vv]endor|[Mm]aker|[Mm]anufacturer|[Ss]upplier):? $/;

/** What is said of somebody before the given name. */
const BEFORE_GIVEN = new Set(['Little', 'Young', 'Old', 'Big', 'Poor', 'Dear', 'Late']);
/** Arts of movement, which look like names of two syllables, and with what they begin. */
const ARTS = new Set(['Tai', 'Qi', 'QiGong', 'Kung', 'Feng', 'Tae', 'Ping']);
const ART = /^(?:Tai (?:Chi|Ji)|Qi ?Gong|Kung Fu|Feng Shui|Tae Kwon|Ping Pong)\b/;

/** "Prisoner Abdirahman Begaye": what somebody is, in no list, before a given name. */
function isPost(text: string, word: Word, lists: Lists): boolean {
  if (
    isGiven(word, lists) ||
    isFamily(word, lists) ||
    !/(?:ant|ent|er|or|ist|ee|ian|man|mate)$/.test(word.small)
  )
    return false;
  const next = /^ (\p{Lu}[\p{L}'-]+)/u
    .exec(text.slice(word.end, word.end + 24))?.[1]
    ?.toLowerCase();
  return next !== undefined && lists.given.has(next);
}

/** Whether a word cannot begin a name: within an address, a title, or the letter of an answer to choose. */
function beginsNone(text: string, word: Word, lists: Lists): boolean {
  const before = text[word.start - 1];
  if (before === '@' || before === '/' || before === '_') return true;
  // "arm B. Ezekiel Murakami", "Little Xavier"
  if (word.initial && LETTERED_THING.test(text.slice(Math.max(0, word.start - 10), word.start)))
    return true;
  if (WARD.test(text.slice(word.start, word.end + 3))) return true;
  const said = text.slice(Math.max(0, word.start - 14), word.start);
  if (COMPANY.test(said) || said.endsWith('Ward ')) return true;
  if (BEFORE_GIVEN.has(word.text) && /^ \p{Lu}\p{Ll}/u.test(text.slice(word.end, word.end + 3)))
    return true;
  if (isPost(text, word, lists)) return true;
  if (ARTS.has(word.text) && ART.test(text.slice(word.start, word.start + 10))) return true;
  // "A. Serosa" on a line of its own; but "A.W. Khoury".
  const lettered = before === undefined || before === '\n';
  if (word.initial && word.small <= 'h' && lettered && !isSigned(text, word)) return true;
  const post = ROLES.has(word.small) || COLON_ONLY.has(word.small);
  if (!TITLES.has(word.small) && !post) return false;
  // "Son Sang-woo Nguyen": who somebody is, at the beginning of a sentence.
  if (/^ \p{Lu}\p{Ll}/u.test(text.slice(word.end, word.end + 3))) return true;
  return !isGiven(word, lists) && !(isFamily(word, lists) && post);
}

/** Whether a word that stands alone is none, since nothing announces it; most capitalised words begin a sentence. */
const cannotBeName = ({ text, lists }: Context, word: Word): boolean =>
  !word.initial &&
  isNoName(word, lists) &&
  text[word.end] !== ',' &&
  !toldBefore(text, beginningOf(text, word));

/** The name that begins with a capitalised word. */
function nameAt(
  context: Context,
  capitals: readonly Word[],
  at: number,
  words: readonly Word[],
  list: boolean,
): Named | null {
  const told = announced(context, capitals, at, words);
  // "daughter Hui Min Koh"
  const last = told ? syllables(words, context) : null;
  if (told && last && last.end > told.end) return { ...told, end: last.end };
  return (
    told ??
    withCredentials(context, words) ??
    bySurname(context, capitals, at, words) ??
    byLooks(words, context) ??
    weighed(words, context, list)
  );
}

/** Before a given name within a sentence: a small word, or a comma after one. */
const WITHIN_SENTENCE = /(?:^|[^\p{L}\d'-])\p{Ll}[\p{Ll}'-]*,? $/u;

/** "asks whether Juniper Hale": where a name begins whose given name is in no list, or an ordinary word. */
function withGiven({ text, lists }: Context, before: Word | undefined, named: Named): number {
  if (!before || before.initial || before.text.length < 4 || isShouted(before)) return named.start;
  if (text.slice(before.end, named.start) !== ' ') return named.start;
  if (NO_NAMES.has(before.small) || TITLES.has(before.small) || ROLES.has(before.small))
    return named.start;
  if (COLON_ONLY.has(before.small) || isPost(text, before, lists)) return named.start;
  const said = text.slice(Math.max(0, before.start - 24), before.start);
  return WITHIN_SENTENCE.test(said) || (said.endsWith(': ') && isGiven(before, lists))
    ? before.start
    : named.start;
}

export function findEnglishNames(
  text: string,
  capitals: readonly Word[],
  lists: Lists,
  found: Found,
): void {
  const context: Context = { text, lists };
  findSpeakers(context, found);
  findInitials(text, found);
  findPlaced(context, found);
  let [done, last] = [0, -1];
  for (const [at, word] of capitals.entries()) {
    if (word.start < done) continue;
    const list = last >= 0 && besides(text, last, word.start);
    const words = follow(text, capitals, at);
    if (words.length === 1 && cannotBeName(context, word)) continue;
    if (!list && beginsNone(text, word, lists)) continue;
    const named = nameAt(context, capitals, at, words, list);
    if (!named) continue;
    const first = words.findIndex(({ start }) => start === named.start);
    const surname = words[first];
    const alone =
      surname?.end === named.end && (isFamily(surname, lists) || isGiven(surname, lists));
    const start = alone ? withGiven(context, capitals[at + first - 1], named) : named.start;
    done = suffixed(text, initialAfter(text, named));
    last = done;
    found({ kind: 'NAME', ...named, start, end: done });
  }
}
