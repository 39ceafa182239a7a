import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { parseModelConfig } from './config.ts';

/** The results of opening configurations; every expectation is transformers 5.18's result for the same file. */

const base = {
  model_type: 'qwen2',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 300,
  max_position_embeddings: 512,
};

function outcome(change: object): string {
  try {
    parseModelConfig({ ...base, ...change });
    return 'opens';
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown.code;
    throw thrown;
  }
}

test('a truth value is taken for what it plainly says, and nothing else is guessed', () => {
  const tied = (value: unknown) =>
    parseModelConfig({ ...base, tie_word_embeddings: value }).tiedHead;
  for (const yes of [true, 1, 'true', 'True', ' TRUE ']) expect(tied(yes)).toBe(true);
  for (const no of [false, 0, 'false', 'False', null, undefined]) expect(tied(no)).toBe(false);
  for (const unclear of [2, -1, 'yes', '', '1', [], {}]) {
    expect(outcome({ tie_word_embeddings: unclear })).toBe('config-invalid');
  }
  const llama = { model_type: 'llama', attention_bias: 'false', mlp_bias: 1 };
  expect(parseModelConfig({ ...base, ...llama })).toMatchObject({
    outputBias: false,
    feedForwardBias: true,
  });
});

describe('a text model inside a model of several kinds of input', () => {
  const refusal = (json: object): StudioError => {
    try {
      parseModelConfig(json);
    } catch (thrown) {
      if (thrown instanceof StudioError) return thrown;
    }
    throw new Error('it was not refused');
  };
  const { model_type: _type, ...shape } = base;
  const gemma = { ...shape, model_type: 'gemma3_text' };
  test.each([
    ['qwen2_vl', { text_config: base }, 'text_config', 'qwen2', true],
    ['internvl_chat', { llm_config: base, vision_config: {} }, 'llm_config', 'qwen2', true],
    [
      'gemma3n',
      { text_config: { model_type: 'gemma3n_text' } },
      'text_config',
      'gemma3n_text',
      false,
    ],
    ['shieldgemma2', { text_config: gemma }, 'text_config', 'gemma3_text', true],
    ['gemma3', { llm_config: gemma }, 'llm_config', 'gemma3_text', true],
    ['llava', { text_config: shape, vision_config: {} }, 'text_config', '', false],
  ])('%s', (type, parts, field, within, runs) => {
    const { code, message, remedy, data } = refusal({ model_type: type, ...parts });
    expect(code).toBe('config-nested');
    expect(message).toContain(`"${type}"`);
    expect(message).toContain(`"${field}"`);
    expect(remedy).toContain(
      runs ? 'Use the text model by itself' : 'Use a model that reads text only',
    );
    expect(data).toMatchObject({ type, inner: within, field, runs });
  });
  test('Gemma 3 opens as its text part, with the sizes that transformers takes where none are stated', () => {
    const part = {
      ...{ hidden_size: 2560, intermediate_size: 10_240, num_hidden_layers: 34 },
      ...{ rope_scaling: { factor: 8, rope_type: 'linear' }, sliding_window: 1024 },
    };
    const whole = {
      model_type: 'gemma3',
      vision_config: { hidden_size: 1152 },
      eos_token_id: [1, 106],
    };
    const due = {
      ...{ architecture: 'gemma3_text', hiddenSize: 2560, layers: 34, heads: 8, keyValueHeads: 4 },
      ...{ headSize: 256, vocabularySize: 262_208, contextLength: 131_072, tiedHead: true },
      ...{ ropeTheta: 1_000_000, ropeScaling: { type: 'linear', factor: 8 } },
    };
    const model_type = 'gemma3_text';
    expect(parseModelConfig({ ...whole, text_config: part })).toMatchObject(due);
    expect(parseModelConfig({ ...whole, text_config: { ...part, model_type } })).toMatchObject(due);
    const own = { ...part, tie_word_embeddings: false };
    expect(parseModelConfig({ ...whole, text_config: own })).toMatchObject({ tiedHead: false });
    const untied = { ...whole, tie_word_embeddings: false, text_config: part };
    expect(parseModelConfig(untied)).toMatchObject({ tiedHead: false });
    const capped = { ...part, final_logit_softcapping: 30 };
    expect(refusal({ ...whole, text_config: capped }).code).toBe('config-unsupported');
  });
  test('is not seen where the model itself is described', () => {
    expect(outcome({ text_config: base })).toBe('opens');
    expect(refusal({ model_type: 'bert', text_config: null }).code).toBe('architecture-unknown');
  });
});

