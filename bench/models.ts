/** The shapes of published models, for measurements with random weights. */
import { parseModelConfig, type ModelConfig } from '../src/engine/model/config.ts';

/** config.json of published models, as far as shapes go. */
const models = {
  'qwen2.5-0.5b': {
    hidden_size: 896,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    intermediate_size: 4864,
    tie_word_embeddings: true,
  },
  'qwen1.5-0.5b': {
    hidden_size: 1024,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    intermediate_size: 2816,
    tie_word_embeddings: true,
  },
  'qwen1.5-1.8b': {
    hidden_size: 2048,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    intermediate_size: 5504,
    tie_word_embeddings: false,
  },
  'qwen1.5-7b': {
    hidden_size: 4096,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 32,
    intermediate_size: 11_008,
    tie_word_embeddings: false,
  },
  'qwen1.5-14b': {
    hidden_size: 5120,
    num_hidden_layers: 40,
    num_attention_heads: 40,
    num_key_value_heads: 40,
    intermediate_size: 13_696,
    vocab_size: 152_064,
    tie_word_embeddings: false,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type PublishedModel = keyof typeof models;

function isPublished(name: string): name is PublishedModel {
  return Object.hasOwn(models, name);
}

/** @throws Error for a name that is not in the list */
export function publishedConfig(name: string): ModelConfig {
  if (!isPublished(name))
    throw new Error(`Model ${name}: must be one of ${Object.keys(models).join(', ')}`);
  return parseModelConfig({
    model_type: 'qwen2',
    num_hidden_layers: 24,
    vocab_size: 151_936,
    max_position_embeddings: 32_768,
    rope_theta: 1e6,
    rms_norm_eps: 1e-6,
    ...models[name],
  });
}
