/** Near-duplicates of a data set, within it and in other sets, counted from the signatures of their records. Pure. */
import { BANDS, NearGroups, likeness, likenessOf, equalBytes } from './near-duplicates.ts';
import { SIGNATURE_BYTES } from './signatures.ts';

/** A set whose signatures are read a part at a time. */
export interface SignedSet {
  readonly id: string;
  readonly records: number;
  read(from: number, count: number): Promise<Uint8Array>;
}

/** A record of the set and one that it is nearly the same as. */
export interface NearPair {
  readonly row: number;
  /** The set of the other record; null: it is an earlier one of the same set. */
  readonly set: string | null;
  readonly otherRow: number;
  /** Estimated Jaccard likeness of the records' pieces. */
  readonly likeness: number;
}

export interface NearDuplicateReport {
  /** Records that are nearly the same as an earlier one of the set. */
  readonly within: number;
  /** The sets with which it was compared, and how many of its records are nearly the same as one there. */
  readonly between: readonly { readonly id: string; readonly records: number }[];
  readonly examples: readonly NearPair[];
}

const MOST_WITHIN = 20;
/** Examples for each other set. */
const MOST_BETWEEN = 5;
/** Signatures of another set that are read at once. */
const BLOCK = 2 ** 15;

/** Some of many records, a bit for each. */
class Marks {
  readonly #bits: Uint8Array;

  constructor(records: number) {
    this.#bits = new Uint8Array(Math.ceil(records / 8));
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  add(row: number): void {
    this.#bits[row >>> 3] = (this.#bits[row >>> 3] ?? 0) | (1 << (row & 7));
  }
}

/** What was found in another set. */
interface InOther {
  readonly set: SignedSet;
  marks: Marks | null;
  readonly examples: NearPair[];
}

/**
 * Compares every record of a set with every other, and with those of other sets, of which a part is in memory at a time.
 * @param own signatures of the set
 * @param pause is told how far it is, and may throw to end the search
 */
export async function findNearDuplicates(
  own: Uint8Array,
  others: readonly SignedSet[],
  pause: (fraction: number) => Promise<void>,
): Promise<NearDuplicateReport> {
  const groups = new NearGroups(own);
  const found = others.map((set): InOther => ({ set, marks: null, examples: [] }));
  const records = own.length / SIGNATURE_BYTES;
  const total = others.reduce((sum, other) => sum + other.records, records);
  for (let band = 0; band < BANDS; band += 1) {
    groups.join(band);
    let done = records;
    await pause((band + done / Math.max(1, total)) / BANDS);
    for (const other of found) {
      for (let from = 0; from < other.set.records; from += BLOCK) {
        const block = await other.set.read(from, Math.min(BLOCK, other.set.records - from));
        findIn(groups, own, other, { from, block });
        done += block.length / SIGNATURE_BYTES;
        await pause((band + done / total) / BANDS);
      }
    }
  }
  return reportOf(own, groups.roots, found);
}

function findIn(
  groups: NearGroups,
  own: Uint8Array,
  other: InOther,
  { from, block }: { readonly from: number; readonly block: Uint8Array },
): void {
  for (let place = 0; place < block.length / SIGNATURE_BYTES; place += 1) {
    groups.find(block, place, (row) => {
      other.marks ??= new Marks(own.length / SIGNATURE_BYTES);
      if (other.marks.has(row)) return;
      other.marks.add(row);
      if (other.examples.length === MOST_BETWEEN) return;
      const alike = likenessOf(equalBytes(own, row, block, place));
      other.examples.push({ row, set: other.set.id, otherRow: from + place, likeness: alike });
    });
  }
}

function reportOf(
  own: Uint8Array,
  roots: Uint32Array,
  found: readonly InOther[],
): NearDuplicateReport {
  const examples: NearPair[] = [];
  let within = 0;
  for (const [row, root] of roots.entries()) {
    if (root === row) continue;
    within += 1;
    if (examples.length === MOST_WITHIN) continue;
    examples.push({ row, set: null, otherRow: root, likeness: likeness(own, root, row) });
  }
  return {
    within,
    between: found.map(({ set: { id }, marks }) => ({
      id,
      records: marks ? ofGroups(roots, marks) : 0,
    })),
    examples: [...examples, ...found.flatMap((other) => other.examples)],
  };
}

/** Records of the groups of which one is marked. */
function ofGroups(roots: Uint32Array, marks: Marks): number {
  const groups = new Marks(roots.length);
  for (const [row, root] of roots.entries()) if (marks.has(row)) groups.add(root);
  return roots.reduce((sum, root) => sum + Number(groups.has(root)), 0);
}
