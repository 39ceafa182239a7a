/** Qwen3: Llama's block with a norm of each query and key, and a head size that config.json states. */
import type { Architecture } from './architecture.ts';
import { llamaTensors } from './llama.ts';
import { qwen2 } from './qwen2.ts';

export const qwen3 = {
  name: 'qwen3',
  className: 'Qwen3ForCausalLM',
  config: {
    contextLength: 32_768,
    headSize: 128,
    attentionBias: 'declared',
    feedForwardBias: 'none',
    windows: 'named-layers',
  },
  block: { activation: 'silu' },
  tensors: {
    ...llamaTensors,
    block: {
      ...llamaTensors.block,
      queryNorm: { huggingFace: 'self_attn.q_norm', gguf: 'attn_q_norm' },
      keyNorm: { huggingFace: 'self_attn.k_norm', gguf: 'attn_k_norm' },
    },
  },
  gguf: { ...qwen2.gguf, architecture: 'qwen3', attentionBias: false },
} as const satisfies Architecture;
