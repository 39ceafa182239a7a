/**
 * Bases that are known to train well here: where a hub has them, and their published config.json as far as shapes go.
 *
 * Licences are the tags of the models' pages on the hub, read in stored copies of those pages; for gemma-3-270m-it and
 * Qwen1.5-1.8B-Chat only the pages of gemma-3-1b-it and Qwen1.5-1.8B were found. Sizes of tokenizers and of the files
 * that a test compares with are those of the file lists there. Sizes of weights follow from the shapes.
 */

export interface KnownBase {
  /** Owner and name on huggingface.co. */
  readonly name: string;
  /** Identifier of the licence, as the hub has it. */
  readonly licence: string;
  /** Bytes of its tokenizer files, about. */
  readonly tokenizerBytes: number;
  /** Whether its file has the head although it is the embedding's copy. */
  readonly storesTiedHead?: true;
  readonly config: Readonly<Record<string, unknown>>;
}

const qwen = {
  model_type: 'qwen2',
  hidden_act: 'silu',
  max_position_embeddings: 32_768,
  num_hidden_layers: 24,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  sliding_window: 32_768,
  use_sliding_window: false,
  vocab_size: 151_936,
};

const smol = {
  model_type: 'llama',
  hidden_act: 'silu',
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
  vocab_size: 49_152,
};

const gemma = {
  model_type: 'gemma3_text',
  head_dim: 256,
  hidden_activation: 'gelu_pytorch_tanh',
  max_position_embeddings: 32_768,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  query_pre_attn_scalar: 256,
  rms_norm_eps: 1e-6,
  rope_local_base_freq: 10_000,
  rope_theta: 1_000_000,
  sliding_window: 512,
  sliding_window_pattern: 6,
  vocab_size: 262_144,
};

/** Smallest first. Of models that ask for a sign-in, a copy that does not: the studio signs in nowhere. */
export const knownBases: readonly KnownBase[] = [
  {
    name: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    licence: 'apache-2.0',
    tokenizerBytes: 2.1e6,
    config: {
      ...smol,
      hidden_size: 576,
      intermediate_size: 1536,
      num_attention_heads: 9,
      num_hidden_layers: 30,
      num_key_value_heads: 3,
    },
  },
  {
    name: 'unsloth/gemma-3-270m-it',
    licence: 'gemma',
    tokenizerBytes: 34.6e6,
    config: { ...gemma, hidden_size: 640, intermediate_size: 2048, num_hidden_layers: 18 },
  },
  {
    name: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    licence: 'apache-2.0',
    tokenizerBytes: 2.1e6,
    config: {
      ...smol,
      hidden_size: 960,
      intermediate_size: 2560,
      num_attention_heads: 15,
      num_hidden_layers: 32,
      num_key_value_heads: 5,
    },
  },
  {
    name: 'Qwen/Qwen2.5-0.5B-Instruct',
    licence: 'apache-2.0',
    tokenizerBytes: 7.03e6,
    config: {
      ...qwen,
      hidden_size: 896,
      intermediate_size: 4864,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      tie_word_embeddings: true,
    },
  },
  {
    name: 'Qwen/Qwen1.5-0.5B-Chat',
    licence: 'tongyi-qianwen-research',
    tokenizerBytes: 7.03e6,
    storesTiedHead: true,
    config: {
      ...qwen,
      hidden_size: 1024,
      intermediate_size: 2816,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      tie_word_embeddings: true,
    },
  },
  {
    name: 'Qwen/Qwen3-0.6B',
    licence: 'apache-2.0',
    tokenizerBytes: 11.4e6,
    storesTiedHead: true,
    config: {
      ...qwen,
      model_type: 'qwen3',
      attention_bias: false,
      head_dim: 128,
      hidden_size: 1024,
      intermediate_size: 3072,
      max_position_embeddings: 40_960,
      num_attention_heads: 16,
      num_hidden_layers: 28,
      num_key_value_heads: 8,
      sliding_window: null,
      tie_word_embeddings: true,
    },
  },
  {
    name: 'unsloth/gemma-3-1b-it',
    licence: 'gemma',
    tokenizerBytes: 34.6e6,
    config: { ...gemma, hidden_size: 1152, intermediate_size: 6912, num_hidden_layers: 26 },
  },
  {
    name: 'unsloth/Llama-3.2-1B-Instruct',
    licence: 'llama3.2',
    tokenizerBytes: 17.3e6,
    config: {
      model_type: 'llama',
      attention_bias: false,
      head_dim: 64,
      hidden_act: 'silu',
      hidden_size: 2048,
      intermediate_size: 8192,
      max_position_embeddings: 131_072,
      mlp_bias: false,
      num_attention_heads: 32,
      num_hidden_layers: 16,
      num_key_value_heads: 8,
      rms_norm_eps: 1e-5,
      rope_scaling: {
        factor: 32,
        high_freq_factor: 4,
        low_freq_factor: 1,
        original_max_position_embeddings: 8192,
        rope_type: 'llama3',
      },
      rope_theta: 500_000,
      tie_word_embeddings: true,
      vocab_size: 128_256,
    },
  },
  {
    name: 'Qwen/Qwen1.5-1.8B-Chat',
    licence: 'tongyi-qianwen-research',
    tokenizerBytes: 7.03e6,
    config: {
      ...qwen,
      hidden_size: 2048,
      intermediate_size: 5504,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      tie_word_embeddings: false,
    },
  },
];
