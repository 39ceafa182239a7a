/** Llama: the names that most architectures share, declared biases, no windows. */
import { projectionModules } from '../projections.ts';
import type { Architecture } from './architecture.ts';

const pair = (huggingFace: string, gguf: string) => ({ huggingFace, gguf });

/** Tensors as Llama names them. */
export const llamaTensors = {
  outside: {
    embedding: pair('model.embed_tokens', 'token_embd'),
    finalNorm: pair('model.norm', 'output_norm'),
    head: pair('lm_head', 'output'),
  },
  block: {
    attentionNorm: pair('input_layernorm', 'attn_norm'),
    q: pair(projectionModules.q, 'attn_q'),
    k: pair(projectionModules.k, 'attn_k'),
    v: pair(projectionModules.v, 'attn_v'),
    o: pair(projectionModules.o, 'attn_output'),
    feedForwardNorm: pair('post_attention_layernorm', 'ffn_norm'),
    gate: pair(projectionModules.gate, 'ffn_gate'),
    up: pair(projectionModules.up, 'ffn_up'),
    down: pair(projectionModules.down, 'ffn_down'),
  },
  fused: [],
} as const satisfies Architecture['tensors'];

export const llama = {
  name: 'llama',
  className: 'LlamaForCausalLM',
  config: {
    contextLength: 2048,
    headSize: null,
    attentionBias: 'declared',
    feedForwardBias: 'declared',
    windows: 'none',
  },
  block: { activation: 'silu' },
  tensors: llamaTensors,
  gguf: {
    architecture: 'llama',
    windowed: false,
    pairedRows: ['q', 'k'],
    ropeDivisors: true,
    implied: { hidden_act: 'silu' },
    attentionBias: true,
    feedForwardBias: true,
    turnEnds: ['<|eot_id|>', '<|eom_id|>'],
    preTokenizer: null,
  },
} as const satisfies Architecture;
