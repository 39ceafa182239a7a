import { expect, test } from 'vitest';
import { reasonInWords } from './proposal-words.ts';

const bytes = { before: 4e9, after: 2e9 };

test('every change of a proposal in words, with what it costs', () => {
  const words = [
    reasonInWords({ kind: 'micro-batch', from: 3072, to: 1024, ...bytes }),
    reasonInWords({ kind: 'checkpointing', from: 'none', to: 'block', ...bytes }),
    reasonInWords({ kind: 'checkpointing', from: 'block', to: 'none', ...bytes }),
    reasonInWords({ kind: 'moments', from: 'float32', to: '8-bit', ...bytes }),
    reasonInWords({ kind: 'length', from: 2000, to: 512, ...bytes }),
  ].map(({ what, why }) => `${what}. ${why}`);
  expect(words).toEqual([
    'micro-batches of 1,024 instead of 3,072 tokens. The losses stay the same: a step goes through its records in more pieces.',
    'each block computed again in the backward pass. The losses stay the same; a step takes up to a third longer.',
    'all activations kept. The losses stay the same, and steps are faster.',
    'AdamW moments in 8 bits. They take a quarter of the memory and are rounded at random: losses differ a little.',
    'records cut at 512 tokens. The longest record uses 2,000 tokens: what is cut off is not learned.',
  ]);
});
