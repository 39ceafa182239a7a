/** Phi-3 and Phi-4: Llama's block, with queries, keys and values in one matrix and gate and up in another. */
import type { Architecture } from './architecture.ts';
import { llamaTensors } from './llama.ts';

export const phi3 = {
  name: 'phi3',
  className: 'Phi3ForCausalLM',
  config: {
    contextLength: 4096,
    headSize: null,
    attentionBias: 'none',
    feedForwardBias: 'none',
    windows: 'every-layer-if-stated',
  },
  block: { activation: 'silu' },
  tensors: {
    ...llamaTensors,
    fused: [
      { huggingFace: 'self_attn.qkv_proj', gguf: 'attn_qkv', parts: ['q', 'k', 'v'] },
      { huggingFace: 'mlp.gate_up_proj', gguf: 'ffn_up', parts: ['gate', 'up'] },
    ],
  },
  gguf: {
    architecture: 'phi3',
    windowed: false,
    pairedRows: [],
    ropeDivisors: false,
    implied: { hidden_act: 'silu' },
    attentionBias: false,
    feedForwardBias: false,
    turnEnds: ['<|end|>'],
    preTokenizer: null,
  },
} as const satisfies Architecture;
