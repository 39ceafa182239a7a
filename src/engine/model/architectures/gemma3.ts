/**
 * The text part of Gemma 3 and MedGemma, alone or beside an encoder of pictures: norms before and after both
 * blocks, GELU in its gate, and local layers with a window and a separate rotary base.
 */
import type { Architecture } from './architecture.ts';
import { llamaTensors } from './llama.ts';

export const gemma3 = {
  name: 'gemma3_text',
  className: 'Gemma3ForCausalLM',
  config: {
    partOf: { modelType: 'gemma3', field: 'text_config' },
    // Models with pictures state in their files only the differences from these values.
    sizes: {
      vocab_size: 262_208,
      hidden_size: 2304,
      intermediate_size: 9216,
      num_hidden_layers: 26,
      num_attention_heads: 8,
      num_key_value_heads: 4,
    },
    contextLength: 131_072,
    headSize: 256,
    attentionBias: 'declared',
    feedForwardBias: 'none',
    windows: 'local-layers',
    tiedHead: true,
    ropeTheta: 1_000_000,
    queryScalar: true,
    unset: ['attn_logit_softcapping', 'final_logit_softcapping', 'use_bidirectional_attention'],
  },
  block: { activation: 'gelu-tanh', normsAddOne: true, scaledEmbedding: true },
  tensors: {
    ...llamaTensors,
    block: {
      ...llamaTensors.block,
      queryNorm: { huggingFace: 'self_attn.q_norm', gguf: 'attn_q_norm' },
      keyNorm: { huggingFace: 'self_attn.k_norm', gguf: 'attn_k_norm' },
      attentionOutputNorm: { huggingFace: 'post_attention_layernorm', gguf: 'post_attention_norm' },
      feedForwardNorm: { huggingFace: 'pre_feedforward_layernorm', gguf: 'ffn_norm' },
      feedForwardOutputNorm: { huggingFace: 'post_feedforward_layernorm', gguf: 'post_ffw_norm' },
    },
  },
  gguf: {
    architecture: 'gemma3',
    windowed: false,
    pairedRows: [],
    ropeDivisors: false,
    implied: { hidden_activation: 'gelu_pytorch_tanh' },
    normsAddOne: true,
    attentionBias: false,
    feedForwardBias: false,
    turnEnds: ['<end_of_turn>'],
    preTokenizer: null,
  },
} as const satisfies Architecture;
