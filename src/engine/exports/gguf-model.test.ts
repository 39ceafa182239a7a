import { describe, expect, test } from 'vitest';
import { parseModelConfig } from '../model/config.ts';
import type { ModelConfig } from '../model/config.ts';
import { joinParts } from '../model/fused-weights.ts';
import { checkpointShapes, describeWeights } from '../model/weights.ts';
import { StudioError } from '../../faults/fault.ts';
import { rowSize } from '../../formats/weights/merged-weights.ts';
import type { MergedWeights } from '../../formats/weights/merged-weights.ts';
import { layOutGguf } from './gguf-model.ts';
import type { GgufFormat } from './number-formats.ts';

function config(change: Record<string, unknown>): ModelConfig {
  return parseModelConfig({
    model_type: 'llama',
    hidden_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    intermediate_size: 48,
    vocab_size: 96,
    max_position_embeddings: 256,
    ...change,
  });
}

/** Weights whose every value is the number of its row. */
function rowNumbers(model: ModelConfig): MergedWeights {
  const shapes = checkpointShapes(describeWeights(model, 1));
  return {
    shapes,
    readRows: async (name, first, rows) => {
      const size = rowSize(shapes.find((tensor) => tensor.name === name)?.shape ?? []);
      return Float32Array.from({ length: rows * size }, (_, i) => first + Math.floor(i / size));
    },
  };
}

function laidOut(model: ModelConfig, format: GgufFormat = 'F16') {
  const weights = joinParts(rowNumbers(model), model);
  return { weights, layout: layOutGguf(model, weights.shapes, format) };
}

/** Rows of a tensor in the order of the file. */
async function rowOrder(model: ModelConfig, name: string): Promise<number[]> {
  const { weights, layout } = laidOut(model);
  const size = rowSize(layout.tensors.find((tensor) => tensor.name === name)?.shape ?? []);
  const order: number[] = [];
  for await (const piece of layout.pieces(weights, name)) {
    for (let at = 0; at < piece.length; at += size) order.push(piece[at] ?? NaN);
  }
  return order;
}

function codeOf(change: Record<string, unknown>): string {
  try {
    laidOut(config(change));
    return 'accepted';
  } catch (error) {
    return error instanceof StudioError ? error.code : String(error);
  }
}

const inOrder = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** Both halves of a head of eight, side by side. */
const PAIRED = [0, 4, 1, 5, 2, 6, 3, 7];
const paired = (heads: number): number[] =>
  inOrder(heads).flatMap((head) => PAIRED.map((row) => head * 8 + row));

describe('order of rows', () => {
  test.each(['llama', 'mistral'])('q and k of %s are rotated as neighbours', async (type) => {
    const model = config({ model_type: type });
    expect(await rowOrder(model, 'blk.0.attn_q.weight')).toEqual(paired(4));
    expect(await rowOrder(model, 'blk.0.attn_k.weight')).toEqual(paired(2));
    expect(await rowOrder(model, 'blk.0.attn_v.weight')).toEqual(inOrder(16));
    expect(await rowOrder(model, 'blk.0.attn_output.weight')).toEqual(inOrder(64));
  });

  test('biases of q and k follow their rows', async () => {
    const model = config({ attention_bias: true });
    expect(await rowOrder(model, 'blk.0.attn_k.bias')).toEqual(paired(2));
    expect(await rowOrder(model, 'blk.0.attn_v.bias')).toEqual(inOrder(16));
  });

  test.each(['qwen2', 'qwen3'])('%s keeps its halves', async (type) => {
    const model = config({ model_type: type });
    expect(await rowOrder(model, 'blk.0.attn_q.weight')).toEqual(inOrder(32));
  });
});

