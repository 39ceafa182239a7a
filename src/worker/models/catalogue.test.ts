/** The engine's own reader and planner on the published shapes of known bases. */
import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { defaultTraits } from '../../engine/gpu/kernel.ts';
import { catalogue, catalogueNeeds } from './catalogue.ts';
import { knownBases } from './known-bases.ts';

/** Parameters that the publishers state, tied heads counted once. */
const published: Readonly<Record<string, number>> = {
  'HuggingFaceTB/SmolLM2-135M-Instruct': 134_515_008,
  'unsloth/gemma-3-270m-it': 268_098_176,
  'HuggingFaceTB/SmolLM2-360M-Instruct': 361_821_120,
  'Qwen/Qwen2.5-0.5B-Instruct': 494_032_768,
  'Qwen/Qwen1.5-0.5B-Chat': 463_987_712,
  'Qwen/Qwen3-0.6B': 596_049_920,
  'unsloth/gemma-3-1b-it': 999_885_952,
  'unsloth/Llama-3.2-1B-Instruct': 1_235_814_400,
  'Qwen/Qwen1.5-1.8B-Chat': 1_836_828_672,
};

/**
 * Gigabytes of model.safetensors and tokenizer.json as the hub's file lists state them, rounded there to three digits.
 * Of Qwen1.5 and of gemma-3 a copy or the model before its chat training was found, which has the same tensors.
 */
const listed: Readonly<Record<string, number>> = {
  'HuggingFaceTB/SmolLM2-360M-Instruct': 0.724 + 0.0021,
  'Qwen/Qwen2.5-0.5B-Instruct': 0.988 + 0.00703,
  'Qwen/Qwen1.5-0.5B-Chat': 1.24 + 0.00703,
  'Qwen/Qwen3-0.6B': 1.5 + 0.0114,
  'unsloth/gemma-3-1b-it': 2.0 + 0.0334,
  'unsloth/Llama-3.2-1B-Instruct': 2.47 + 0.0172,
  'Qwen/Qwen1.5-1.8B-Chat': 3.67 + 0.00703,
};

test('the engine reads every base, with as many parameters as its publisher states', () => {
  const entries = catalogue();
  expect(entries.map(({ name, refused }) => [name, refused])).toEqual(
    Object.keys(published).map((name) => [name, null]),
  );
  expect(Object.fromEntries(entries.map((entry) => [entry.name, entry.parameters]))).toEqual(
    published,
  );
  const sizes = entries.map(({ bytes }) => bytes);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  for (const { name, bytes, parameters } of entries) {
    expect(bytes / parameters).toBeGreaterThan(2);
    expect(bytes / parameters).toBeLessThan(2.8);
    const due = listed[name];
    if (due !== undefined) expect(Math.abs(bytes / 1e9 / due - 1), name).toBeLessThan(0.005);
  }
});

test('a base that the engine does not run has the reason of its reader', () => {
  const [base] = knownBases;
  if (!base) throw new Error('the catalogue is empty');
  const mamba = { ...base, config: { ...base.config, model_type: 'mamba' } };
  expect(catalogue([mamba])[0]?.refused?.code).toBe('architecture-unknown');
});

test('runs are planned in two precisions; packed weights take less', async () => {
  const traits = { ...defaultTraits, maxBindingBytes: 2 ** 30, maxBufferBytes: 2 ** 30 };
  const options = { recipe: quickRecipe(), traits, tasks: 8 };
  for (const name of ['HuggingFaceTB/SmolLM2-135M-Instruct', 'unsloth/gemma-3-270m-it']) {
    const [exact, packed] = (await catalogueNeeds(name, options)) ?? [];
    expect([exact?.precision, packed?.precision]).toEqual(['16-bit', '4-bit']);
    expect(exact?.peak).toBeGreaterThan(2 * (published[name] ?? Number.NaN));
    expect(packed?.peak).toBeGreaterThan(0);
    expect(packed?.peak).toBeLessThan(exact?.peak ?? Number.NaN);
  }
  expect(await catalogueNeeds('someone/else', options)).toBeNull();
});
