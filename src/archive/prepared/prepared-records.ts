/** The records of a prepared set as a bundle takes them: lists in memory, tokens where they lie, a shard at a time. */
import { Sealer } from '../../formats/files/sealer.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { fault } from '../../faults/fault.ts';
import type { RecordsToHandOff } from '../hand-off/record-file.ts';
import type { PreparedSet } from './prepared-index.ts';
import { openShard, type OpenShard } from './shard-file.ts';

export type PreparedRecords = Extract<RecordsToHandOff, { readonly words: unknown }> & {
  /** Rows that were cut, ascending. */
  readonly cuts: Uint32Array;
};

/**
 * @param open a shard by its path
 * @param taskOf index in the run's list for each task of the set's list
 * @throws StudioError `prepared-invalid`; while words are read also `prepared-damaged`
 */
export async function preparedRecords(
  set: PreparedSet,
  open: (path: string) => Promise<ByteSource>,
  taskOf: Uint32Array,
): Promise<PreparedRecords> {
  const lengths = new Uint32Array(set.records);
  const tasks = new Uint32Array(set.records);
  const cuts: number[] = [];
  const places: Pick<OpenShard, 'begin' | 'end'>[] = [];
  let first = 0;
  for (const shard of set.shards) {
    const opened = await openShard(await open(shard.path), shard, set.tasks.length);
    lengths.set(opened.lengths, first);
    tasks.set(
      opened.tasks.map((task) => taskOf[task] ?? 0),
      first,
    );
    for (const row of opened.cuts) cuts.push(first + row);
    places.push({ begin: opened.begin, end: opened.end });
    first += shard.records;
  }
  async function* words(): AsyncGenerator<Uint32Array> {
    for (const [index, shard] of set.shards.entries()) {
      const source = await open(shard.path);
      const { begin, end } = places[index] ?? { begin: 0, end: 0 };
      const bytes = await source.read(0, Math.min(source.size, shard.bytes));
      const sealer = new Sealer();
      sealer.update(bytes);
      if (sealer.seal().sha256 !== shard.sha256) {
        throw fault('prepared-damaged', { file: shard.path });
      }
      yield new Uint32Array(bytes.slice(begin, end).buffer);
    }
  }
  return { lengths, tasks, cuts: Uint32Array.from(cuts), words };
}
