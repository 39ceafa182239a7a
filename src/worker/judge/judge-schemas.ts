/** What requests about the judge and about documents must look like (schemas.ts). */
import { z } from 'zod';
import type { JudgeCalls } from './judge-protocol.ts';
import type { ModelVariant } from '../protocol.ts';

const name = z.string().min(1).max(200);
const text = z.string().max(200_000);
const question = z.strictObject({
  task: z.string().max(1000),
  description: text,
  question: text,
  reference: text,
});
const kind = z.enum(['conversation', 'judging']);

/** Printable ASCII: anything else would end the header or be refused by the browser. */
const key = z.string().regex(/^[\x21-\x7e]{1,1000}$/);

export function judgeSchemas(variant: z.ZodType<ModelVariant>): {
  readonly [K in keyof JudgeCalls]: z.ZodType<JudgeCalls[K]['in']>;
} {
  return {
    'judge.allow': z.strictObject({ address: z.string().max(2000).nullable() }),
    'judge.send': z.strictObject({
      task: name,
      address: z.string().max(2100),
      key: key.nullable(),
      body: z.string().max(1_000_000),
      timeoutMs: z.int().min(10).max(600_000),
    }),
    'judge.questions': z.strictObject({
      file: z.instanceof(File).nullable(),
      dataSetId: name.nullable(),
      most: z.int().min(1).max(5000),
    }),
    'judge.answers': z.strictObject({
      variant,
      questions: z.array(question).min(1).max(5000),
      maxTokens: z.int().min(1).max(4096),
      task: name,
    }),
    'network.report': z.strictObject({}),
    'document.list': z.strictObject({ kind }),
    'document.put': z.strictObject({
      kind,
      id: name,
      value: z.custom<object>((value) => typeof value === 'object' && value !== null),
    }),
    'document.remove': z.strictObject({ kind, id: name }),
  };
}
