/**
 * What a message must look like, checked where it arrives: requests whole, at the worker's end; what comes
 * back by its discriminator and the fields that are read first, at the page's end.
 */
import { z } from 'zod';
import { precisions } from '../engine/model/settings.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { evaluateSchemas } from './evaluation/evaluate-schemas.ts';
import { judgeSchemas } from './judge/judge-schemas.ts';
import { dataEvents, dataSchemas } from './data/data-schemas.ts';
import type { CallInput, CallKind, FromWorker, Request } from './protocol.ts';

const id = z.string().min(1).max(200);
const task = z.string().min(1).max(200);
const nothing = z.strictObject({});
const byId = z.strictObject({ id });
const files = z.array(z.instanceof(File));
const count = z.int().min(0);
/** Parsed by the handler with parseRecipe, which names the field that is wrong. */
const recipe = z.custom<Recipe>((value) => typeof value === 'object' && value !== null);
/** Parsed by the handler, which says what is wrong with it. */
const address = z.string().min(1).max(500);
const variant = z.strictObject({ modelId: id, runId: id.nullable(), snapshot: id });
const messages = z
  .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
  .min(1);
const settings = z.strictObject({
  temperature: z.number().min(0).max(100),
  topP: z.number().min(0).max(1),
  topK: z.int().min(0),
  repetitionPenalty: z.number().gt(0).max(100),
  maxTokens: z.int().min(1),
  seed: z.int().min(0).max(0xffffffff),
});

export const inputSchemas: { readonly [K in CallKind]: z.ZodType<CallInput<K>> } = {
  'device.open': nothing,
  'device.report': nothing,
  ...dataSchemas,
  'model.list': nothing,
  'model.import': z.strictObject({
    files: files.min(1),
    paths: z.array(z.string().min(1).max(1000)),
    name: z.string().max(200),
    task,
  }),
  'model.setTemplate': z.strictObject({ id, template: z.enum(['model', 'chatml', 'plain']) }),
  'model.setPrecision': z.strictObject({ id, precision: z.enum(precisions) }),
  'model.tryAgain': z.strictObject({ id }),
  'model.remove': byId,
  'model.plan': z.strictObject({ modelId: id, recipe }),
  'model.precisions': z.strictObject({ modelId: id, recipe }),
  'model.proposals': z.strictObject({
    modelId: id,
    recipe,
    budget: z.number().gt(0),
    longest: count.nullable(),
  }),
  'model.formatError': z.strictObject({ modelId: id, precision: z.enum(precisions), task }),
  'model.stored': nothing,
  'model.verify': z.strictObject({ id, task }),
  'hub.look': z.strictObject({ hub: address, name: z.string().min(1).max(2000), task }),
  'hub.download': z.strictObject({
    hub: address,
    name: z.string().min(3).max(200),
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    choice: z.string().min(1).max(1000),
  }),
  'hub.resume': byId,
  'hub.pause': byId,
  'hub.discard': byId,
  'hub.list': nothing,
  'run.start': z.strictObject({
    name: z.string().max(200),
    modelId: id,
    dataSetIds: z.array(id),
    recipe,
  }),
  'run.pause': byId,
  'run.resume': byId,
  'run.single': byId,
  'run.stop': byId,
  'run.list': nothing,
  'run.curves': byId,
  'run.rename': z.strictObject({ id, name: z.string().min(1).max(200) }),
  'run.remove': byId,
  'run.annotate': z.strictObject({
    id,
    tags: z.array(z.string().min(1).max(40)).max(20),
    notes: z.string().max(20_000),
  }),
  'run.samples': byId,
  'run.dry': z.strictObject({ modelId: id, dataSetIds: z.array(id), recipe, task }),
  'run.outlook': z.strictObject({ modelId: id, dataSetIds: z.array(id), recipe, task }),
  'run.records': z.strictObject({ id, stage: count, step: count }),
  'profile.measure': z.strictObject({
    modelId: id,
    recipe,
    subject: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('stage'), stage: count }),
      z.strictObject({ kind: z.literal('decode') }),
    ]),
    task,
  }),
  'tuning.report': nothing,
  'tuning.run': z.strictObject({ modelId: id, recipe, task }),
  'tuning.reset': nothing,
  'experts.report': z.strictObject({
    runId: id,
    part: z.enum(['whole', 'first', 'last']).exactOptional(),
  }),
  'experts.trace': z.strictObject({ runId: id, text: z.string().max(100_000) }),
  'experts.traceRecord': z.strictObject({ runId: id, dataSetId: id, index: count }),
  'experts.growth': z.strictObject({ runId: id }),
  'experts.pairEvaluations': z.strictObject({ runId: id }),
  'experts.scorePairs': z.strictObject({ runId: id, files, maxItems: count, task }),
  'experts.resumePairs': z.strictObject({ runId: id, id, task }),
  'experts.removePairs': z.strictObject({ runId: id, id }),
  'chat.generate': z.strictObject({ task, variant, messages, settings }),
  'chat.logits': z.strictObject({ variant, messages }),
  'export.build': z.discriminatedUnion('what', [
    z.strictObject({
      runId: id,
      what: z.enum(['adapters', 'metrics', 'recipe', 'card']),
      dtype: z.enum(['F32', 'BF16']),
      task,
    }),
    z.strictObject({
      runId: id,
      what: z.literal('merged'),
      dtype: z.enum(['F32', 'BF16']),
      best: z.boolean().exactOptional(),
      task,
    }),
    z.strictObject({
      runId: id,
      what: z.literal('run'),
      dtype: z.literal('F32'),
      branches: z.boolean(),
      checkpoint: z.boolean(),
      task,
    }),
    z.strictObject({
      runId: id,
      what: z.literal('gguf'),
      dtype: z.enum(['F16', 'Q8_0', 'Q4_0']),
      best: z.boolean().exactOptional(),
      task,
    }),
  ]),
  'chat.count': z.strictObject({ variant, messages }),
  'chat.routing': z.strictObject({
    variant,
    messages,
    ids: z.array(z.int().min(0).max(0xffffffff)).min(1).max(65536),
    task,
  }),
  ...evaluateSchemas(variant, recipe),
  ...judgeSchemas(variant),
  'archive.open': z.strictObject({ file: z.instanceof(File), task }),
  'archive.link': nothing,
  'task.cancel': z.strictObject({ task }),
  'storage.estimate': nothing,
};

