/** Lays tokenised records end to end in micro-batches of a fixed number of rows. */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import type { PackedInputs } from './inputs.ts';

/** A tokenised record: `labels[t]` is the id wanted at position t, or −100 for none. */
export interface TokenRecord {
  readonly ids: Uint32Array;
  readonly labels: Int32Array;
  /** Index of its task in the run's list; routing is counted by it. */
  readonly task: number;
}

/** Marks unused rows and tasks in u32 inputs. */
export const none = 0xffffffff;

/** Records laid end to end in N rows, with what the kernels need to keep them apart. */
export interface MicroBatch extends PackedInputs {
  readonly targets: number;
  /** Rows in use. */
  readonly tokens: number;
  /** Which of the given records are here, and their first row. */
  readonly records: readonly { readonly index: number; readonly firstRow: number }[];
}

/**
 * Distributes records over micro-batches of `rows` rows, first fit in the order given. It depends only on
 * its arguments, so that a resumed run packs as the first one did.
 *
 * @throws RangeError when a record is longer than a micro-batch; callers cut records first
 */
export function packRecords(records: readonly TokenRecord[], rows: number): MicroBatch[] {
  const bins: { used: number; members: number[] }[] = [];
  records.forEach(({ ids }, index) => {
    if (ids.length > rows)
      throw new RangeError(`A record of ${ids.length} tokens exceeds ${rows} rows`);
    let bin = bins.find(({ used }) => used + ids.length <= rows);
    if (!bin) {
      bin = { used: 0, members: [] };
      bins.push(bin);
    }
    bin.used += ids.length;
    bin.members.push(index);
  });
  return bins.map(({ members }) => packOne(records, members, rows));
}

/** Unused rows are records of one token each with no task and no target. */
function packOne(
  records: readonly TokenRecord[],
  members: readonly number[],
  rows: number,
): MicroBatch {
  const capacity = Math.ceil(rows / 64) * 64;
  const ids = new Uint32Array(rows);
  const positions = new Uint32Array(rows);
  const segmentStart = Uint32Array.from({ length: rows }, (_, row) => row);
  const segmentEnd = Uint32Array.from({ length: rows }, (_, row) => row + 1);
  const tasks = new Uint32Array(rows).fill(none);
  const targetRows = new Uint32Array(capacity).fill(none);
  const targetIds = new Int32Array(capacity).fill(NO_TARGET);
  const placed: { index: number; firstRow: number }[] = [];
  let row = 0;
  let targets = 0;
  for (const index of members) {
    const record = records[index];
    if (!record) continue;
    const length = record.ids.length;
    placed.push({ index, firstRow: row });
    ids.set(record.ids, row);
    tasks.fill(record.task, row, row + length);
    segmentStart.fill(row, row, row + length);
    segmentEnd.fill(row + length, row, row + length);
    for (let t = 0; t < length; t += 1) {
      positions[row + t] = t;
      const label = record.labels[t] ?? NO_TARGET;
      if (t === 0 || label === NO_TARGET) continue;
      targetRows[targets] = row + t - 1;
      targetIds[targets] = label;
      targets += 1;
    }
    row += length;
  }
  return {
    ids,
    positions,
    segmentStart,
    segmentEnd,
    tasks,
    targetRows,
    targetIds,
    targets,
    tokens: row,
    records: placed,
  };
}

/** How many targets a record has after the shift: nothing comes before the first position to predict it. */
export function countTargets({ labels }: Pick<TokenRecord, 'labels'>): number {
  let count = 0;
  for (let t = 1; t < labels.length; t += 1) if (labels[t] !== NO_TARGET) count += 1;
  return count;
}
