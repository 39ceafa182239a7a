import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { architectures } from '../../engine/model/architectures/index.ts';
import { withParts } from '../../engine/model/fused-weights.ts';
import { openModelFolder } from '../../engine/model/model-folder.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { StateModel } from '../../engine/inference/state-model.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { openGguf } from '../../formats/gguf/gguf-model.ts';
import type { MergedWeights } from '../../formats/weights/merged-weights.ts';
import { openWeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { checkedFiles, mergeByDefinition, openCheckedRun } from '../testing/checked-run.ts';
import { exportBrought, exportBroughtGguf, openBrought } from '../testing/dialects.ts';
import type { OpenModel } from '../models/open-model.ts';

/** The engine answers as transformers, PEFT and llama.cpp did with the exported files (docs/exports.md). */

const said = z.object({
  ids: z.array(z.int()),
  tokens: z.array(z.int()),
  logits: z.array(z.tuple([z.int(), z.number()])),
});
type Said = z.infer<typeof said>;
const fixture = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(`test/fixtures/exports/${name}`, 'utf8'));
const checked = z.object({ prompts: z.array(said) }).parse(await fixture('checked.json'));
const dialects = z
  .object({ models: z.record(z.string(), said) })
  .parse(await fixture('dialects.json'));
const gpu = await openTestDevice();
const run = await openCheckedRun();
const files = new Map<string, ByteSource>();
for await (const { path, bytes } of checkedFiles(run)) files.set(path, memorySource(path, bytes));

afterAll(() => {
  const { fault } = gpu;
  gpu.close();
  expect(fault).toBeNull();
});

/** Compares the greedy tokens and the first logits on every prompt. */
async function expectAsLoaded(
  model: StateModel,
  logitBound: number,
  due: readonly Said[] = checked.prompts,
): Promise<void> {
  const prompts = due.map(({ ids }) => Uint32Array.from(ids));
  const most = Math.max(...due.map(({ tokens }) => tokens.length));
  const answers = await model.answers().generateBatch(prompts, most, []);
  for (const [index, { ids, tokens, logits }] of due.entries()) {
    expect([...(answers[index] ?? [])].slice(0, tokens.length)).toEqual(tokens);
    const own = await model.answers().logits(Uint32Array.from(ids));
    const largest = Math.max(...logits.map(([, value]) => Math.abs(value)));
    for (const [id, value] of logits) {
      expect(Math.abs((own[id] ?? NaN) - value)).toBeLessThan(logitBound * largest);
    }
  }
}

async function load(weights: WeightsFolder): Promise<StateModel> {
  return StateModel.load({ gpu, config: run.model.config, weights, run: null });
}

test('merged on the device: the loaders’ tokens, and the weights of the definition', async () => {
  const { model, recipe, stages } = run;
  const merged = await StateModel.load({
    gpu,
    config: model.config,
    weights: model.weights,
    run: { recipe, stageBranches: stages, snapshot: 'merged' },
  });
  try {
    await expectAsLoaded(merged, 1e-5);
    const due = await mergeByDefinition(run);
    for (const { name, shape } of due.shapes) {
      const rows = shape[0] ?? 0;
      const [own, expected] = [
        await merged.mergedWeights.readRows(name, 0, rows),
        await due.readRows(name, 0, rows),
      ];
      const worst = expected.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (own[i] ?? NaN))),
        0,
      );
      expect([name, worst]).toEqual([name, expect.toSatisfy((error: number) => error < 1e-6)]);
    }
  } finally {
    merged.release();
  }
});

test.each([
  ['F32', 1e-5],
  ['BF16', 2e-2],
] as const)('the %s folder, loaded again', async (dtype, bound) => {
  const folder = new Map(
    [...files].flatMap(([path, source]): [string, ByteSource][] =>
      path.startsWith(`${dtype}/`) ? [[path.slice(dtype.length + 1), source]] : [],
    ),
  );
  const model = await load(await openWeightsFolder(folder));
  try {
    await expectAsLoaded(model, bound);
  } finally {
    model.release();
  }
});

test('the F16 GGUF file, loaded again', async () => {
  const file = files.get('model.F16.gguf');
  if (!file) throw new Error('no GGUF file');
  const model = await load((await openGguf(file, architectures)).weights);
  try {
    await expectAsLoaded(model, 2e-3);
  } finally {
    model.release();
  }
});

test.each(Object.entries(dialects.models))(
  'a random %s, exported and loaded again: what transformers 4 and 5 say',
  async (name, due) => {
    const exported = await exportBrought(await openBrought(name));
    const folder = new Map([...exported].map(([path, bytes]) => [path, memorySource(path, bytes)]));
    const config = parseModelConfig(
      JSON.parse(new TextDecoder().decode(exported.get('config.json'))),
    );
    const weights = withParts(await openWeightsFolder(folder), config);
    const model = await StateModel.load({ gpu, config, weights, run: null });
    try {
      await expectAsLoaded(model, 1e-5, [due]);
    } finally {
      model.release();
    }
  },
);

describe.each(['gemma3_text', 'phi3'])('an untouched %s in 16 bits', (name) => {
  const layout = name === 'phi3' ? 'phi3-layout' : 'gemma3-layout';
  const opened = (dtype: 'BF16' | 'F16') =>
    openBrought(name, {
      ...{ dtype, normsAroundZero: name === 'gemma3_text', change: { vocab_size: 960 } },
      tokenizer: `test/fixtures/tokenizers/${layout}`,
    });
  const throughDevice = async <T>(
    { config, weights }: OpenModel,
    write: (weights: MergedWeights) => Promise<T>,
  ): Promise<T> => {
    const model = await StateModel.load({ gpu, config, weights, precision: '16-bit', run: null });
    try {
      return await write(model.mergedWeights);
    } finally {
      model.release();
    }
  };

  test('its folder in BF16 has the bits that were loaded', async () => {
    const model = await opened('BF16');
    const files = await throughDevice(model, (weights) =>
      exportBrought(model, { dtype: 'BF16', weights }),
    );
    const sources = [...files].map(([path, data]) => [path, memorySource(path, data)] as const);
    const { weights } = await openModelFolder(new Map(sources));
    expect([...weights.tensors.keys()].sort()).toEqual([...model.weights.tensors.keys()].sort());
    for (const [tensor, { shape, dtype }] of model.weights.tensors) {
      const count = shape.reduce((product, size) => product * size, 1);
      expect([tensor, weights.tensors.get(tensor)?.dtype]).toEqual([tensor, dtype]);
      const due = await model.weights.readStored(tensor, 0, count);
      expect(Buffer.compare(await weights.readStored(tensor, 0, count), due)).toBe(0);
    }
  });

  test('its GGUF file in F16 gives the values that were loaded', async () => {
    const model = await opened('F16');
    const file = await throughDevice(model, (weights) => exportBroughtGguf(model, { weights }));
    const { weights } = await openModelFolder(new Map([['m.gguf', memorySource('m.gguf', file)]]));
    for (const [tensor, { shape }] of model.weights.tensors) {
      const own = await weights.readFloat32(tensor);
      const due = await model.weights.readFloat32(tensor);
      // A norm around 0 is stored with 1 added: float32 then loses its last bits below 2^-13.
      const differs = due.findIndex((value, i) => {
        const small = shape.length === 1 && Math.abs(value) < 2 ** -13;
        return !(Math.abs(value - (own[i] ?? NaN)) <= (small ? 2 ** -24 : 0));
      });
      expect([tensor, own.length, differs]).toEqual([tensor, due.length, -1]);
    }
  });
});
