/** Chat and evaluation with products in float16: from the setting to the kernels, and back to what is stored. */
import { expect, test, vi } from 'vitest';
import { float16Bounds } from '../../../scripts/parity/golden-case.ts';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { PlanRecorder } from '../../engine/gpu/recorder.ts';
import { codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

const state = { modelId: 'stories260k', runId: null, snapshot: 'base' } as const;
const item = {
  ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'] },
  ...{ prompt: 'Once upon a time there was a little girl. A or B?', answer: 'A' },
};

type Products = 'float32' | 'float16';

function chat({ client }: Studio, products: Products) {
  const sampling = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 1 };
  return client.call('chat.generate', {
    ...{ task: 'chat', state, settings: { ...sampling, maxTokens: 4, products } },
    messages: [{ role: 'user', content: 'Once upon a time' }],
  });
}

function evaluation({ client }: Studio, products?: Products) {
  return client.call('evaluation.run', {
    ...{ state, label: 'base', task: 'evaluate' },
    files: [textFile('items.jsonl', [JSON.stringify(item)])],
    settings: {
      ...{ maxItems: 0, choices: 'likelihood', perplexity: true },
      ...(products && { products }),
    },
  });
}

test('each kind of products has an evaluation of its own; what is asked in float16 is computed in it', async () => {
  const gpu = await openTestDevice();
  const studio = await openStudio(async () => gpu);
  const dispatch = vi.spyOn(PlanRecorder.prototype, 'dispatch');
  const inFloat16 = (): boolean => {
    const kinds = dispatch.mock.calls.map(([{ request }]) => request?.sizes['kind']);
    dispatch.mockClear();
    return kinds.includes('forward-float16');
  };
  const plain = await evaluation(studio);
  expect((await evaluation(studio, 'float32')).id).toBe(plain.id);
  expect((await chat(studio, 'float32')).tokens).toBeGreaterThan(0);
  expect(inFloat16()).toBe(false);
  expect((await chat(studio, 'float16')).tokens).toBeGreaterThan(0);
  expect(inFloat16()).toBe(true);
  await chat(studio, 'float32');
  expect(inFloat16()).toBe(false);
  const half = await evaluation(studio, 'float16');
  expect(inFloat16()).toBe(true);
  vi.restoreAllMocks();
  expect(half.id).not.toBe(plain.id);
  const [own = NaN, other = NaN] = [plain, half].map(
    ({ figures }) => figures?.tasks[0]?.perplexity?.value,
  );
  expect(other).not.toBe(own);
  // The loss of a single token.
  expect(Math.abs(other / own - 1)).toBeLessThanOrEqual(float16Bounds.logits);
  const ids = [plain.id, half.id];
  const { blob } = await studio.client.call('evaluation.export', { ids, format: 'jsonl' });
  const lines = (await blob.text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { state: string }).state)).toEqual([
    'base',
    'base (float16)',
  ]);
  studio.close();
  gpu.close();
});

test('a device without float16 refuses both, and computes them in float32', async () => {
  const gpu = await openTestDevice();
  const studio = await openStudio(async () => gpu.withTraits({ ...gpu.traits, f16: false }));
  expect(await codeOf(chat(studio, 'float16'))).toBe('products-need-float16');
  expect(await codeOf(evaluation(studio, 'float16'))).toBe('products-need-float16');
  expect((await chat(studio, 'float32')).tokens).toBeGreaterThan(0);
  expect((await evaluation(studio)).answered).toBe(1);
  studio.close();
  gpu.close();
});
