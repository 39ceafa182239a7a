/**
 * Gemma 3, the part that reads and writes text (270M, 1B, MedGemma 27B text): norms before and after both
 * blocks, GELU in its gate, local layers with a window and a rotary base of their own.
 */
import type { Architecture } from './architecture.ts';
import { llamaTensors } from './llama.ts';

export const gemma3 = {
  name: 'gemma3_text',
  className: 'Gemma3ForCausalLM',
  config: {
    contextLength: 131_072,
    headSize: 256,
    attentionBias: 'declared',
    feedForwardBias: 'none',
    windows: 'local-layers',
    runsWindows: true,
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
    localLayers: true,
    attentionBias: false,
    feedForwardBias: false,
    preTokenizer: null,
  },
} as const satisfies Architecture;
