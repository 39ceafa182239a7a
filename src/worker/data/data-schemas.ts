/** What messages about data sets must look like (see schemas.ts). */
import { z } from 'zod';
import { ANSWER_READINGS, REASONING_USES } from '../../formats/records/record-types.ts';
import type { CallInput } from '../protocol.ts';
import type { DataCalls } from './data-protocol.ts';

const id = z.string().min(1).max(200);
const task = z.string().min(1).max(200);
const count = z.int().min(0);
const page = count.max(1000);
const field = z.string().max(1000);
const mapping = z
  .strictObject({
    prompt: field.exactOptional(),
    turns: field.exactOptional(),
    response: field.exactOptional(),
    input: field.exactOptional(),
    system: field.exactOptional(),
    reasoning: field.exactOptional(),
    task: field.exactOptional(),
    choices: z.array(field).min(1).max(26).exactOptional(),
    answer: field.exactOptional(),
  })
  .refine(({ prompt, turns, response, answer, choices }) => {
    if (turns !== undefined) return true;
    const answered = response !== undefined || (answer !== undefined && choices !== undefined);
    return prompt !== undefined && answered;
  }, 'says nothing of a question and its answer');
const choices = z.strictObject({
  answers: z.enum(ANSWER_READINGS).exactOptional(),
  reasoning: z.enum(REASONING_USES).exactOptional(),
});
const encoding = {
  id,
  modelId: id,
  labels: z.enum(['assistant', 'released']),
  reasoning: z.literal('keep').optional(),
  maxLength: z.int().min(8).max(65536),
};
const file = z.instanceof(File);

export const dataSchemas: { readonly [K in keyof DataCalls]: z.ZodType<CallInput<K>> } = {
  'data.inspect': z.strictObject({ file }),
  'data.try': z.strictObject({
    file,
    mapping: mapping.nullable(),
    choices,
    count: count.max(20),
  }),
  'data.import': z.strictObject({
    files: z.array(file).min(1),
    mappings: z.array(mapping.nullable()).optional(),
    choices: z.array(choices).optional(),
    task,
  }),
  'data.samples': z.strictObject({ task }),
  'data.list': z.strictObject({}),
  'data.setKind': z.strictObject({ id, kind: z.enum(['knowledge', 'alignment']) }),
  'data.remove': z.strictObject({ id }),
  'data.rows': z.strictObject({ id, from: count, count: page }),
  'data.problems': z.strictObject({ id, from: count, count: page }),
  'data.problemsAt': z.strictObject({ id, places: z.array(count).max(1000) }),
  'data.find': z.strictObject({
    id,
    list: z.enum(['records', 'problems']),
    text: z.string().max(1000),
    code: z.string().max(100).nullable(),
    task,
  }),
  'data.split': z.strictObject({
    ids: z.array(id),
    seed: z.int().min(0).max(0xffffffff),
    validation: z.strictObject({ fraction: z.number().min(0).max(1), maxRecords: count }),
  }),
  'data.render': z.strictObject({ ...encoding, index: count }),
  'data.histogram': z.strictObject({ ...encoding, all: z.boolean(), task }),
};

export const dataEvents = [
  z.looseObject({
    type: z.literal('data.progress'),
    task: z.string(),
    file: z.string(),
    bytes: z.number(),
    totalBytes: z.number(),
    records: z.number(),
  }),
] as const;
