/** Mistral: Llama without biases, with a window in every layer. llama.cpp calls it llama. */
import type { Architecture } from './architecture.ts';
import { llama } from './llama.ts';

export const mistral = {
  ...llama,
  name: 'mistral',
  className: 'MistralForCausalLM',
  config: {
    contextLength: 131_072,
    headSize: null,
    attentionBias: 'none',
    feedForwardBias: 'none',
    windows: 'every-layer',
  },
  gguf: { ...llama.gguf, windowed: true, turnEnds: [] },
} as const satisfies Architecture;
