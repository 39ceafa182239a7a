/** Finds identifiers in texts: runs every rule, settles where two overlap, and looks for found names elsewhere. */
import { addKnown, findAgain, type KnownWords } from './again.ts';
import {
  CERTAINTIES,
  type Found,
  type IdentifierFinding,
  type IdentifierKind,
  type Place,
} from './kinds.ts';
import type { Lists } from './lists.ts';
import { findEnglishPlaces } from './rules/address-en.ts';
import { findChineseAddresses } from './rules/address-zh.ts';
import { findAgesInWords } from './rules/ages.ts';
import { findChineseAges } from './rules/ages-zh.ts';
import { findEnglishCare } from './rules/care-en.ts';
import { findChineseCare } from './rules/care-zh.ts';
import { findBesideNames } from './rules/codes.ts';
import { findEmails, findUrls } from './rules/contact.ts';
import { findChineseDates, findMonth } from './rules/dates.ts';
import { findEnglishNames } from './rules/names/names-en.ts';
import { wordsAt } from './rules/names/names-en-facts.ts';
import { findSmallNames } from './rules/names/names-en-small.ts';
import { findCalled } from './rules/names/names-zh-called.ts';
import { partsOf } from './rules/names/names-zh-minority.ts';
import { findChineseNames } from './rules/names/names-zh.ts';
import { findPlates } from './rules/national.ts';
import { findBeds } from './rules/beds.ts';
import { findWeChat } from './rules/wechat.ts';
import { findNumbers } from './rules/numbers.ts';
import { scan, type Scan } from './scan.ts';

/** Where two findings overlap, the kind that stands first is kept; of one kind, the longer. */
const ORDER: readonly IdentifierKind[] = [
  'EMAIL',
  'URL',
  'ID',
  'WECHAT',
  'IP',
  'VEHICLE',
  'DEVICE',
  'LICENCE',
  'RECORD',
  'ACCOUNT',
  'PHONE',
  'HOSPITAL',
  'ADDRESS',
  'DATE',
  'AGE',
  'BED',
  'NAME',
];

function rank({ kind, certainty }: IdentifierFinding): number {
  // A doubtful finding gives way to any other.
  return ORDER.indexOf(kind) + (certainty === 'unsure' ? 100 : 0);
}

/** Findings in their order, without overlaps: of those that overlap, the one of most worth. */
function settled(findings: readonly IdentifierFinding[]): IdentifierFinding[] {
  const byWorth = findings.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      b.end - b.start - (a.end - a.start) ||
      CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) ||
      a.start - b.start,
  );
  // What is taken is marked in the text: a text may hold a hundred thousand findings.
  const taken = new Uint8Array(findings.reduce((most, { end }) => Math.max(most, end), 0));
  const kept = byWorth.filter(({ start, end }) => {
    for (let at = start; at < end; at += 1) if (taken[at]) return false;
    taken.fill(1, start, end);
    return true;
  });
  return kept.toSorted((a, b) => a.start - b.start);
}

function findIn(scanned: Scan, lists: Lists): IdentifierFinding[] {
  const findings: IdentifierFinding[] = [];
  const found: Found = (finding) => findings.push(finding);
  const { text, chinese, capitals } = scanned;
  findEmails(scanned, found);
  findUrls(scanned, found);
  findWeChat(text, found);
  const addresses = [...findings];
  if (scanned.numbers.length > 0) findNumbers(scanned, lists, addresses, found);
  findBeds(scanned, found);
  findAgesInWords(text, chinese, found);
  findSmallNames(scanned, lists, found);
  for (const word of capitals) findMonth(text, word, found);
  if (capitals.length > 0) {
    const words = wordsAt(text, capitals, lists);
    findEnglishPlaces(scanned, lists, found);
    findEnglishCare(text, words, lists, found);
    findEnglishNames(text, words, lists, found);
  }
  if (chinese) {
    findChineseDates(text, found);
    findChineseAges(text, found);
    findPlates(text, found);
    findChineseCare(scanned, lists, found);
    findChineseAddresses(scanned, lists, found);
    findCalled(text, lists, found);
    findChineseNames(scanned, lists, found);
  }
  if (scanned.numbers.length > 0) findBesideNames(text, scanned.numbers, findings, found);
  return findings;
}