const envelope = z.strictObject({ id: z.int(), kind: z.string(), input: z.unknown() });

export type ParsedRequest =
  | { readonly ok: true; readonly request: Request }
  /** `id` is null where not even that could be read: then nobody can be answered. */
  | { readonly ok: false; readonly id: number | null; readonly reason: string };

function isCallKind(name: string): name is CallKind {
  return Object.hasOwn(inputSchemas, name);
}

export function parseRequest(message: unknown): ParsedRequest {
  const outer = envelope.safeParse(message);
  if (!outer.success) return { ok: false, id: null, reason: 'it is no request' };
  const { id: call, kind: name, input } = outer.data;
  if (!isCallKind(name)) return { ok: false, id: call, reason: `"${name}" is no call` };
  const inner = inputSchemas[name].safeParse(input);
  if (!inner.success) {
    const issue = inner.error.issues[0];
    const place = [name, ...(issue?.path ?? [])].join('.');
    return { ok: false, id: call, reason: `${place}: ${issue?.message ?? 'wrong shape'}` };
  }
  // The schema table is typed by kind; the pair cannot be expressed to the compiler once more here.
  return { ok: true, request: { id: call, kind: name, input: inner.data } as Request };
}

const description = z.object({
  code: z.string(),
  message: z.string(),
  kept: z.string(),
  remedy: z.string(),
  data: z.record(z.string(), z.unknown()),
});
const memory = z.record(z.string(), z.number());
const stepHead = z.looseObject({ stage: z.int(), step: z.int(), nll: z.number() });

const fromWorker = z.discriminatedUnion('type', [
  ...dataEvents,
  z.looseObject({ type: z.literal('result'), id: z.int() }),
  z.looseObject({ type: z.literal('failure'), id: z.int(), error: description }),
  z.looseObject({
    type: z.literal('progress'),
    task: z.string(),
    fraction: z.number().nullable(),
    note: z.string(),
  }),
  z.looseObject({ type: z.literal('run.steps'), runId: z.string(), steps: z.array(stepHead) }),
  z.looseObject({
    type: z.literal('run.validation'),
    runId: z.string(),
    point: z.looseObject({ stage: z.int(), step: z.int() }),
  }),
  z.looseObject({
    type: z.literal('run.samples'),
    runId: z.string(),
    point: z.looseObject({ stage: z.int(), step: z.int(), answers: z.array(z.string()) }),
  }),
  z.looseObject({
    type: z.literal('model.changed'),
    model: z.looseObject({ id: z.string(), name: z.string() }),
  }),
  z.looseObject({
    type: z.literal('run.changed'),
    run: z.looseObject({ id: z.string(), state: z.string() }),
  }),
  z.looseObject({
    type: z.literal('hub.changed'),
    download: z.looseObject({ id: z.string(), state: z.string() }),
  }),
  z.looseObject({
    type: z.literal('hub.ended'),
    id: z.string(),
    modelId: z.string().nullable(),
  }),
  z.looseObject({
    type: z.literal('network.request'),
    entry: z.looseObject({ id: z.int(), address: z.string() }),
  }),
  z.looseObject({ type: z.literal('experts.changed'), runId: z.string() }),
  z.looseObject({
    type: z.literal('experts.pairs'),
    evaluation: z.looseObject({ id: z.string(), runId: z.string() }),
  }),
  z.looseObject({
    type: z.literal('chat.text'),
    task: z.string(),
    text: z.string(),
    tokens: z.number(),
  }),
  z.looseObject({
    type: z.literal('evaluate.changed'),
    evaluation: z.looseObject({ id: z.string() }),
  }),
  z.looseObject({ type: z.literal('ablation.changed'), grid: z.looseObject({ id: z.string() }) }),
  z.looseObject({ type: z.literal('device.memory'), memory }),
  z.looseObject({ type: z.literal('device.fault'), error: description }),
]);

/** What the worker sent, or null when it is nothing the page knows. */
export function parseFromWorker(message: unknown): FromWorker | null {
  return fromWorker.safeParse(message).success ? (message as FromWorker) : null;
}
