import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { VariantModel } from '../engine/inference/variant.ts';
import { memorySource } from '../formats/byte-source.ts';
import type { ByteSource } from '../formats/byte-source.ts';
import { openGguf } from '../formats/gguf-model.ts';
import { openWeightsFolder } from '../formats/weights-folder.ts';
import type { WeightsFolder } from '../formats/weights-folder.ts';
import { checkedFiles, mergeByDefinition, openCheckedRun } from './testing/checked-run.ts';

/** The engine says what transformers, PEFT and llama.cpp said with the exported files (docs/exports.md). */

const checked = z
  .object({
    prompts: z.array(
      z.object({
        ids: z.array(z.int()),
        tokens: z.array(z.int()),
        logits: z.array(z.tuple([z.int(), z.number()])),
      }),
    ),
  })
  .parse(JSON.parse(await readFile('test/fixtures/exports/checked.json', 'utf8')));
const gpu = await openTestDevice();
const run = await openCheckedRun();
const files = new Map<string, ByteSource>();
for await (const { path, bytes } of checkedFiles(run)) files.set(path, memorySource(path, bytes));

afterAll(() => {
  const { fault } = gpu;
  gpu.close();
  expect(fault).toBeNull();
});

/** Greedy tokens and the first logits on every prompt. */
async function expectAsLoaded(model: VariantModel, logitBound: number): Promise<void> {
  const prompts = checked.prompts.map(({ ids }) => Uint32Array.from(ids));
  const most = Math.max(...checked.prompts.map(({ tokens }) => tokens.length));
  const said = await model.generateBatch(prompts, most, []);
  for (const [index, { ids, tokens, logits }] of checked.prompts.entries()) {
    expect([...(said[index] ?? [])].slice(0, tokens.length)).toEqual(tokens);
    const own = await model.logits(Uint32Array.from(ids));
    const largest = Math.max(...logits.map(([, value]) => Math.abs(value)));
    for (const [id, value] of logits) {
      expect(Math.abs((own[id] ?? NaN) - value)).toBeLessThan(logitBound * largest);
    }
  }
}

async function load(weights: WeightsFolder): Promise<VariantModel> {
  return VariantModel.load({ gpu, config: run.model.config, weights, run: null });
}

test('merged on the device: the loaders’ tokens, and the weights of the definition', async () => {
  const { model, recipe, stages } = run;
  const merged = await VariantModel.load({
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
  const model = await load((await openGguf(file)).weights);
  try {
    await expectAsLoaded(model, 2e-3);
  } finally {
    model.release();
  }
});