test('names and types: norms whole, heads wider, rows of no whole blocks in 16 bit', () => {
  const { layout } = laidOut(config({ model_type: 'qwen3' }), 'Q4_0');
  expect(Object.fromEntries(layout.tensors.map(({ name, type }) => [name, type]))).toEqual({
    'token_embd.weight': 'Q4_0',
    'output.weight': 'Q8_0',
    'output_norm.weight': 'F32',
    'blk.0.attn_norm.weight': 'F32',
    'blk.0.ffn_norm.weight': 'F32',
    'blk.0.attn_q.weight': 'Q4_0',
    'blk.0.attn_q_norm.weight': 'F32',
    'blk.0.attn_k.weight': 'Q4_0',
    'blk.0.attn_k_norm.weight': 'F32',
    'blk.0.attn_v.weight': 'Q4_0',
    'blk.0.attn_output.weight': 'Q4_0',
    'blk.0.ffn_gate.weight': 'Q4_0',
    'blk.0.ffn_up.weight': 'Q4_0',
    // 48 columns.
    'blk.0.ffn_down.weight': 'F16',
  });
});

describe('rotary scaling', () => {
  test('Llama 3’s as divisors, the numbers of llama.cpp’s converter', async () => {
    const model = config({
      head_dim: 32,
      rope_theta: 500_000,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 128,
      },
    });
    const due = [1, 1, 1.0146304368972778, 2.9347503185272217, ...Array<number>(12).fill(8)];
    const divisors = await rowOrder(model, 'rope_freqs.weight');
    expect(divisors).toHaveLength(16);
    divisors.forEach((divisor, i) => {
      expect(Math.abs(divisor / (due[i] ?? NaN) - 1)).toBeLessThan(1e-6);
    });
  });

  test('linear as settings, none as no settings', () => {
    const linear = laidOut(config({ rope_scaling: { type: 'linear', factor: 4 } })).layout.metadata;
    expect(linear.get('llama.rope.scaling.type')?.value).toBe('linear');
    expect(linear.get('llama.rope.scaling.factor')?.value).toBe(4);
    const plain = laidOut(config({})).layout;
    expect([...plain.metadata.keys()].filter((key) => key.includes('scaling'))).toEqual([]);
    expect(plain.tensors.some(({ name }) => name === 'rope_freqs.weight')).toBe(false);
  });
});

test('what llama.cpp’s architecture of that name does not know is refused', () => {
  const llama3 = {
    rope_type: 'llama3',
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 128,
  };
  expect(codeOf({ model_type: 'qwen2', rope_scaling: llama3 })).toBe('gguf-model');
  expect(codeOf({ model_type: 'qwen3', attention_bias: true })).toBe('gguf-model');
  // Qwen2 has no such biases, whatever is declared.
  expect(codeOf({ model_type: 'qwen2', mlp_bias: true })).toBe('accepted');
  expect(codeOf({ attention_bias: true, mlp_bias: true })).toBe('accepted');
});

test('what a GGUF file cannot state of layers and scores is refused by its reason', () => {
  const reasonOf = (change: Record<string, unknown>): unknown => {
    try {
      laidOut(config({ query_pre_attn_scalar: 8, ...change }));
      return 'accepted';
    } catch (error) {
      return error instanceof StudioError ? [error.code, error.data['reason']] : error;
    }
  };
  const gemma = { model_type: 'gemma3_text', num_hidden_layers: 6, sliding_window: 32 };
  const phi = { model_type: 'phi3', head_dim: null, num_hidden_layers: 2 };
  const longrope = { type: 'longrope', short_factor: Array<number>(8).fill(1) };
  expect(reasonOf(gemma)).toBe('accepted');
  expect(reasonOf({ ...gemma, sliding_window_pattern: 3 })).toEqual(['gguf-model', 'local-layers']);
  expect(reasonOf({ ...gemma, query_pre_attn_scalar: 25 })).toEqual(['gguf-model', 'score-scale']);
  expect(reasonOf({ ...phi, sliding_window: 32 })).toBe('accepted');
  expect(reasonOf({ ...phi, rope_scaling: longrope })).toEqual(['gguf-model', 'longrope']);
});
