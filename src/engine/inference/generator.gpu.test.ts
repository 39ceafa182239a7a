import { expect, test } from 'vitest';
import { openFaultyDevice } from '../../../test/gpu/kernel-bench.ts';
import { Gpu } from '../gpu/device.ts';
import { Pace } from '../gpu/pace.ts';
import { BaseModel } from '../model/weights.ts';
import { openCheckpoint } from '../testing/checkpoint-folder.ts';
import { Generator } from './generator.ts';

test('a token and its copy are one submission', async () => {
  const { gpu: opened, faulty } = await openFaultyDevice();
  const { device, adapter, traits, pipelines } = opened;
  // However slow the first run of a kernel is, nothing is cut.
  const pace = new Pace({ software: true, budget: Number.POSITIVE_INFINITY });
  const gpu = new Gpu(device, adapter, traits, { pipelines, pace });
  const { config, weights: folder } = await openCheckpoint('public/models/stories260k');
  const base = await BaseModel.load(gpu, config, folder);
  const options = { config, weights: base.weights, branches: null, slots: 1, capacity: 64 };
  const generator = await Generator.create(gpu, options);
  const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 1 };
  const submissions: number[] = [];
  for (const maxTokens of [1, 9]) {
    const before = faulty.count('submit');
    const { ids } = await generator.stream(Uint32Array.from([1, 2]), settings, {
      ...{ stopIds: [], maxTokens },
      onToken: () => undefined,
      stopped: () => false,
    });
    expect(ids).toHaveLength(maxTokens);
    submissions.push(faulty.count('submit') - before);
  }
  // The prompt is one, too.
  expect(submissions).toEqual([2, 10]);
  generator.release();
  base.release();
  gpu.check();
  expect(gpu.ledger.total).toBe(0);
});

test('answers drawn together are those drawn alone with the same seed', async () => {
  const { gpu } = await openFaultyDevice();
  const { config, weights: folder } = await openCheckpoint('public/models/stories260k');
  const base = await BaseModel.load(gpu, config, folder);
  const shared = { config, weights: base.weights, branches: null, capacity: 64 };
  const [several, single] = [
    await Generator.create(gpu, { ...shared, slots: 2 }),
    await Generator.create(gpu, { ...shared, slots: 1 }),
  ];
  const settings = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, seed: 5 };
  const prompt = Uint32Array.from([1, 403]);
  // More prompts than slots.
  const drawn = await several.sampled([prompt, prompt, prompt], 12, [], settings);
  for (const [i, answer] of drawn.entries()) {
    const alone = await single.stream(
      prompt,
      { ...settings, seed: settings.seed + i },
      { stopIds: [], maxTokens: 12, onToken: () => undefined, stopped: () => false },
    );
    expect([...answer]).toEqual(alone.ids);
  }
  expect(new Set(drawn.map((answer) => answer.join())).size).toBe(3);
  const greedy = await several.greedy([prompt, prompt], 12, []);
  expect(greedy[0]).toEqual(greedy[1]);
  for (const held of [several, single, base]) held.release();
  gpu.check();
  expect(gpu.ledger.total).toBe(0);
});
