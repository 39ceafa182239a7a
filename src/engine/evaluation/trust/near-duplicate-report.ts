/** Near-duplicates within data sets and between them, counted from the signatures of their records. Pure. */
import { groupNearDuplicates, likeness } from './near-duplicates.ts';

/** A record by its set, in their order, and its row there. */
export interface RecordAt {
  readonly set: number;
  readonly row: number;
}

export interface NearPair {
  readonly first: RecordAt;
  readonly second: RecordAt;
  /** Estimated Jaccard likeness of the records' pieces. */
  readonly likeness: number;
}

export interface NearDuplicateReport {
  /** By set: records that are nearly the same as an earlier one of the set. */
  readonly within: readonly number[];
  /** Records of the later of two sets that are nearly the same as one of the earlier. */
  readonly between: readonly {
    readonly first: number;
    readonly second: number;
    readonly records: number;
  }[];
  /** The first pairs. */
  readonly examples: readonly NearPair[];
}

/**
 * @param signatures of all records, set after set
 * @param counts records of each set
 */
export function reportNearDuplicates(
  signatures: Uint8Array,
  counts: readonly number[],
  mostExamples: number,
): NearDuplicateReport {
  const first = groupNearDuplicates(signatures);
  const begins = counts.map((_, set) => counts.slice(0, set).reduce((sum, n) => sum + n, 0));
  const setOf = (index: number): number => begins.findLastIndex((begin) => begin <= index);
  const at = (index: number): RecordAt => {
    const set = setOf(index);
    return { set, row: index - (begins[set] ?? 0) };
  };
  const within = counts.map(() => 0);
  const between = new Map<string, { first: number; second: number; records: number }>();
  const examples: NearPair[] = [];
  /** The sets in which each group with more than one record came up so far. */
  const met = new Map<number, Set<number>>();
  for (let index = 0; index < first.length; index += 1) {
    const root = first[index] ?? index;
    if (root === index) continue;
    const own = setOf(index);
    const sets = met.get(root) ?? new Set([setOf(root)]);
    met.set(root, sets);
    if (sets.has(own)) within[own] = (within[own] ?? 0) + 1;
    for (const other of sets) {
      if (other === own) continue;
      const key = `${other} ${own}`;
      const pair = between.get(key) ?? { first: other, second: own, records: 0 };
      pair.records += 1;
      between.set(key, pair);
    }
    sets.add(own);
    if (examples.length < mostExamples) {
      examples.push({
        ...{ first: at(root), second: at(index) },
        likeness: likeness(signatures, root, index),
      });
    }
  }
  return { within, between: [...between.values()], examples };
}
