/**
 * A shard of prepared records: safetensors that hold the tokens of some records one after another, as a file of records
 * of a bundle does (src/archive/hand-off/record-file.ts), and which of them were cut.
 */
import { readSafetensorsHeader } from '../../formats/weights/safetensors.ts';
import { streamSafetensors } from '../../formats/weights/safetensors-writer.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { invalidIndex, type Shard } from './prepared-index.ts';

const FORMAT = 'medcare-records-1';

/** Some records as tokens. */
export interface PackedRecords {
  /** Tokens of all records, the highest bit set where one is a target. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** Tokens of each record; 0 where it teaches nothing. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Rows, counted from the first of these records, that lost something. */
  readonly cuts: Uint32Array<ArrayBuffer>;
}

/** What is known of a shard beside its tokens. */
export interface ShardLists extends Pick<PackedRecords, 'lengths' | 'cuts'> {
  /** Index of each record's task in the list of its set. */
  readonly tasks: Uint32Array<ArrayBuffer>;
}

/** The file, piece by piece. @param words all tokens in order, in any number of pieces */
export function shardChunks(
  { lengths, tasks, cuts }: ShardLists,
  words: readonly Uint32Array<ArrayBuffer>[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const lists = new Map(Object.entries({ lengths, tasks, cuts }));
  const tokens = words.reduce((sum, piece) => sum + piece.length, 0);
  const declared = [
    { name: 'words', dtype: 'U32', shape: [tokens] } as const,
    ...[...lists].map(([name, list]) => ({
      ...({ name, dtype: 'U32' } as const),
      shape: [list.length],
    })),
  ];
  const provide = (name: string) => lists.get(name) ?? inTurn(words);
  return streamSafetensors(declared, provide, new Map([['format', FORMAT]]));
}

async function* inTurn<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  yield* pieces;
}

/** A shard whose lists have been read and checked against the index. */
export interface OpenShard extends ShardLists {
  /** The place of the tokens in the file. */
  readonly begin: number;
  readonly end: number;
}

/** @throws StudioError `prepared-invalid`, `safetensors-…` @param tasks names in the list of the set */
export async function openShard(
  source: ByteSource,
  { path, bytes, records, tokens }: Shard,
  tasks: number,
): Promise<OpenShard> {
  if (source.size !== bytes) throw invalidIndex(path, 'bytes');
  const { tensors, metadata } = await readSafetensorsHeader(source);
  if (metadata.get('format') !== FORMAT) throw invalidIndex(path, 'format');
  const placeOf = (name: string, due: number | null) => {
    const entry = tensors.get(name);
    const fits = entry?.dtype === 'U32' && entry.shape.length === 1;
    if (!fits || (due ?? entry.shape[0]) !== entry.shape[0]) throw invalidIndex(path, name);
    return entry;
  };
  const read = async (name: string, due: number | null) => {
    const { begin, end } = placeOf(name, due);
    return new Uint32Array((await source.read(begin, end)).buffer);
  };
  const words = placeOf('words', tokens);
  const found = {
    lengths: await read('lengths', records),
    tasks: await read('tasks', records),
    cuts: await read('cuts', null),
  };
  if (found.lengths.reduce((sum, length) => sum + length, 0) !== tokens) {
    throw invalidIndex(path, 'lengths');
  }
  if (found.tasks.some((task) => task >= tasks)) throw invalidIndex(path, 'tasks');
  if (found.cuts.some((row, i) => row >= records || row <= (found.cuts[i - 1] ?? -1))) {
    throw invalidIndex(path, 'cuts');
  }
  return { ...found, begin: words.begin, end: words.end };
}
