/**
 * Turns one file of records into shards as it is read: some batches are in memory at a time, whatever the file's size.
 * Shards end at batches, so that they are the same however many threads there are, and wherever it was interrupted.
 */
import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { PreparedSet } from '../../archive/prepared/prepared-index.ts';
import { OTHER_TASKS } from '../../engine/training/run/task-names.ts';
import { fault } from '../../faults/fault.ts';
import {
  identityLine,
  normalRecord,
  setNameOf,
  type NormalRecord,
} from '../../formats/records/normal-record.ts';
import type { ChatRecord } from '../../formats/records/record-types.ts';
import { guessKind, importRecords } from '../../formats/records/records.ts';
import { GUESSED_FROM } from '../inputs/record-files.ts';
import type { DataPlace } from '../options.ts';
import { inFile } from '../system-fault.ts';
import { Reasons, type PackedBatch } from './batch.ts';
import type { KeptShard, PreparingFolder } from './preparing-folder.ts';
import type { Encoders } from './threads.ts';

const BATCH_RECORDS = 256;
/** A shard ends with the batch that brings it to either: 32 MB of tokens. */
const SHARD_TOKENS = 2 ** 23;
const SHARD_RECORDS = 2 ** 18;
/** Names of tasks that a set keeps; records of further ones are counted together. */
const MOST_TASKS = 65_536;

/** How far a set is. */
export interface SetProgress {
  readonly bytesRead: number;
  readonly records: number;
  /** Of these, records of shards that were whole already. */
  readonly known: number;
  readonly tokens: number;
  /** The shard that was just written. */
  readonly shard?: KeptShard;
}

export interface Preparing {
  readonly folder: PreparingFolder;
  readonly encoders: Encoders;
  readonly signal: AbortSignal;
  readonly hear: (progress: SetProgress) => void;
  /** Tokens after which a shard ends. */
  readonly shardTokens?: number;
}

/** @throws StudioError `data-none`, `targets-missing`, `prepared-changed`, and what reading the file throws */
export async function prepareSet(
  file: DataPlace,
  set: number,
  preparing: Preparing,
): Promise<PreparedSet> {
  const fileName = basename(file.path);
  const writer = new SetWriter(set, setNameOf(fileName), preparing);
  const looked: ChatRecord[] = [];
  let rowsLeft = 0;
  const blob = await openAsBlob(file.path);
  for await (const batch of naming(file.path, importRecords(blob.stream(), { fileName }))) {
    preparing.signal.throwIfAborted();
    for (const imported of batch.records) {
      if (looked.length < GUESSED_FROM) looked.push(imported.record);
      const full = writer.take(normalRecord(imported, writer.name));
      if (full) await full;
    }
    rowsLeft += batch.problems.filter(({ kept }) => kept !== true).length;
    writer.bytesRead = batch.bytesRead;
    writer.hear();
  }
  const written = await writer.end();
  if (written.records === 0) throw fault('data-none', { path: file.path });
  if (written.tokens === 0) {
    const { maxLength } = preparing.folder.begun.rules;
    throw fault('targets-missing', { records: written.records, truncated: writer.cut, maxLength });
  }
  return { ...written, kind: file.kind ?? guessKind(looked), rowsLeft };
}

/** The batches of a file; what reading it throws names the file. */
async function* naming<T>(path: string, batches: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (thrown) {
    throw inFile(thrown, path);
  }
}

/** A batch on its way to its shard. */
interface Encoding {
  readonly packed: Promise<PackedBatch>;
  readonly tasks: Uint32Array<ArrayBuffer>;
  /** SHA-256 of its normalised records. */
  readonly source: Uint8Array;
}

class SetWriter {
  readonly name: string;
  bytesRead = 0;
  cut = 0;
  readonly #set: number;
  readonly #preparing: Preparing;
  readonly #fingerprint = createHash('sha256');
  readonly #tasks = new Map<string, { readonly index: number; records: number }>();
  readonly #waiting: Encoding[] = [];
  /** Shards that were whole already, of which records are still to come. */
  readonly #known: KeptShard[];
  #batch = new OpenBatch();
  #shard = new OpenShard();
  #records = 0;
  #knownRecords = 0;

  constructor(set: number, name: string, preparing: Preparing) {
    this.#set = set;
    this.name = name;
    this.#preparing = preparing;
    this.#known = [...preparing.folder.kept(set)];
  }

  /** @returns a promise where the caller has to wait */
  take(record: NormalRecord): Promise<void> | null {
    const line = identityLine(record);
    this.#fingerprint.update(line);
    this.#batch.add(record, line, this.#taskOf(record.task));
    this.#records += 1;
    return this.#batch.records.length < BATCH_RECORDS ? null : this.#next();
  }