describe('windows', () => {
  const on = { use_sliding_window: true, sliding_window: 64 };
  const types = (...kinds: readonly string[]) => ({ layer_types: kinds });
  const full = 'full_attention';
  const slides = 'sliding_attention';
  /** The layers that have the window, or 'none', or why it does not open. */
  const windowed = (change: object): string => {
    const said = outcome(change);
    if (said !== 'opens') return said;
    const { local } = parseModelConfig({ ...base, ...change });
    if (local === null) return 'none';
    const which = local.layers.flatMap((is, layer) => (is ? [layer] : []));
    return `${local.window} in ${which.join(' ')}`;
  };
  test.each<[string, object, string]>([
    ['switched off', { ...on, use_sliding_window: false, max_window_layers: 0 }, 'none'],
    ['no switch', { sliding_window: 64, max_window_layers: 0 }, 'none'],
    ['of no layer', { ...on, max_window_layers: 4 }, 'none'],
    ['of no layer, the first one left out', { ...on }, 'none'],
    ['of the last layer', { ...on, max_window_layers: 3 }, '64 in 3'],
    ['of every layer', { ...on, max_window_layers: 0 }, '64 in 0 1 2 3'],
    ['qwen3', { ...on, model_type: 'qwen3', head_dim: 16, max_window_layers: 2 }, '64 in 2 3'],
    ['as long as the context', { ...on, sliding_window: 512, max_window_layers: 0 }, 'none'],
    ['none', { ...on, sliding_window: null, max_window_layers: 0 }, 'none'],
    [
      'layer types that are all full',
      { ...on, max_window_layers: 0, ...types(full, full, full, full) },
      'none',
    ],
    ['layer types that slide', { ...on, ...types(slides, full, full, slides) }, '64 in 0 3'],
    ['layer types of other layers', { ...on, ...types(full) }, 'config-invalid'],
    ['layer types that slide over nothing', types(full, full, full, slides), 'config-invalid'],
    [
      'a layer type of another architecture',
      types(full, full, full, 'linear_attention'),
      'config-unsupported',
    ],
    ['llama has none', { ...on, model_type: 'llama', max_window_layers: 0 }, 'none'],
    ['mistral', { model_type: 'mistral', sliding_window: 64 }, '64 in 0 1 2 3'],
    ['mistral without', { model_type: 'mistral', sliding_window: null }, 'none'],
    ['mistral, longer than the context', { model_type: 'mistral', sliding_window: 512 }, 'none'],
    [
      'mistral where nothing is said has 4096',
      { model_type: 'mistral', max_position_embeddings: 8192 },
      '4096 in 0 1 2 3',
    ],
    // A model that caps its scores is refused, whichever layers have windows.
    ['Gemma 2', { model_type: 'gemma2', sliding_window: 64 }, 'architecture-unknown'],
    [
      'Gemma 3 with capped scores',
      { model_type: 'gemma3_text', sliding_window: 64, attn_logit_softcapping: 50 },
      'config-unsupported',
    ],
  ])('%s', (_name, change, due) => expect(windowed(change)).toBe(due));
});

