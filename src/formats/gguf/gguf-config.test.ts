import { describe, expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { rotaryTables } from '../../engine/kernels/attention/rotary-tables.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { StudioError } from '../../faults/fault.ts';
import type { RopeScaling } from '../weights/config-fields.ts';
import { memorySource } from '../files/byte-source.ts';
import { openGguf } from './gguf-model.ts';
import {
  buildGguf,
  f32,
  u32,
  type HeaderValue,
  type TensorToPlace,
} from '../testing/gguf-bytes.ts';

type Metadata = Record<string, HeaderValue | null>;

const TOKENIZER: Metadata = {
  'tokenizer.ggml.model': 'llama',
  'tokenizer.ggml.tokens': { type: 'strings', values: ['<unk>', 'a'] },
  'tokenizer.ggml.scores': { type: 'f32s', values: [0, -1] },
  'tokenizer.ggml.token_type': { type: 'i32s', values: [2, 1] },
};

/** Metadata of a model of 64 with one layer and two heads. A null takes an entry out. */
function metadataOf(architecture: string, change: Metadata): (readonly [string, HeaderValue])[] {
  const all: Metadata = {
    'general.architecture': architecture,
    [`${architecture}.block_count`]: u32(1),
    [`${architecture}.context_length`]: u32(64),
    [`${architecture}.embedding_length`]: u32(64),
    [`${architecture}.feed_forward_length`]: u32(96),
    [`${architecture}.attention.head_count`]: u32(2),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: f32(1e-5),
    ...TOKENIZER,
    ...change,
  };
  return Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
}

const EMBEDDING: TensorToPlace = {
  name: 'token_embd.weight',
  type: 0,
  dimensions: [64, 2],
  data: new Uint8Array(512),
};
const small = (name: string, values: readonly number[], type = 0): TensorToPlace => ({
  name,
  type,
  dimensions: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});

const open = (
  architecture: string,
  change: Metadata = {},
  tensors: readonly TensorToPlace[] = [],
  embedding: TensorToPlace | null = EMBEDDING,
): ReturnType<typeof openGguf> => {
  const placed = embedding === null ? tensors : [embedding, ...tensors];
  const bytes = buildGguf({ metadata: metadataOf(architecture, change), tensors: placed });
  return openGguf(memorySource('m.gguf', bytes), architectures);
};

async function configOf(...given: Parameters<typeof open>): Promise<Record<string, unknown>> {
  return JSON.parse((await open(...given)).configJson) as Record<string, unknown>;
}

async function refusal(...given: Parameters<typeof open>): Promise<string> {
  try {
    await open(...given);
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('config.json', () => {
  test('floats of 32 bits become the decimals they were written from', async () => {
    expect(
      await configOf('qwen2', {
        'qwen2.attention.layer_norm_rms_epsilon': f32(1e-6),
        'qwen2.rope.freq_base': f32(1_000_000),
      }),
    ).toEqual({
      architectures: ['Qwen2ForCausalLM'],
      model_type: 'qwen2',
      hidden_size: 64,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      head_dim: 32,
      intermediate_size: 96,
      vocab_size: 2,
      max_position_embeddings: 64,
      rms_norm_eps: 1e-6,
      hidden_act: 'silu',
      rope_theta: 1_000_000,
      tie_word_embeddings: true,
    });
  });

  test('key length, grouped heads, an untied head, biases, lists of equal counts', async () => {
    const heads = { type: 'i32s', values: [4, 4] } as const;
    const config = await configOf(
      'llama',
      {
        'llama.attention.head_count': heads,
        'llama.attention.head_count_kv': u32(2),
        'llama.attention.key_length': u32(8),
        'llama.attention.value_length': u32(8),
        'llama.rope.dimension_count': u32(8),
      },
      [
        { ...EMBEDDING, name: 'output.weight' },
        small('blk.0.attn_q.bias', Array<number>(32).fill(0)),
      ],
    );
    expect(config).toMatchObject({
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      tie_word_embeddings: false,
      attention_bias: true,
      mlp_bias: false,
    });
    expect(parseModelConfig(config)).toMatchObject({ queryKeyValueBias: true, outputBias: true });
  });

  test('a window of the llama family makes it a mistral', async () => {
    const config = await configOf('llama', { 'llama.attention.sliding_window': u32(4096) });
    expect(config).toMatchObject({ model_type: 'mistral', sliding_window: 4096 });
    expect(parseModelConfig(config).architecture).toBe('mistral');
    const short = await configOf('llama', { 'llama.attention.sliding_window': u32(32) });
    expect(parseModelConfig(short).local?.window).toBe(32);
  });

  test('qwen3 has norms of query and key', async () => {
    const model = await open('qwen3', {}, [
      small('blk.0.attn_q_norm.weight', Array<number>(32).fill(1)),
      small('blk.0.attn_k_norm.weight', Array<number>(32).fill(1)),
    ]);
    expect(model.weights.tensors.has('model.layers.0.self_attn.k_norm.weight')).toBe(true);
  });

  test('keys that early converters wrote and nobody follows are passed over', async () => {
    const change = { 'qwen2.use_parallel_residual': true, 'qwen2.logit_scale': f32(1) };
    expect(await configOf('qwen2', change)).toEqual(await configOf('qwen2'));
  });

  test('licence and name are those that the file states', async () => {
    expect(await open('llama')).toMatchObject({ licence: null, name: null });
    const named = { 'general.license': 'apache-2.0', 'general.name': 'Tiny' };
    expect(await open('llama', named)).toMatchObject({ licence: 'apache-2.0', name: 'Tiny' });
  });
});

/** Divisors as the converter computes them from the numbers of config.json. */
function divisorsOf(
  theta: number,
  headSize: number,
  [factor, low, high, original]: readonly [number, number, number, number],
): number[] {
  return Array.from({ length: headSize / 2 }, (_, k) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * k) / headSize);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

describe('rotary scaling', () => {
  const wide: Metadata = {
    'llama.embedding_length': u32(128),
    'llama.rope.freq_base': f32(500_000),
  };
  const embedding: TensorToPlace = { ...EMBEDDING, dimensions: [128, 1] };
  const scaled = (
    divisors: readonly number[],
    change: Metadata = {},
  ): Promise<string | RopeScaling> =>
    configOf(
      'llama',
      { ...wide, ...change },
      [small('rope_freqs.weight', divisors)],
      embedding,
    ).then(
      (config) => parseModelConfig(config).ropeScaling,
      (error: unknown) => (error instanceof StudioError ? error.message : String(error)),
    );

  test.each([
    ['Llama 3.1', [8, 1, 4, 8192]],
    ['Llama 3.2', [32, 1, 4, 8192]],
    ['another', [16, 1, 8, 4096]],
  ] as const)('%s: the four numbers are found again', async (_, numbers) => {
    const [factor, lowFrequencyFactor, highFrequencyFactor, originalContext] = numbers;
    const found = await scaled(divisorsOf(500_000, 64, numbers));
    const type = 'llama3';
    const scaling = { type, factor, lowFrequencyFactor, highFrequencyFactor, originalContext };
    expect(found).toEqual(scaling);
    // What the engine computes from them is what llama.cpp computes from the divisors.
    if (typeof found === 'string') throw new Error(found);
    const { sine } = rotaryTables({ theta: 500_000, headSize: 64, positions: 2, scaling: found });
    divisorsOf(500_000, 64, numbers).forEach((divisor, k) => {
      const angle = 500_000 ** ((-2 * k) / 64) / divisor;
      expect(Math.abs((sine[32 + k] ?? NaN) / Math.sin(angle) - 1)).toBeLessThan(2e-6);
    });
  });

  test('divisors that no llama3 scaling gives are refused', async () => {
    const message = 'rotary frequency factors that are not a llama3 scaling';
    const good = divisorsOf(500_000, 64, [8, 1, 4, 8192]);
    expect(await scaled(good.map((divisor, k) => (k === 20 ? divisor * 1.01 : divisor)))).toContain(
      message,
    );
    expect(await scaled(good.slice(1))).toContain(message);
    expect(await scaled([...good].reverse())).toContain(message);
    expect(await scaled(Array<number>(32).fill(NaN))).toContain(message);
    expect(await scaled(Array<number>(32).fill(Infinity))).toContain(message);
    expect(await scaled(good, { 'llama.rope.scaling.factor': f32(4) })).toContain(message);
    expect(await scaled(Array<number>(32).fill(1))).toEqual({ type: 'none' });
  });

  test('linear scaling by any of its keys; other kinds by name', async () => {
    const of = async (change: Metadata): Promise<unknown> =>
      (await configOf('llama', change))['rope_scaling'];
    const linear = { rope_type: 'linear', factor: 4 };
    expect(await of({ 'llama.rope.scaling.factor': f32(4) })).toEqual(linear);
    expect(
      await of({ 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': f32(4) }),
    ).toEqual(linear);
    expect(await of({ 'llama.rope.scale_linear': f32(4) })).toEqual(linear);
    expect(await of({ 'llama.rope.scaling.factor': f32(0) })).toBeUndefined();
    expect(
      await of({ 'llama.rope.scaling.type': 'none', 'llama.rope.scaling.factor': f32(4) }),
    ).toBeUndefined();
    expect(await refusal('llama', { 'llama.rope.scaling.type': 'yarn' })).toContain(
      'gguf-unsupported: m.gguf holds something this studio cannot run: rotary scaling of type "yarn"',
    );
  });
});

describe('what cannot be run is named', () => {
  test.each<[string, Parameters<typeof open>]>([
    ['the architecture "gemma2"', ['gemma2']],
    ['a model that names no architecture', ['llama', { 'general.architecture': null }]],
    ['a file of type "adapter"', ['llama', { 'general.type': 'adapter' }]],
    ['one of 3 parts of a split model', ['llama', { 'split.count': u32(3) }]],
    ['a mixture-of-experts model', ['llama', { 'llama.expert_count': u32(8) }]],
    ['llama.logit_scale is 0.5', ['llama', { 'llama.logit_scale': f32(0.5) }]],
    ['llama.attention.causal is false', ['llama', { 'llama.attention.causal': false }]],
    [
      'values of size 16 but keys of size 32',
      ['llama', { 'llama.attention.value_length': u32(16) }],
    ],
    [
      'rotary positions over 16 dimensions of heads of size 32',
      ['llama', { 'llama.rope.dimension_count': u32(16) }],
    ],
    [
      'llama.attention.head_count_kv differs from layer to layer',
      ['llama', { 'llama.attention.head_count_kv': { type: 'i32s', values: [2, 1] } }],
    ],
    [
      'the tensor "blk.0.ffn_gate_exps.weight"',
      ['llama', {}, [small('blk.0.ffn_gate_exps.weight', [1])]],
    ],
    ['the tensor "blk.1.attn_norm.weight"', ['llama', {}, [small('blk.1.attn_norm.weight', [1])]]],
    ['the tensor "blk.0.attn_q.scale"', ['llama', {}, [small('blk.0.attn_q.scale', [1])]]],
    [
      'the tensor "blk.0.constructor.weight"',
      ['llama', {}, [small('blk.0.constructor.weight', [1])]],
    ],
    ['"output_norm.weight" stored as I32', ['llama', {}, [small('output_norm.weight', [1], 26)]]],
    [
      'with 40 rows for heads of size 32',
      ['llama', {}, [small('blk.0.attn_q.bias', Array<number>(40).fill(0))]],
    ],
    [
      'rope_freqs.weight of shape [2] stored as I32',
      ['llama', {}, [small('rope_freqs.weight', [1, 1], 26)]],
    ],
    ['a model without token_embd.weight', ['llama', {}, [], null]],
  ])('%s', async (what, given) => {
    const message = await refusal(...given);
    expect(message).toMatch(/^gguf-unsupported: /);
    expect(message).toContain(what);
  });

  test.each<[string, Metadata]>([
    ['lacks "llama.block_count"', { 'llama.block_count': null }],
    ['"llama.context_length" in its metadata is not a count', { 'llama.context_length': f32(0.5) }],
    [
      '"llama.embedding_length" in its metadata is not a count',
      { 'llama.embedding_length': 'wide' },
    ],
    [
      'lacks "llama.attention.layer_norm_rms_epsilon"',
      { 'llama.attention.layer_norm_rms_epsilon': null },
    ],
    [
      '"llama.rope.freq_base" in its metadata is not a number',
      { 'llama.rope.freq_base': f32(NaN) },
    ],
    ['"tokenizer.ggml.tokens" in its metadata is not a list', { 'tokenizer.ggml.tokens': u32(1) }],
  ])('metadata: %s', async (what, change) => {
    const message = await refusal('llama', change);
    expect(message).toMatch(/^gguf-metadata: /);
    expect(message).toContain(what);
  });
});
