/** The index of prepared records (format medcare-prepared 1, docs/formats.md): what they were made with, and their shards. */
import { z } from 'zod';
import type { LeftOut } from '../../contract/runs.ts';
import type { EncodingRules } from '../../engine/training/run/encoding-rules.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { schemaReason } from '../../faults/schema-reason.ts';
import type { FileSeal } from '../../formats/files/sealer.ts';
import { DATA_KINDS, type DataKind } from '../../formats/records/record-types.ts';
import { parseJson } from '../../formats/texts/json.ts';
import { TRUNCATIONS } from '../../text/labels/truncation.ts';
import { count, text } from '../archive-files.ts';
import { errorSchema, fileSchema, hash } from '../archive-manifest.ts';

export const INDEX = 'prepared.json';
const VERSION = 1;
/** Longest index that is read: some hundred thousand shards. */
const MOST_CHARACTERS = 200_000_000;

/** What decides how a text becomes tokens and targets. */
export interface PreparedWith {
  /** SHA-256 of the texts of the tokenizer. */
  readonly tokenizer: string;
  /** SHA-256 of the chat template. */
  readonly template: string;
  readonly rules: EncodingRules;
  /** The date that a template may write, in milliseconds since 1970. */
  readonly date: number;
}

export interface Shard extends FileSeal {
  readonly path: string;
  readonly records: number;
  readonly tokens: number;
}

export interface PreparedSet {
  readonly name: string;
  readonly kind: DataKind;
  /** SHA-256 of the normalised records, by which a run knows its data set. */
  readonly fingerprint: string;
  readonly records: number;
  readonly tokens: number;
  /** Names of tasks in the order in which they came, with the records of each; shards hold indices of this list. */
  readonly tasks: readonly (readonly [name: string, records: number])[];
  readonly shards: readonly Shard[];
  /** Records that teach nothing, by reason, most frequent first. */
  readonly leftOut: readonly LeftOut[];
  /** Rows of the file that are no records. */
  readonly rowsLeft: number;
}

export interface PreparedIndex extends PreparedWith {
  readonly sets: readonly PreparedSet[];
}

/** Shards lie in the folder itself. */
export const shardPath = (set: number, shard: number): string =>
  `${set + 1}-${String(shard + 1).padStart(6, '0')}.safetensors`;

const rulesSchema: z.ZodType<EncodingRules> = z.strictObject({
  labels: z.enum(['assistant', 'released']),
  reasoning: z.literal('keep').optional(),
  truncation: z.enum(TRUNCATIONS).optional(),
  maxLength: z.int().min(1),
});

export const withSchema = {
  tokenizer: hash,
  template: hash,
  rules: rulesSchema,
  date: z.number().min(0).max(1e16),
};

export const shardSchema: z.ZodType<Shard> = fileSchema.extend({
  path: z.string().regex(/^\d{1,5}-\d{6,9}\.safetensors$/),
  records: count.min(1),
  tokens: count,
});

export const leftOutSchema: z.ZodType<LeftOut[]> = z
  .array(z.strictObject({ count, reason: errorSchema }))
  .max(1000);

const setSchema: z.ZodType<PreparedSet> = z.strictObject({
  name: text(1000),
  kind: z.enum(DATA_KINDS),
  fingerprint: hash,
  records: count,
  tokens: count,
  tasks: z.array(z.tuple([text(4000), count])).max(100_000),
  shards: z.array(shardSchema).max(1_000_000),
  leftOut: leftOutSchema,
  rowsLeft: count,
});

const indexSchema = z.strictObject({
  format: z.literal('medcare-prepared'),
  version: z.literal(VERSION),
  ...withSchema,
  sets: z.array(setSchema).min(1).max(10_000),
});

export function indexText({ sets, ...made }: PreparedIndex): string {
  const index = { format: 'medcare-prepared', version: VERSION, ...made, sets };
  return `${JSON.stringify(index, null, 1)}\n`;
}

/** @throws StudioError `prepared-invalid`, and `json-…` for what is no JSON */
export function parseIndex(json: string, file: string): PreparedIndex {
  const value = parseJson(json, { name: file, maxLength: MOST_CHARACTERS });
  const result = indexSchema.safeParse(value);
  if (!result.success) {
    const { path } = schemaReason(result.error, value);
    throw invalidIndex(file, path === '' ? file : path);
  }
  const { format: _format, version: _version, ...index } = result.data;
  for (const [at, set] of index.sets.entries()) {
    const sum = (of: 'records' | 'tokens') => set.shards.reduce((all, one) => all + one[of], 0);
    const named = set.shards.every(({ path }, shard) => path === shardPath(at, shard));
    if (!named || sum('records') !== set.records || sum('tokens') !== set.tokens) {
      throw invalidIndex(file, `sets[${at}].shards`);
    }
  }
  return index;
}

export function invalidIndex(file: string, where: string): StudioError {
  return fault('prepared-invalid', { file, where: where.slice(0, 200) });
}
