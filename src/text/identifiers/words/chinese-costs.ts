/**
 * What Chinese words, characters and given names cost: the likelier, the less (natural logarithms, rounded). A text is
 * split where its parts cost least, once with a name in it and once without.
 *
 * The table has one row for each kind and cost (a hexadecimal digit): `c` single characters, `f` and `l` the first and
 * the last character of a given name of two, `o` a given name of one; `w` and `v` words of two and three characters, as
 * what they begin with and all characters that may end them; `a` words of two that somebody does, or of when.
 */
import { COMMON_SURNAMES, COMPOUND_SURNAMES, GIVEN, RARE_SURNAMES } from './chinese-names.ts';

/** The cost of a character or a word that the table lacks. */
const UNKNOWN = 13;
const UNKNOWN_GIVEN = 13;
/** What a last character of given names costs more as the only one. */
const ALONE = 2;
/** A character of given names that the table lacks. */
const SELDOM_GIVEN = 10;
/** Chinese characters of everyday use. */
const FIRST = 0x4e00;
const LAST = 0x9fff;
/** Rows are as long as there are codes, so that no place in them is outside. */
const CODES = 0x10000;

export interface ChineseCosts {
  readonly single: Uint8Array;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly only: Uint8Array;
  readonly pairs: ReadonlyMap<number, number>;
  /** Pairs that say what somebody does, or when. */
  readonly acts: ReadonlySet<number>;
  /** By what their first two characters are, then by the third. */
  readonly triples: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

const pairKey = (a: number, b: number): number => ((a - FIRST) << 16) | b;

export function readChineseCosts(table: string): ChineseCosts {
  const rowOf = (fill: number): Uint8Array => new Uint8Array(CODES).fill(fill);
  const characters: Record<string, Uint8Array> = {
    c: rowOf(UNKNOWN),
    f: rowOf(UNKNOWN_GIVEN),
    l: rowOf(UNKNOWN_GIVEN),
    o: rowOf(UNKNOWN_GIVEN),
  };
  const pairs = new Map<number, number>();
  const acts = new Set<number>();
  const triples = new Map<number, Map<number, number>>();
  for (const line of table.split('\n')) {
    const kind = line.charAt(0);
    const cost = Number.parseInt(line.charAt(1), 16);
    const row = characters[kind];
    if (row) {
      for (let at = 3; at < line.length; at += 1) row[line.charCodeAt(at)] = cost;
      continue;
    }
    for (const group of line.slice(3).split(' ')) {
      const head = kind === 'v' ? 2 : 1;
      for (let at = head; at < group.length; at += 1) {
        if (kind === 'a') acts.add(pairKey(group.charCodeAt(0), group.charCodeAt(at)));
        else if (head === 1) pairs.set(pairKey(group.charCodeAt(0), group.charCodeAt(at)), cost);
        else {
          const key = pairKey(group.charCodeAt(0), group.charCodeAt(1));
          const thirds = triples.get(key) ?? new Map<number, number>();
          triples.set(key, thirds.set(group.charCodeAt(at), cost));
        }
      }
    }
  }
  for (const row of [characters['f'], characters['l'], characters['o']])
    for (const character of GIVEN) {
      const at = character.charCodeAt(0);
      if (row) row[at] = Math.min(row[at] ?? SELDOM_GIVEN, SELDOM_GIVEN);
    }
  const rows = characters as Record<'c' | 'f' | 'l' | 'o', Uint8Array>;
  // Given names of one character are few in the dictionary: what ends longer ones may stand alone.
  for (let at = FIRST; at <= LAST; at += 1)
    rows.o[at] = Math.min(rows.o[at] ?? UNKNOWN_GIVEN, (rows.l[at] ?? UNKNOWN_GIVEN) + ALONE);
  const { c, f, l, o } = rows;
  return { single: c, first: f, last: l, only: o, pairs, acts, triples };
}

const isListed = (code: number): boolean => code >= FIRST && code <= LAST;

const at = (row: Uint8Array, code: number): number => row[code] ?? UNKNOWN;

/** What the word from `from` to `to` costs, of at most three characters. */
function wordCost(costs: ChineseCosts, text: string, from: number, to: number): number {
  const code = text.charCodeAt(from);
  if (to - from === 1) return at(costs.single, code);
  const key = pairKey(code, text.charCodeAt(from + 1));
  if (to - from === 2) return costs.pairs.get(key) ?? Infinity;
  return costs.triples.get(key)?.get(text.charCodeAt(from + 2)) ?? Infinity;
}

/** What a surname costs, by how many bear it. */
const SURNAME_COST = new Float64Array(CODES).fill(Infinity);
[...COMMON_SURNAMES].forEach((surname, i) => {
  SURNAME_COST[surname.charCodeAt(0)] = 2.6 + Math.log(1 + i * 0.35) * 1.25;
});
for (const surname of RARE_SURNAMES) SURNAME_COST[surname.charCodeAt(0)] = 9.5;
const COMPOUND_FIRST = new Set([...COMPOUND_SURNAMES].map((surname) => surname.charCodeAt(0)));
const COMPOUND_COST = 7.5;

/** Given names of one character are the fewer. */
const ONE = 1.3;
const TWO = 0.3;

function givenCost(costs: ChineseCosts, text: string, from: number, to: number): number {
  const code = text.charCodeAt(from);
  return to - from === 1
    ? ONE + at(costs.only, code)
    : TWO + at(costs.first, code) + at(costs.last, text.charCodeAt(from + 1));
}

const surnameCost = (text: string, start: number, length: number): number =>
  length === 2 ? COMPOUND_COST : (SURNAME_COST[text.charCodeAt(start)] ?? Infinity);

/** How long the surname at a place is: of two characters, of one, or none. */
export function surnameAt(text: string, start: number): number {
  if (COMPOUND_FIRST.has(text.charCodeAt(start))) {
    // 护士长孙思远 is a head nurse, 老公孙浩 a husband, named 孙.
    const other =
      text[start + 1] === '孙' &&
      /(?:[士院科处局部会组校室]长|[老外公]公)孙$/.test(
        text.slice(Math.max(0, start - 1), start + 2),
      );
    if (!other && COMPOUND_SURNAMES.has(text.slice(start, start + 2))) return 2;
  }
  return surnameCost(text, start, 1) < Infinity ? 1 : 0;
}

/** The most that `likelihood` can give at a place: quick to tell, since most surnames begin no name. Below `least` any number is right. */
export function mostLikelihood(
  costs: ChineseCosts,
  text: string,
  start: number,
  surname: number,
  least: number,
): number {
  const end = start + surname;
  if (end + 1 > text.length) return -Infinity;
  const last = text.charCodeAt(end - 1);
  const first = text.charCodeAt(end);
  const second = end + 1 < text.length ? text.charCodeAt(end + 1) : 0;
  const before = surname === 2 ? at(costs.single, text.charCodeAt(start)) : 0;
  const alone = before + at(costs.single, last);
  const single = at(costs.single, first);
  const cost = surnameCost(text, start, surname);
  const asOne = cost + ONE + at(costs.only, first);
  const asTwo = cost + TWO + at(costs.first, first) + at(costs.last, second);
  // Without any word of two characters it could only be more.
  const most = alone + single - Math.min(asOne, asTwo - at(costs.single, second));
  if (most < least) return most;
  const one = Math.min(
    alone + single,
    before + (costs.pairs.get(pairKey(last, first)) ?? Infinity),
  );
  const two = Math.min(
    one + at(costs.single, second),
    alone + (costs.pairs.get(pairKey(first, second)) ?? Infinity),
  );
  return Math.max(one - asOne, two - asTwo);
}

/** Characters looked at before and after a name. */
const BEFORE = 3;
const AFTER = 4;
const MOST = BEFORE + 2 + 2 + AFTER;
const before = new Float64Array(MOST + 1);
const after = new Float64Array(MOST + 1);

/**
 * How much likelier the text is with a name from `start`, whose surname and given name are so long, than without;
 * for each length of the given name that is asked for.
 */
export function likelihood(
  costs: ChineseCosts,
  text: string,
  start: number,
  surname: number,
  into: Float64Array,
): void {
  const surnameEnd = start + surname;
  let from = start;
  while (from > start - BEFORE && isListed(text.charCodeAt(from - 1))) from -= 1;
  let to = surnameEnd;
  const most = Math.min(text.length, surnameEnd + 2 + AFTER);
  while (to < most && isListed(text.charCodeAt(to))) to += 1;
  const length = to - from;
  before[0] = 0;
  for (let end = 1; end <= length; end += 1) {
    let best = Infinity;
    for (let size = 1; size <= 3 && size <= end; size += 1) {
      const cost = (before[end - size] ?? 0) + wordCost(costs, text, from + end - size, from + end);
      if (cost < best) best = cost;
    }
    before[end] = best;
  }
  after[length] = 0;
  for (let begin = length - 1; begin >= surnameEnd - from; begin -= 1) {
    let best = Infinity;
    for (let size = 1; size <= 3 && begin + size <= length; size += 1) {
      const cost =
        (after[begin + size] ?? 0) + wordCost(costs, text, from + begin, from + begin + size);
      if (cost < best) best = cost;
    }
    after[begin] = best;
  }
  const without = before[length] ?? 0;
  const name = (before[start - from] ?? 0) + surnameCost(text, start, surname);
  for (let given = 1; given <= 2; given += 1) {
    const end = surnameEnd + given;
    into[given] =
      end > to
        ? -Infinity
        : without - name - givenCost(costs, text, surnameEnd, end) - (after[end - from] ?? 0);
  }
}

/** Whether a word of what somebody does, or of when, begins at a place. */
export const actsAt = ({ acts }: ChineseCosts, text: string, at: number): boolean =>
  at + 1 < text.length && acts.has(pairKey(text.charCodeAt(at), text.charCodeAt(at + 1)));

/** What two characters cost as a given name. */
export const givenNameCost = (costs: ChineseCosts, text: string, from: number): number =>
  givenCost(costs, text, from, from + 2);

/** What two characters cost as an ordinary word. */
export const pairCost = (costs: ChineseCosts, pair: string): number =>
  costs.pairs.get(pairKey(pair.charCodeAt(0), pair.charCodeAt(1))) ?? Infinity;