describe('rotary positions', () => {
  const llama3 = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 128,
  };
  const scaled = {
    ...{ type: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4 },
    originalContext: 128,
  };
  const none = { type: 'none' };
  test.each<[string, object, object, number]>([
    ['nothing said', {}, none, 10_000],
    ['null', { rope_theta: null, rope_scaling: null, rope_parameters: null }, none, 10_000],
    ['an empty object', { rope_theta: 5e5, rope_scaling: {} }, none, 5e5],
    ['default', { rope_theta: 5e5, rope_scaling: { rope_type: 'default' } }, none, 5e5],
    ['default with a factor', { rope_scaling: { type: 'default', factor: 4 } }, none, 10_000],
    ['the newer dialect', { rope_parameters: { rope_theta: 5e5 } }, none, 5e5],
    ['linear', { rope_scaling: { type: 'linear', factor: 2 } }, { type: 'linear', factor: 2 }, 1e4],
    ['linear by 1', { rope_scaling: { type: 'linear', factor: 1 } }, none, 1e4],
    ['llama3', { rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...llama3 } }, scaled, 5e5],
    [
      'llama3, newer',
      { rope_parameters: { rope_type: 'llama3', rope_theta: 5e5, ...llama3 } },
      scaled,
      5e5,
    ],
    [
      'both dialects',
      {
        ...{ rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...llama3 } },
        rope_parameters: { rope_type: 'llama3', rope_theta: 5e5, ...llama3 },
      },
      scaled,
      5e5,
    ],
    ['yarn by 1', { rope_scaling: { type: 'yarn', factor: 1 } }, none, 1e4],
    [
      'kinds of layers that are null',
      { rope_parameters: { full_attention: null, sliding_attention: null, rope_theta: 5e5 } },
      none,
      5e5,
    ],
    ['dynamic within the context', { rope_scaling: { type: 'dynamic', factor: 2 } }, none, 1e4],
  ])('%s', (_name, change, ropeScaling, ropeTheta) => {
    expect(parseModelConfig({ ...base, ...change })).toMatchObject({ ropeScaling, ropeTheta });
  });

  test.each<[string, object, string]>([
    ['a factor without a type', { rope_scaling: { factor: 4 } }, 'config-unsupported'],
    ['the same, newer', { rope_parameters: { factor: 4 } }, 'config-unsupported'],
    ['yarn', { rope_scaling: { type: 'yarn', factor: 4 } }, 'config-unsupported'],
    [
      'yarn by 1 with a factor on the attention',
      { rope_scaling: { type: 'yarn', factor: 1, attention_factor: 1.2 } },
      'config-unsupported',
    ],
    ['a part of each head', { partial_rotary_factor: 0.5 }, 'config-unsupported'],
    [
      'by kind of layer',
      { rope_parameters: { full_attention: { rope_theta: 5e5 } } },
      'config-unsupported',
    ],
    ['linear without a factor', { rope_scaling: { type: 'linear' } }, 'config-invalid'],
    ['llama3 without one', { rope_scaling: { type: 'llama3', factor: 8 } }, 'config-invalid'],
    [
      'dynamic beyond its context',
      { rope_scaling: { type: 'dynamic', factor: 2, original_max_position_embeddings: 128 } },
      'config-unsupported',
    ],
  ])('%s is not read as something else', (_name, change, due) => {
    expect(outcome(change)).toBe(due);
  });

  test('yarn is refused by its name', () => {
    const yarn = { ...base, rope_scaling: { type: 'yarn', factor: 4 } };
    expect(() => parseModelConfig(yarn)).toThrow('"yarn"');
  });
});

test('what is declared and not computed is no reason to refuse', () => {
  const declared = {
    ...{ quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true } },
    ...{ pad_token_id: -1, bos_token_id: null, eos_token_id: [1, 2], architectures: null },
    ...{ hidden_act: 'swish', num_key_value_heads: null, head_dim: null, rms_norm_eps: null },
    ...{ tie_word_embeddings: null, attention_bias: null, mlp_bias: null, layer_types: null },
    ...{ use_sliding_window: null, max_window_layers: null, max_position_embeddings: null },
  };
  expect(parseModelConfig({ ...base, ...declared })).toMatchObject({
    ...{ keyValueHeads: 4, headSize: 16, rmsEpsilon: 1e-6, tiedHead: false },
    ...{ contextLength: 32_768, queryKeyValueBias: true, outputBias: false },
  });
});

test.each([0, -1, false, null])('a window of %s is none', (sliding_window) => {
  const context = { max_position_embeddings: 32_768, sliding_window };
  for (const model_type of ['qwen2', 'qwen3', 'llama', 'mistral']) {
    const declared = { ...base, ...context, model_type, use_sliding_window: true };
    const config = parseModelConfig({ ...declared, max_window_layers: 0 });
    expect(config.contextLength).toBe(32_768);
  }
});

test('kinds of layers beyond the last are let be, also one that is not known', () => {
  const layers = Array<string>(base.num_hidden_layers).fill('full_attention');
  expect(outcome({ layer_types: [...layers, 'linear_attention'] })).toBe('opens');
  expect(outcome({ layer_types: layers.slice(1) })).toBe('config-invalid');
});

