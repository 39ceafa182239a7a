import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { defaultTraits, type DeviceTraits } from '../gpu/kernel.ts';
import { parseModelConfig, type ModelConfig } from '../model/config.ts';
import { float32Storage } from '../model/weight-storage.ts';
import { describeWeights } from '../model/weights.ts';
import { planDecoding, type DecodeOptions } from './decode-plan.ts';

/** Each dispatch costs tens of microseconds, whatever it computes, so their number per layer stays low. */

const golden = async (name: string): Promise<ModelConfig> =>
  parseModelConfig(
    JSON.parse(await readFile(`test/fixtures/golden/${name}/model/config.json`, 'utf8')),
  );

/** A shape that every format can hold. */
const plain: ModelConfig = parseModelConfig({
  ...{ model_type: 'llama', hidden_size: 256, intermediate_size: 512, num_hidden_layers: 3 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, vocab_size: 96, rms_norm_eps: 1e-5 },
  ...{ max_position_embeddings: 8192, rope_theta: 10000, tie_word_embeddings: true },
  hidden_act: 'silu',
});

const card: DeviceTraits = { ...defaultTraits, software: false, maxBindingBytes: 2 ** 30 };
const withSubgroups: DeviceTraits = {
  ...card,
  ...{ subgroups: true, subgroupMinSize: 32, subgroupMaxSize: 32, f16: true },
};

/** Embedding, head, choice of the token, and the next position. */
const outsideBlocks = 4;

interface Asked extends Partial<Pick<DecodeOptions, 'capacity' | 'slots' | 'cache'>> {
  readonly format?: 'f16' | 'q8_0' | 'q4_0' | 'q6_k';
}

/** Dispatches of a decoding step in each layer. */
function perLayer(config: ModelConfig, traits: DeviceTraits, asked: Asked = {}): number {
  const { format, capacity = 64, slots = 1, cache = 'float32' } = asked;
  const storage = format ? { ...float32Storage, formatOf: () => format } : float32Storage;
  const weights = describeWeights(config, capacity, storage);
  const options = { config, weights, branches: null, slots, capacity, cache };
  const { decode } = planDecoding({ ...options, traits });
  const dispatches = decode.commands.filter(({ kind }) => kind === 'dispatch').length;
  return (dispatches - outsideBlocks) / config.layers;
}

describe.each([
  ['subgroups', withSubgroups],
  ['no subgroups', card],
])('a card with %s takes six dispatches a layer', (_, traits) => {
  test.each([undefined, 'f16', 'q8_0', 'q4_0', 'q6_k'] as const)('weights in %s', (format) => {
    const asked = format ? { format } : {};
    expect(perLayer(plain, traits, asked)).toBe(6);
    expect(perLayer(plain, traits, { ...asked, cache: 'float16', slots: 8 })).toBe(6);
  });

  test.each(['qwen2-gqa', 'qwen2-mha-tied', 'qwen3-qknorm', 'llama3-gqa', 'phi3-fused'])(
    '%s',
    async (name) => {
      expect(perLayer(await golden(name), traits)).toBe(6);
    },
  );
});

test('products that differ in their alignment have dispatches of their own', async () => {
  expect(perLayer(await golden('odd-sizes'), withSubgroups)).toBe(8);
});

test('a norm before the residual takes one more, twice a layer', async () => {
  expect(perLayer(await golden('gemma3-windows'), withSubgroups)).toBe(8);
});

test('a long cache is attended in slices, which one more dispatch joins', () => {
  expect(perLayer(plain, withSubgroups, { capacity: 4096 })).toBe(7);
  // Windows are short.
  const { local: _, ...rest } = plain;
  const local = {
    window: 64,
    layers: [true, true, true],
    rope: { theta: 1, scaling: { type: 'none' } },
  } as const;
  expect(perLayer({ ...rest, local }, withSubgroups, { capacity: 4096 })).toBe(6);
});

test('CPU adapters take a norm apart from large products, and everything without subgroups', () => {
  const lanes = { ...defaultTraits, subgroups: true, subgroupMinSize: 8, subgroupMaxSize: 8 };
  expect(perLayer(plain, lanes)).toBe(6);
  const large = { ...plain, hiddenSize: 2048, heads: 32, keyValueHeads: 8, feedForwardSize: 4096 };
  expect(perLayer(large, lanes)).toBe(8);
  // The norm before the head, too.
  expect(plain.layers * perLayer(plain, defaultTraits)).toBe(9 * plain.layers + 1);
});

test('prompts keep a dispatch for each norm and gate', () => {
  const weights = describeWeights(plain, 64);
  const options = { config: plain, weights, branches: null, slots: 1, capacity: 64 };
  const { prefill } = planDecoding({ ...options, traits: withSubgroups });
  const dispatches = prefill.commands.filter(({ kind }) => kind === 'dispatch').length;
  expect((dispatches - 1) / plain.layers).toBe(9);
});
