import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import {
  evaluate,
  exportAdapters,
  exportModel,
  generate,
  loadModel,
  openState,
  readRecords,
  recipes,
  train,
  type EngineGpu,
  type EvaluationItem,
  type ExportedFile,
  type Model,
  type ModelState,
  type Products,
  type RecordSet,
  type ResumePoint,
  type Trained,
  type TrainOptions,
} from '../index.ts';
import { float16Bounds } from '../../../scripts/parity/golden-case.ts';
import { openFolder } from '../node/folder.ts';
import { deviceOf } from './gpu.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { relativeL2 } from '../testing/numbers.ts';

let gpu: EngineGpu;
let model: Model;
let records: RecordSet[];
let questions: EvaluationItem[];
const recipe = {
  ...recipes.quick(),
  batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
};

beforeAll(async () => {
  gpu = await openTestDevice();
  model = await loadModel(await openFolder('public/models/stories260k'));
  const read = async (name: string) => readRecords(await readFile(`test/package/${name}`), name);
  const [numbers, rooms] = [await read('numbers.jsonl'), await read('rooms.jsonl')];
  expect([...numbers.problems, ...rooms.problems]).toEqual([]);
  questions = numbers.records.slice(0, 4).map(({ messages }) => ({
    task: 'numbers',
    kind: 'knowledge',
    metric: 'rouge-l',
    prompt: messages[0]?.content ?? '',
    answer: messages[1]?.content ?? '',
  }));
  records = [
    { name: 'numbers', kind: 'knowledge', records: numbers.records },
    { name: 'rooms', kind: 'alignment', records: rooms.records },
  ];
});

afterAll(() => {
  gpu.close();
});

interface Went {
  readonly losses: number[];
  readonly types: Set<string>;
  readonly trained: Trained | null;
  readonly left: ResumePoint | null;
}

/** Goes through a run. @param until ends it after so many steps */
async function go(more: Partial<TrainOptions> = {}, until = Infinity): Promise<Went> {
  const ending = new AbortController();
  const losses: number[] = [];
  const types = new Set<string>();
  let trained: Trained | null = null;
  let left: ResumePoint | null = null;
  const options = { gpu, model, recipe, records, signal: ending.signal, ...more };
  for await (const event of train(options)) {
    types.add(event.type);
    if (event.type === 'step') losses.push(event.metrics.nll);
    if (losses.length >= until) ending.abort();
    if (event.type === 'stopped') left = event.resume;
    if (event.type === 'done') trained = event.trained;
  }
  return { losses, types, trained, left };
}

function resumed({ left }: Went): Partial<TrainOptions> {
  if (!left) throw new Error('The run was not ended by its signal');
  return { resume: left };
}

async function answerOf(state: ModelState): Promise<string> {
  let text = '';
  for await (const piece of generate({ state, prompt: 'Is 7 an even number?', maxTokens: 16 })) {
    text += piece;
  }
  return text;
}

async function bytesOf(files: readonly ExportedFile[]): Promise<Record<string, Uint8Array>> {
  const all: Record<string, Uint8Array> = {};
  for (const { path, chunks } of files) {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk.slice());
    all[path] = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  }
  return all;
}

