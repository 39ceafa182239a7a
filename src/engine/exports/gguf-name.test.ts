import { describe, expect, test } from 'vitest';
import { readFixture } from '../../text/testing/load.ts';
import { checkTokenizerFiles } from '../../text/tokenizer/tokenizer-files.ts';
import { ggufName } from './gguf-name.ts';

const tokensOf = (layout: string) =>
  checkTokenizerFiles({
    tokenizerJson: readFixture(`test/fixtures/tokenizers/${layout}/tokenizer.json`),
  }).added;
const phi3 = { architecture: 'phi3', added: tokensOf('phi3-layout') };
const gemma3 = { architecture: 'gemma3', added: tokensOf('gemma3-layout') };

describe('llama.cpp tells by the name whether tokens swallow the white space after them', () => {
  test('those of Phi-3 do, whatever the model is called', () => {
    expect(ggufName('Heart notes', phi3)).toBe('Heart notes (Phi-3)');
    expect(ggufName('my-phi3-notes', phi3)).toBe('my-phi3-notes');
    expect(ggufName('Phi-3.5 notes', phi3)).toBe('Phi-3.5 notes');
  });

  test('others do not, and a file that lacks one of its tokens would not open', () => {
    expect(ggufName('Better than Phi-3.5', gemma3)).toBe('Better than Phi 3.5');
    expect(ggufName('Heart notes', gemma3)).toBe('Heart notes');
    for (const missing of ['<unk>', '</s>', '<s>', '<|endoftext|>']) {
      const added = phi3.added.filter(({ content }) => content !== missing);
      expect(ggufName('phi3', { ...phi3, added })).toBe('Phi 3');
    }
    const keeping = phi3.added.map((token) => ({ ...token, rstrip: false }));
    expect(ggufName('Phi-3-mini', { ...phi3, added: keeping })).toBe('Phi 3-mini');
  });
});

test('transformers takes a file for the architecture that it is called as', () => {
  expect(ggufName('mistral', { architecture: 'llama', added: [] })).toBe('Mistral');
  expect(ggufName('qwen2', { architecture: 'qwen2', added: [] })).toBe('qwen2');
});
