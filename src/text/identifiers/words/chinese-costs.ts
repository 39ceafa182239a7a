/**
 * What Chinese words, characters and given names cost: the likelier, the less (natural logarithms, rounded). A text is
 * split where its parts cost least, once with a name in it and once without.
 *
 * The table has one row for each kind and cost (a hexadecimal digit): `c` single characters, `f` and `l` the first and
 * the last character of a given name of two, `o` a given name of one; `w` and `v` words of two and three characters, as
 * what they begin with and all characters that may end them.
 */
import { COMMON_SURNAMES, COMPOUND_SURNAMES, GIVEN, RARE_SURNAMES } from './chinese-names.ts';

/** The cost of a character or a word that the table lacks. */
const UNKNOWN = 13;
const UNKNOWN_GIVEN = 13;
/** A character of given names that the table lacks. */
const SELDOM_GIVEN = 10;
/** Chinese characters of everyday use. */
const FIRST = 0x4e00;
const MANY = 0x5200;

export interface ChineseCosts {
  readonly single: Uint8Array;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly only: Uint8Array;
  readonly pairs: ReadonlyMap<number, number>;
  readonly triples: ReadonlyMap<string, number>;
}

const pairKey = (a: number, b: number): number => (a - FIRST) * MANY + (b - FIRST);

export function readChineseCosts(table: string): ChineseCosts {
  const rowOf = (fill: number): Uint8Array => new Uint8Array(MANY).fill(fill);
  const characters: Record<string, Uint8Array> = {
    c: rowOf(UNKNOWN),
    f: rowOf(UNKNOWN_GIVEN),
    l: rowOf(UNKNOWN_GIVEN),
    o: rowOf(UNKNOWN_GIVEN),
  };
  const pairs = new Map<number, number>();
  const triples = new Map<string, number>();
  for (const line of table.split('\n')) {
    const kind = line.charAt(0);
    const cost = Number.parseInt(line.charAt(1), 16);
    const row = characters[kind];
    if (row) {
      for (let at = 3; at < line.length; at += 1) row[line.charCodeAt(at) - FIRST] = cost;
      continue;
    }
    for (const group of line.slice(3).split(' ')) {
      const head = kind === 'w' ? 1 : 2;
      for (let at = head; at < group.length; at += 1) {
        if (head === 1) pairs.set(pairKey(group.charCodeAt(0), group.charCodeAt(at)), cost);
        else triples.set(group.slice(0, 2) + group.charAt(at), cost);
      }
    }
  }
  for (const row of [characters['f'], characters['l'], characters['o']])
    for (const character of GIVEN) {
      const at = character.charCodeAt(0) - FIRST;
      if (row) row[at] = Math.min(row[at] ?? SELDOM_GIVEN, SELDOM_GIVEN);
    }
  const { c, f, l, o } = characters as Record<'c' | 'f' | 'l' | 'o', Uint8Array>;
  return { single: c, first: f, last: l, only: o, pairs, triples };
}

const isListed = (code: number): boolean => code >= FIRST && code < FIRST + MANY;

const at = (row: Uint8Array, code: number): number => row[code - FIRST] ?? UNKNOWN;

/** What the word from `from` to `to` costs, of at most three characters. */
function wordCost(costs: ChineseCosts, text: string, from: number, to: number): number {
  const code = text.charCodeAt(from);
  if (to - from === 1) return at(costs.single, code);
  if (to - from === 2) return costs.pairs.get(pairKey(code, text.charCodeAt(from + 1))) ?? Infinity;
  return costs.triples.get(text.slice(from, to)) ?? Infinity;
}

/** What a surname costs, by how many bear it. */
const SURNAME_COST = new Map<string, number>();
[...COMMON_SURNAMES].forEach((surname, i) =>
  SURNAME_COST.set(surname, 2.6 + Math.log(1 + i * 0.35) * 1.25),
);
for (const surname of RARE_SURNAMES) SURNAME_COST.set(surname, 9.5);
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

export const surnameCost = (surname: string): number =>
  SURNAME_COST.get(surname) ?? (COMPOUND_SURNAMES.has(surname) ? COMPOUND_COST : Infinity);

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
  const name = (before[start - from] ?? 0) + surnameCost(text.slice(start, surnameEnd));
  for (let given = 1; given <= 2; given += 1) {
    const end = surnameEnd + given;
    into[given] =
      end > to
        ? -Infinity
        : without - name - givenCost(costs, text, surnameEnd, end) - (after[end - from] ?? 0);
  }
}

/** What two characters cost as a given name. */
export const givenNameCost = (costs: ChineseCosts, text: string, from: number): number =>
  givenCost(costs, text, from, from + 2);

/** What two characters cost as an ordinary word. */
export const pairCost = (costs: ChineseCosts, pair: string): number =>
  costs.pairs.get(pairKey(pair.charCodeAt(0), pair.charCodeAt(1))) ?? Infinity;
