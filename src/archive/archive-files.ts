/** The names of an archive's files, and what their readers share: fields of their schemas, and the fault of a field. */
import { z } from 'zod';
import type { ArchiveReason } from '../faults/catalogue/results.ts';
import { schemaReason } from '../faults/schema-reason.ts';
import { fault, type StudioError } from '../faults/fault.ts';

export const MANIFEST = 'manifest.json';
/** The manifest of the earliest archives, which state no version. */
export const EARLIER_MANIFEST = 'run.json';
export const VALIDATION = 'curves/validation.json';
export const ROUTING = 'routing.json';
export const CHECKPOINT = 'checkpoint.safetensors';
export const METRICS = 'metrics.csv';
/** For people: the reader passes over it. */
export const WARD_CARD = 'ward-round.html';
export const GROWTH = 'growth.json';
export const PAIRS = 'pairs.json';
export const ANSWERS = 'answers.json';

export const stepsPath = (part: number): string =>
  `curves/steps-${String(part + 1).padStart(4, '0')}.jsonl`;
export const stagePath = (stage: number): string => `branches/stage-${stage + 1}.safetensors`;
export const bestPath = (stage: number): string => `branches/best-${stage + 1}.safetensors`;

/** Every name that a file of an archive may have, below its folder. */
export const KNOWN_FILE =
  /^(?:manifest\.json|run\.json|recipe\.json|README\.md|ward-round\.html|metrics\.csv|routing\.json|growth\.json|pairs\.json|answers\.json|curves\/(?:validation\.json|steps-\d{4}\.jsonl)|branches\/(?:stage|best)-[1-4]\.safetensors|checkpoint\.safetensors)$/;

/** Numbers as an archive writes them: JSON has no NaN or Infinity. */
type WrittenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

function writtenNumber(value: number): WrittenNumber {
  return Number.isFinite(value) ? value : (String(value) as WrittenNumber);
}

/** JSON in which numbers that JSON lacks are written as words. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, part: unknown) => (typeof part === 'number' ? writtenNumber(part) : part),
    indent,
  );
}

export const text = (most: number) => z.string().max(most);
export const id = z.string().min(1).max(200);
export const count = z.int().min(0);
export const figure = z.union([
  z.number(),
  z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number),
]);

/** @throws StudioError `run-archive-invalid` with the field that is not as it must be */
export function parsed<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, why } = schemaReason(result.error, json);
  throw invalidArchive(file, path === '' ? file : `${file}.${path}`, why);
}

export function invalidArchive(file: string, where: string, why: ArchiveReason): StudioError {
  return fault(
    'run-archive-invalid',
    { file, where: where.slice(0, 200), ...why },
    { kept: 'runs-not-archive' },
  );
}

export function damagedArchive(name: string): StudioError {
  return fault('run-archive-damaged', { file: name }, { kept: 'runs-not-archive' });
}