/** Chinese names that are looked for in the rest of a record. */
function knownNames(
  texts: readonly string[],
  findings: readonly (readonly IdentifierFinding[])[],
  lists: Lists,
): Set<string> {
  const names = new Set<string>();
  findings.forEach((list, i) => {
    for (const { kind, start, end, certainty } of list) {
      if (kind !== 'NAME' || certainty === 'unsure') continue;
      const name = texts[i]?.slice(start, end) ?? '';
      if (/[\u4e00-\u9fff]/.test(name)) {
        for (const part of partsOf(name)) names.add(part);
        if (name.length >= 3 || (name.length === 2 && !lists.words.has(name))) names.add(name);
      }
    }
  });
  return names;
}

/** Looks for all names in one pass: a text may hold thousands. */
function again(text: string, names: ReadonlySet<string>, found: Found): void {
  const lengths = new Map<string, Set<number>>();
  for (const name of names) {
    const known = lengths.get(name.charAt(0));
    if (known) known.add(name.length);
    else lengths.set(name.charAt(0), new Set([name.length]));
  }
  for (let at = 0; at < text.length; at += 1) {
    for (const length of lengths.get(text.charAt(at)) ?? []) {
      const end = at + length;
      if (names.has(text.slice(at, end)))
        found({ start: at, end, kind: 'NAME', reason: 'again', certainty: 'likely' });
    }
  }
}

/** Whether a place lies within one of those that stand in order, none of which overlap. */
function isWithin({ start, end }: Place, places: readonly Place[]): boolean {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return end <= (places[low - 1]?.end ?? -1);
}

/** "Desmond Hollister" found word by word is one name. */
function joined(text: string, findings: readonly IdentifierFinding[]): IdentifierFinding[] {
  const whole: IdentifierFinding[] = [];
  for (const finding of findings) {
    const last = whole.at(-1);
    const both =
      last?.kind === 'NAME' &&
      finding.kind === 'NAME' &&
      last.reason === 'again' &&
      finding.reason === 'again';
    if (last && both && text.slice(last.end, finding.start) === ' ')
      whole[whole.length - 1] = { ...last, end: finding.end };
    else whole.push(finding);
  }
  return whole;
}

/**
 * The identifiers of texts that belong together, such as the messages of a record: for each text its findings in
 * order, without overlaps. A name that one of them tells is found in all.
 */
export function findInRecord(texts: readonly string[], lists: Lists): IdentifierFinding[][] {
  const scans = texts.map((text) => scan(text));
  const first = scans.map((scanned) => settled(findIn(scanned, lists)));
  const names = knownNames(
    scans.map(({ text }) => text),
    first,
    lists,
  );
  const known: KnownWords = new Map();
  const small: KnownWords = new Map();
  scans.forEach(({ text }, i) => addKnown(text, first[i] ?? [], lists, known, small));
  if (names.size === 0 && known.size === 0) return first;
  return scans.map((scanned, i) => {
    const { text } = scanned;
    const more: IdentifierFinding[] = [];
    if (known.size > 0) findAgain(scanned, known, small, (finding) => more.push(finding));
    again(text, names, (finding) => more.push(finding));
    const before = first[i] ?? [];
    return more.length === 0
      ? before
      : joined(text, settled([...before, ...more.filter((m) => !isWithin(m, before))]));
  });
}

/** The identifiers of one text, in order, without overlaps. */
export function findIdentifiers(text: string, lists: Lists): IdentifierFinding[] {
  return findInRecord([text], lists)[0] ?? [];
}
