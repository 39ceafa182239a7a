/**
 * A folder of prepared records while it is being written: shards, and a journal of those that are whole, so that an
 * interrupted preparation goes on after the last of them. The index comes last and ends the journal.
 */
import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  INDEX,
  indexText,
  invalidIndex,
  leftOutSchema,
  shardPath,
  shardSchema,
  withSchema,
  type PreparedSet,
  type PreparedWith,
  type Shard,
} from '../../archive/prepared/prepared-index.ts';
import { shardChunks, type ShardLists } from '../../archive/prepared/shard-file.ts';
import type { LeftOut } from '../../contract/runs.ts';
import { fault } from '../../faults/fault.ts';
import { DATA_KINDS, type DataKind } from '../../formats/records/record-types.ts';
import { parseJson } from '../../formats/texts/json.ts';
import { writeWhole } from '../run/whole-file.ts';

const JOURNAL = 'preparing.jsonl';

/** A file of records, as it was when the preparation began. */
export interface FileAbout {
  readonly name: string;
  /** Null where the records themselves say. */
  readonly kind: DataKind | null;
  readonly bytes: number;
}

export interface Begun extends PreparedWith {
  readonly files: readonly FileAbout[];
}

/** A shard that is whole. */
export interface KeptShard {
  readonly shard: Shard;
  /** SHA-256 over the normalised records of which it was made. */
  readonly source: string;
  readonly leftOut: readonly LeftOut[];
}

const sha = z.string().regex(/^[0-9a-f]{64}$/);
const beginSchema: z.ZodType<Begun & { readonly format: string; readonly version: number }> =
  z.strictObject({
    format: z.literal('medcare-preparing'),
    version: z.literal(1),
    ...withSchema,
    files: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(DATA_KINDS).nullable(),
        bytes: z.int().min(0),
      }),
    ),
  });
const lineSchema = z.strictObject({
  set: z.int().min(0),
  shard: shardSchema,
  source: sha,
  leftOut: leftOutSchema,
});

export class PreparingFolder {
  readonly path: string;
  readonly begun: Begun;
  /** Whole shards of each set, in order. */
  readonly #kept: KeptShard[][];

  private constructor(path: string, begun: Begun, kept: KeptShard[][]) {
    this.path = path;
    this.begun = begun;
    this.#kept = kept;
  }

  /**
   * Begins, or goes on where the folder holds a preparation of the same files by the same rules; its date stays.
   * @throws StudioError `prepared-taken`, `prepared-invalid`
   */
  static async open(path: string, asked: Begun): Promise<PreparingFolder> {
    await mkdir(path, { recursive: true });
    const names = await readdir(path);
    if (names.includes(INDEX)) throw fault('prepared-taken', { path, reason: 'done' });
    if (names.length === 0) {
      const { files, ...made } = asked;
      const head = { format: 'medcare-preparing', version: 1, ...made, files };
      await writeWhole(join(path, JOURNAL), [line(head)]);
      return new PreparingFolder(path, asked, []);
    }
    if (!names.includes(JOURNAL)) throw fault('prepared-taken', { path, reason: 'files' });
    const { begun, kept } = await readJournal(path);
    if (same(begun) !== same(asked)) throw fault('prepared-taken', { path, reason: 'other' });
    return new PreparingFolder(path, begun, kept);
  }

  /** Whole shards of a set. */
  kept(set: number): readonly KeptShard[] {
    return this.#kept[set] ?? [];
  }

  /** Writes a shard, and notes it once it is on the disk. */
  async add(
    set: number,
    lists: ShardLists,
    words: readonly Uint32Array<ArrayBuffer>[],
    { source, leftOut }: Omit<KeptShard, 'shard'>,
  ): Promise<KeptShard> {
    const own = (this.#kept[set] ??= []);
    const path = shardPath(set, own.length);
    const seal = await writeWhole(join(this.path, path), shardChunks(lists, words));
    const tokens = words.reduce((sum, piece) => sum + piece.length, 0);
    const shard = { path, ...seal, records: lists.lengths.length, tokens };
    const journal = await open(join(this.path, JOURNAL), 'a');
    try {
      await journal.writeFile(line({ set, shard, source, leftOut }));
      await journal.sync();
    } finally {
      await journal.close();
    }
    const kept = { shard, source, leftOut };
    own.push(kept);
    return kept;
  }

  /** Writes the index. */
  async end(sets: readonly PreparedSet[]): Promise<void> {
    const { files: _files, ...made } = this.begun;
    const text = indexText({ ...made, sets });
    await writeWhole(join(this.path, INDEX), [new TextEncoder().encode(text)]);
    await rm(join(this.path, JOURNAL));
  }
}

function line(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** What must be equal for a preparation to go on; the date may be another. */
function same({ tokenizer, template, rules, files }: Begun): string {
  const { labels, reasoning, truncation, maxLength } = rules;
  const listed = files.map(({ name, kind, bytes }) => [name, kind, bytes]);
  return JSON.stringify([tokenizer, template, labels, reasoning, truncation, maxLength, listed]);
}

/** A last line that a crash cut off is taken away. */
async function readJournal(path: string): Promise<{ begun: Begun; kept: KeptShard[][] }> {
  const text = await readFile(join(path, JOURNAL), 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await writeWhole(join(path, JOURNAL), [new TextEncoder().encode(whole)]);
  const [head = '', ...rest] = whole.split('\n');
  const first = beginSchema.safeParse(parseJson(head, { name: JOURNAL }));
  if (!first.success) throw invalidIndex(JOURNAL, '1');
  const { format: _format, version: _version, ...begun } = first.data;
  const kept: KeptShard[][] = [];
  for (const [at, own] of rest.entries()) {
    if (own === '') continue;
    const read = lineSchema.safeParse(parseJson(own, { name: JOURNAL }));
    if (!read.success) throw invalidIndex(JOURNAL, String(at + 2));
    const { set, ...shard } = read.data;
    const shards = (kept[set] ??= []);
    if (set >= begun.files.length || shard.shard.path !== shardPath(set, shards.length)) {
      throw invalidIndex(JOURNAL, String(at + 2));
    }
    shards.push(shard);
  }
  return { begun, kept };
}