  hear(shard?: KeptShard): void {
    const shards = this.#preparing.folder.kept(this.#set);
    this.#preparing.hear({
      bytesRead: this.bytesRead,
      records: this.#records,
      // What is read before the end of a known batch is known, too.
      known: this.#known.length > 0 ? this.#records : this.#knownRecords,
      tokens: shards.reduce((sum, kept) => sum + kept.shard.tokens, this.#shard.tokens),
      ...(shard && { shard }),
    });
  }

  async end(): Promise<Omit<PreparedSet, 'kind' | 'rowsLeft'>> {
    if (this.#batch.records.length > 0) await this.#next();
    while (this.#waiting.length > 0) await this.#settle();
    if (this.#known.length > 0) throw this.#changed();
    if (this.#shard.records > 0) await this.#close();
    const kept = this.#preparing.folder.kept(this.#set);
    const reasons = new Reasons();
    for (const { leftOut } of kept) reasons.add(leftOut);
    return {
      name: this.name,
      fingerprint: this.#fingerprint.digest('hex'),
      records: this.#records,
      tokens: kept.reduce((sum, { shard }) => sum + shard.tokens, 0),
      tasks: [...this.#tasks].map(([name, { records }]) => [name, records]),
      shards: kept.map(({ shard }) => shard),
      leftOut: reasons.list,
    };
  }

  #taskOf(name: string): number {
    const full = this.#tasks.size >= MOST_TASKS && !this.#tasks.has(name);
    const key = full ? OTHER_TASKS : name;
    const known = this.#tasks.get(key) ?? { index: this.#tasks.size, records: 0 };
    known.records += 1;
    this.#tasks.set(key, known);
    return known.index;
  }

  /** Sends a batch on, or passes over it where its shard is whole already. */
  async #next(): Promise<void> {
    const { records, source, tasks } = this.#batch;
    this.#batch = new OpenBatch();
    const [shard] = this.#known;
    if (shard) {
      this.#passOver(records.length, source.digest(), shard);
      return;
    }
    const batch = { set: this.name, records };
    const packed = this.#preparing.encoders.encode(batch);
    // Whoever waits for an earlier batch hears of this one's fault later.
    packed.catch(() => undefined);
    this.#waiting.push({ packed, tasks: Uint32Array.from(tasks), source: source.digest() });
    if (this.#waiting.length >= this.#preparing.encoders.room) await this.#settle();
  }

  #passOver(records: number, source: Uint8Array, { shard, source: due }: KeptShard): void {
    this.#shard.pass(records, source);
    this.#knownRecords += records;
    if (this.#shard.records < shard.records) return;
    const whole = this.#shard.records === shard.records && this.#shard.source === due;
    if (!whole) throw this.#changed();
    this.#shard = new OpenShard();
    this.#known.shift();
  }

  /** Takes the first batch that waits into the shard. */
  async #settle(): Promise<void> {
    const [first] = this.#waiting.splice(0, 1);
    if (!first) return;
    const packed = await first.packed;
    this.#preparing.signal.throwIfAborted();
    this.#shard.take(packed, first.tasks, first.source);
    this.cut += packed.cuts.length;
    const { shardTokens = SHARD_TOKENS } = this.#preparing;
    if (this.#shard.tokens >= shardTokens || this.#shard.records >= SHARD_RECORDS) {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    const shard = this.#shard;
    this.#shard = new OpenShard();
    const { folder } = this.#preparing;
    const { source } = shard;
    const kept = await folder.add(this.#set, shard.lists(), shard.words, {
      source,
      leftOut: shard.leftOut.list,
    });
    this.hear(kept);
  }

  #changed() {
    const { folder } = this.#preparing;
    return fault('prepared-changed', { path: folder.path, dataSet: this.name });
  }
}

class OpenBatch {
  readonly records: NormalRecord[] = [];
  readonly tasks: number[] = [];
  readonly source = createHash('sha256');

  add(record: NormalRecord, line: string, task: number): void {
    this.records.push(record);
    this.tasks.push(task);
    this.source.update(line);
  }
}

class OpenShard {
  records = 0;
  tokens = 0;
  readonly words: Uint32Array<ArrayBuffer>[] = [];
  readonly leftOut = new Reasons();
  readonly #lists: { readonly lengths: Uint32Array; readonly tasks: Uint32Array }[] = [];
  readonly #cuts: number[] = [];
  readonly #source = createHash('sha256');

  take(packed: PackedBatch, tasks: Uint32Array, source: Uint8Array): void {
    for (const row of packed.cuts) this.#cuts.push(this.records + row);
    this.words.push(packed.words);
    this.tokens += packed.words.length;
    this.#lists.push({ lengths: packed.lengths, tasks });
    this.leftOut.add(packed.leftOut);
    this.pass(packed.lengths.length, source);
  }

  /** Counts a batch that is in a whole shard already. */
  pass(records: number, source: Uint8Array): void {
    this.records += records;
    this.#source.update(source);
  }

  /** SHA-256 over the batches; nothing can be added after it was asked for. */
  get source(): string {
    return this.#source.digest('hex');
  }

  lists() {
    const list = (name: 'lengths' | 'tasks') =>
      Uint32Array.from(this.#lists.flatMap((own) => [...own[name]]));
    return { lengths: list('lengths'), tasks: list('tasks'), cuts: Uint32Array.from(this.#cuts) };
  }
}