test('biases are those that the architecture has, whatever is declared', () => {
  const biasesOf = (model_type: string) => {
    const declared = { ...base, model_type, attention_bias: true, mlp_bias: true };
    const { queryKeyValueBias, outputBias, feedForwardBias } = parseModelConfig({
      ...declared,
      sliding_window: null,
    });
    return [queryKeyValueBias, outputBias, feedForwardBias];
  };
  expect(['qwen2', 'qwen3', 'llama', 'mistral'].map(biasesOf)).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
    [false, false, false],
  ]);
});

describe('gemma3_text', () => {
  const gemma = {
    ...{ model_type: 'gemma3_text', hidden_size: 64, num_hidden_layers: 7, vocab_size: 300 },
    ...{ num_attention_heads: 4, num_key_value_heads: 1, head_dim: 16, intermediate_size: 96 },
    ...{ max_position_embeddings: 512, sliding_window: 32, query_pre_attn_scalar: 25 },
  };
  const rope = (theta: number, factor?: number) => ({
    theta,
    scaling: factor === undefined ? { type: 'none' } : { type: 'linear', factor },
  });
  const older = {
    ...{ rope_theta: 5e5, rope_local_base_freq: 2e4 },
    rope_scaling: { rope_type: 'linear', factor: 8 },
  };
  const newer = {
    rope_parameters: {
      full_attention: { rope_type: 'linear', factor: 8, rope_theta: 5e5 },
      sliding_attention: { rope_type: 'default', rope_theta: 2e4 },
    },
  };

  test.each([
    ['nothing', {}, rope(1e6), rope(1e4)],
    ['the older dialect', older, rope(5e5, 8), rope(2e4)],
    ['the newer dialect', newer, rope(5e5, 8), rope(2e4)],
    ['both', { ...older, ...newer }, rope(5e5, 8), rope(2e4)],
  ])('positions by kind of layer, stated by %s', (_, fields, full, local) => {
    const config = parseModelConfig({ ...gemma, ...fields });
    expect({ theta: config.ropeTheta, scaling: config.ropeScaling }).toEqual(full);
    expect(config.local?.rope).toEqual(local);
    expect(config.local?.layers).toEqual([true, true, true, true, true, false, true]);
    expect([config.tiedHead, config.attentionScale]).toEqual([true, 1 / 5]);
  });

  test('what is computed in another way is refused by the name of its field', () => {
    for (const [field, value] of [
      ['attn_logit_softcapping', 50],
      ['final_logit_softcapping', 30],
      ['use_bidirectional_attention', true],
    ] as const) {
      expect(() => parseModelConfig({ ...gemma, [field]: value })).toThrow(field);
      expect(parseModelConfig({ ...gemma, [field]: null }).layers).toBe(7);
    }
    expect(() => parseModelConfig({ ...gemma, hidden_activation: 'relu' })).toThrow('relu');
    expect(() => parseModelConfig({ ...gemma, sliding_window: null })).toThrow(StudioError);
  });
});

describe('phi3', () => {
  const phi = {
    ...{ model_type: 'phi3', hidden_size: 64, num_hidden_layers: 2, vocab_size: 300 },
    ...{ num_attention_heads: 8, intermediate_size: 96, max_position_embeddings: 4096 },
    original_max_position_embeddings: 1024,
  };
  const scaling = { type: 'longrope', short_factor: [1, 1.5, 2, 3], long_factor: [1, 2, 4, 8] };

  test('has a window where one is stated', () => {
    expect(parseModelConfig(phi).local).toBeNull();
    expect(parseModelConfig({ ...phi, sliding_window: null }).local).toBeNull();
    const windows = parseModelConfig({ ...phi, sliding_window: 2047 }).local;
    expect([windows?.window, windows?.layers]).toEqual([2047, [true, true]]);
  });

  test('longrope is run within its original context, by its short factors', () => {
    for (const rope_scaling of [scaling, { ...scaling, type: 'su' }]) {
      const config = parseModelConfig({ ...phi, rope_scaling });
      expect(config.contextLength).toBe(1024);
      expect(config.ropeScaling).toEqual({
        ...{ type: 'longrope', factors: [1, 1.5, 2, 3] },
        magnitude: Math.sqrt(1 + Math.log(4) / Math.log(1024)),
      });
    }
    expect(() =>
      parseModelConfig({ ...phi, rope_scaling: { ...scaling, short_factor: [1, 2] } }),
    ).toThrow(StudioError);
    expect(() => parseModelConfig({ ...phi, partial_rotary_factor: 0.75 })).toThrow(StudioError);
  });
});
