/** Qwen2 and Qwen2.5: Llama's block with biases on queries, keys and values. */
import type { Architecture } from './architecture.ts';
import { llamaTensors } from './llama.ts';

export const qwen2 = {
  name: 'qwen2',
  className: 'Qwen2ForCausalLM',
  config: {
    contextLength: 32_768,
    headSize: null,
    attentionBias: 'query-key-value',
    feedForwardBias: 'none',
    windows: 'named-layers',
  },
  block: { activation: 'silu' },
  tensors: llamaTensors,
  gguf: {
    architecture: 'qwen2',
    windowed: false,
    pairedRows: [],
    ropeDivisors: false,
    implied: { hidden_act: 'silu' },
    attentionBias: true,
    feedForwardBias: false,
    turnEnds: ['<|im_end|>'],
    // Every Qwen model has the same one.
    preTokenizer: 'qwen2',
  },
} as const satisfies Architecture;
