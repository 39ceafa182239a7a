import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { Generator } from '../../src/engine/inference/generator.ts';
import { BaseModel } from '../../src/engine/model/weights.ts';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { largestError } from '../../src/engine/testing/numbers.ts';
import { runGoldenCase } from '../../scripts/parity/golden-case.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';

const gpu = await openTestDevice();
afterAll(() => {
  gpu.close();
});

/** All of them, or those that a quick look wants. */
const cases = process.env['MEDCARE_GOLDEN_CASES']?.split(',') ?? [
  'qwen2-gqa',
  'qwen2-mha-tied',
  'qwen3-qknorm',
  'llama3-gqa',
  'odd-sizes',
  'paper-scaling',
  'gemma3-windows',
  'phi3-fused',
];

describe.each(cases)('%s', (name) => {
  test('every quantity is within its bound', async () => {
    const findings = await runGoldenCase(gpu, `test/fixtures/golden/${name}`);
    expect(findings.length).toBeGreaterThan(12);
    for (const { quantity, error, bound, detail } of findings) {
      expect(error, `${quantity} ${detail}`).toBeLessThanOrEqual(bound);
    }
    expect(gpu.ledger.total).toBe(0);
  });
});

test('stories260k tells the published story', async () => {
  const golden = JSON.parse(
    await readFile('test/fixtures/golden/stories260k.greedy.json', 'utf8'),
  ) as { prompt: number[]; greedy: number[]; firstLogits: number[][] };
  const { config, weights } = await openCheckpoint('public/models/stories260k');
  const base = await BaseModel.load(gpu, config, weights);
  const prompt = Uint32Array.from(golden.prompt);
  const generator = await Generator.create(gpu, {
    config,
    weights: base.weights,
    branches: null,
    slots: 2,
    capacity: 256,
  });
  for (const [position, expected] of golden.firstLogits.entries()) {
    const logits = await generator.logits(
      Uint32Array.from([...golden.prompt, ...golden.greedy.slice(0, position)]),
    );
    expect(largestError(logits.subarray(0, expected.length), expected)).toBeLessThan(1e-3);
  }
  const streamed: number[] = [];
  const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 1 };
  const result = await generator.stream(prompt, settings, {
    stopIds: [],
    maxTokens: golden.greedy.length,
    onToken: (id) => streamed.push(id),
    stopped: () => false,
  });
  expect(streamed).toEqual(golden.greedy);
  expect(result.stopReason).toBe('length');
  const [first, second] = await generator.greedy([prompt, prompt.slice()], 40, []);
  expect([...(first ?? [])]).toEqual(golden.greedy.slice(0, 40));
  expect(second).toEqual(first);
  generator.release();
  base.release();
  expect(gpu.ledger.total).toBe(0);
});

test('medcare-nano continues plain and templated prompts as the reference does', async () => {
  const golden = JSON.parse(
    await readFile('test/fixtures/golden/medcare-nano.greedy.json', 'utf8'),
  ) as { prompt: number[]; greedy: number[] }[];
  const { config, weights } = await openCheckpoint('public/models/medcare-nano');
  const base = await BaseModel.load(gpu, config, weights);
  const generator = await Generator.create(gpu, {
    config,
    weights: base.weights,
    branches: null,
    slots: 4,
    capacity: 128,
  });
  const prompts = golden.map(({ prompt }) => Uint32Array.from(prompt));
  const answers = await generator.greedy(prompts, 48, []);
  golden.forEach(({ greedy }, index) => {
    expect([...(answers[index] ?? [])]).toEqual(greedy);
  });
  generator.release();
  base.release();
  expect(gpu.ledger.total).toBe(0);
});
