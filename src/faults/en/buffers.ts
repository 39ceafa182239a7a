/** What buffers of the device are for, in English. */
import type { BufferWords } from '../words.ts';

export const buffers = {
  groups: {
    embedding: 'the embedding of the base model',
    head: 'the output layer of the base model',
    weights: 'the weights of the base model',
    rotary: 'the tables of positions',
    'branch-parameters': 'the parameters of the branches',
    gradients: 'the gradients of the branches',
    moments: 'the optimiser moments',
    logits: 'the scores of every token of the vocabulary (logits)',
    losses: 'the loss and its targets',
    orthogonal: 'the orthogonal loss',
    attention: 'the activations of the attention',
    'feed-forward': 'the activations of the feed-forward block',
    'between-layers': 'the activations between the layers',
    'branch-activations': 'the activations of the branches',
    routing: 'the choices of the router',
    cache: 'the key-value cache',
    answers: 'the tokens of the answers',
    inputs: 'the input tokens and their places',
    scratch: 'the activations',
    uniforms: 'the parameters of the kernels',
    'read-back': 'the read-back of results',
    other: 'a part of the computation',
  },
  ofLayer: (what, layer) => `${what}, layer ${layer}`,
  backward: (what) => `${what}, in the backward pass`,
} satisfies BufferWords;