test('a run that is ended by its signal and taken up again gives the losses of one that is not', async () => {
  const whole = await go({ samples: ['Is 7 an even number?'] });
  expect(whole.losses.length).toBeGreaterThan(8);
  expect(whole.losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
  const expected = [
    'stage-start',
    'step',
    'validation',
    'samples',
    'checkpoint',
    'stage-end',
    'done',
  ];
  expect(expected.filter((type) => !whole.types.has(type))).toEqual([]);
  // Once within stage 1, once within stage 2.
  const first = await go({}, 3);
  const second = await go(resumed(first), whole.losses.length - 4);
  const third = await go(resumed(second));
  expect([first.trained, second.trained]).toEqual([null, null]);
  expect([...first.losses, ...second.losses, ...third.losses]).toEqual(whole.losses);
  expect(third.trained?.snapshots).toEqual(whole.trained?.snapshots);
  expect(third.trained?.stageBranches).toEqual(whole.trained?.stageBranches);
});

test('what a run leaves answers, is measured, and is a model of its own when it was exported', async () => {
  const { trained } = await go();
  if (!trained) throw new Error('The run did not end');
  const state = await openState({ gpu, model, trained, context: 256 });
  expect(state.snapshot).toBe('merged');
  const answer = await answerOf(state);
  const [score] = await evaluate({ state, items: questions, maxTokens: 12 });
  expect(score?.answers).toHaveLength(4);
  const asked: number[] = [];
  const [goneOn] = await evaluate({
    ...{ state, items: questions, maxTokens: 12 },
    known: score?.answers.slice(0, 3) ?? [],
    onAnswers: (batch) => void asked.push(...batch.map(([place]) => place)),
  });
  expect(asked).toEqual([3]);
  expect(goneOn).toEqual(score);
  expect(score?.score).toBeGreaterThanOrEqual(0);
  const folder = await bytesOf(await exportModel({ state, format: 'F32' }));
  const gguf = await bytesOf(await exportModel({ state, format: 'gguf-F16', name: 'numbers' }));
  state.close();

  const base = await openState({ gpu, model, context: 256 });
  expect(await answerOf(base)).not.toBe(answer);
  base.close();

  const exported = await loadModel(folder);
  const again = await openState({ gpu, model: exported, context: 256 });
  expect(await answerOf(again)).toBe(answer);
  again.close();
  expect((await loadModel(gguf)).parameters).toBe(model.parameters);

  const adapters = await bytesOf(
    await exportAdapters(trained, { model, baseModel: 'stories260k' }),
  );
  expect(Object.keys(adapters)).toContain('align/adapter_model.safetensors');
});

test('records in tokens train as the conversations that they were, and are measured on others that are named', async () => {
  const tokens = records.map(({ name, kind, records: own }) => ({
    ...{ name, kind },
    records: own.map((record) => ('ids' in record ? record : model.encodeRecord(record, recipe))),
  }));
  const conversations = await go({ validation: [] }, 3);
  expect([...conversations.types]).not.toContain('validation');
  const inTokens = await go({ records: tokens, validation: tokens.slice(1) }, 3);
  expect([...inTokens.types]).toContain('validation');
  expect(inTokens.losses).toEqual(conversations.losses);
});

test('a tensor is read, and another in its place is what the model computes with', async () => {
  const name = 'model.embed_tokens.weight';
  const files = await openFolder('public/models/stories260k');
  const rows = await model.readTensor(name);
  expect(rows).toHaveLength(model.vocabularySize * model.hiddenSize);
  const other = await loadModel(files, { tensors: { [name]: rows.map((value) => 2 * value) } });
  expect((await other.readTensor(name))[7]).toBe(2 * (rows[7] ?? Number.NaN));
  const logitsOf = async (of: Model): Promise<Float32Array> => {
    const state = await openState({ gpu, model: of, context: 64 });
    const logits = await state.logits(model.encode('Once'));
    state.close();
    return logits;
  };
  expect(await logitsOf(other)).not.toEqual(await logitsOf(model));
  await expect(loadModel(files, { tensors: { [name]: rows.slice(1) } })).rejects.toThrow(name);
});

/** Kinds of products that are recorded while `work` runs. */
async function kindsDuring<T>(work: () => Promise<T>): Promise<[T, Set<string>]> {
  const dispatch = vi.spyOn(PlanRecorder.prototype, 'dispatch');
  try {
    const result = await work();
    const kinds = dispatch.mock.calls.map(([{ request }]) => String(request?.sizes['kind']));
    return [result, new Set(kinds)];
  } finally {
    dispatch.mockRestore();
  }
}

test('prompts and scores in float16 are within the bounds of the golden cases', async () => {
  const prompt = model.encode(
    'Once upon a time there was a little dog who liked to play in the park',
  );
  const encoded = records.flatMap(({ records: own }) =>
    own
      .slice(0, 6)
      .flatMap((record) => ('ids' in record ? [] : [model.encodeRecord(record, recipe)])),
  );
  const measured = async (products: Products) => {
    const state = await openState({ gpu, model, products, context: 128 });
    const logits = await state.logits(prompt);
    const scores = await state.score(encoded);
    state.close();
    const sum = (of: (score: { nll: number; targets: number }) => number): number =>
      scores.reduce((all, score) => all + of(score), 0);
    return { logits, nll: sum(({ nll }) => nll) / sum(({ targets }) => targets) };
  };
  const [own, kinds] = await kindsDuring(() => measured('float32'));
  expect(kinds.has('forward-float16')).toBe(false);
  const [half, halfKinds] = await kindsDuring(() => measured('float16'));
  expect(halfKinds.has('forward-float16')).toBe(true);
  expect(half.logits).not.toEqual(own.logits);
  expect(relativeL2(half.logits, own.logits)).toBeLessThanOrEqual(float16Bounds.logits);
  expect(Math.abs(half.nll / own.nll - 1)).toBeLessThanOrEqual(float16Bounds.nll);
});

test('a device without float16 refuses a state that multiplies in it', async () => {
  const without = deviceOf(gpu);
  const lesser = without.withTraits({ ...without.traits, f16: false });
  const refused = openState({ gpu: lesser, model, products: 'float16', context: 128 });
  await expect(refused).rejects.toMatchObject({ code: 'products-need-float16' });
});

test('a state with branches beside its weights is exported as PEFT adapters only', async () => {
  const { trained } = await go({ recipe: { ...recipe, stages: recipe.stages.slice(0, 1) } });
  if (!trained) throw new Error('The run did not end');
  const state = await openState({ gpu, model, trained, snapshot: 'stage1.end', context: 256 });
  expect(state.branches).toContain('na');
  await expect(exportModel({ state, format: 'F32' })).rejects.toThrow('branches beside');
  state.close();
});
