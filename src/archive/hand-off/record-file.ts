/**
 * Writes the records of a data set as the tokens that a run trains on: safetensors that the Python trainer reads where
 * they lie (format medcare-records-1, handoff/README.md). Some records are in memory at a time.
 */
import type { TokenRecord } from '../../engine/model/packing.ts';
import {
  safetensorsFileSize,
  streamSafetensors,
} from '../../formats/weights/safetensors-writer.ts';
import { NO_TARGET } from '../../text/labels/no-target.ts';

const METADATA = new Map([['format', 'medcare-records-1']]);
/** The highest bit of a token marks a target. */
const TARGET = 0x80000000;
/** Records read at once. */
const ROWS_AT_ONCE = 256;

interface RecordLists {
  /** Tokens of each record as it trains; 0 where it teaches nothing. */
  readonly lengths: Uint32Array;
  /** Index of each record's task in the list of the run. */
  readonly tasks: Uint32Array;
}

interface RecordsByRow extends RecordLists {
  /** The records of these rows, which all teach something. */
  readonly read: (
    rows: readonly number[],
  ) => Promise<readonly Pick<TokenRecord, 'ids' | 'labels'>[]>;
}

interface RecordsAsWords extends RecordLists {
  /** The tokens of all records as the file has them, in order. */
  readonly words: () => AsyncIterable<Uint32Array>;
}

/** The records of a data set, in the order of its rows. */
export type RecordsToHandOff = RecordsByRow | RecordsAsWords;

export const recordsPath = (set: number): string => `records/${set + 1}.safetensors`;

export function tokensOf({ lengths }: Pick<RecordLists, 'lengths'>): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

function layout(records: number, tokens: number) {
  return [
    { name: 'words', dtype: 'U32', shape: [tokens] },
    { name: 'lengths', dtype: 'U32', shape: [records] },
    { name: 'tasks', dtype: 'U32', shape: [records] },
  ] as const;
}

/** Its size, known before anything is read. */
export function recordBytes(records: RecordsToHandOff): number {
  return safetensorsFileSize(layout(records.lengths.length, tokensOf(records)), METADATA);
}

/** The file, piece by piece. @param watch may end it */
export function recordChunks(
  records: RecordsToHandOff,
  watch: { check(): void },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { lengths, tasks } = records;
  const provide = (name: string) =>
    name === 'words' ? wordsOf(records, watch) : name === 'lengths' ? lengths : tasks;
  return streamSafetensors(layout(lengths.length, tokensOf(records)), provide, METADATA);
}

async function* wordsOf(
  records: RecordsToHandOff,
  watch: { check(): void },
): AsyncGenerator<Uint32Array> {
  if ('words' in records) {
    for await (const words of records.words()) {
      watch.check();
      yield words;
    }
    return;
  }
  const { lengths, read } = records;
  for (let first = 0; first < lengths.length; first += ROWS_AT_ONCE) {
    watch.check();
    const last = Math.min(first + ROWS_AT_ONCE, lengths.length);
    const rows: number[] = [];
    for (let row = first; row < last; row += 1) if ((lengths[row] ?? 0) > 0) rows.push(row);
    for (const record of await read(rows)) yield trainingWords(record);
  }
}

/** The tokens of a record, the highest bit set where one is a target. */
export function trainingWords({
  ids,
  labels,
}: Pick<TokenRecord, 'ids' | 'labels'>): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(ids, (id, t) => (labels[t] === NO_TARGET ? id : (id | TARGET) >>> 0));
}
