import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { readFixture } from '../testing/load.ts';
import { openVocabulary } from './vocabulary.ts';

const unigram = JSON.stringify({
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['▁a', -1],
      ['b', -2],
    ],
  },
  added_tokens: [
    { id: 0, content: '<unk>', special: true },
    { id: 5, content: '<end>' },
  ],
  ...{ normalizer: null, pre_tokenizer: null, post_processor: null },
  decoder: { type: 'Metaspace', replacement: '▁' },
});
const wordPiece = JSON.stringify({
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 2, heart: 0, '##s': 1 } },
  added_tokens: [{ id: 2, content: '[UNK]', special: true }],
  ...{ normalizer: null, pre_tokenizer: null, post_processor: null },
  decoder: { type: 'WordPiece', prefix: '##' },
});

const tokenizers: readonly (readonly [string, string, string])[] = [
  ...[
    'test/fixtures/tokenizers/qwen2.5',
    'public/models/medcare-nano',
    'public/models/stories260k',
  ].map(
    (folder) =>
      [
        folder,
        readFixture(`${folder}/tokenizer.json`),
        readFixture(`${folder}/tokenizer_config.json`),
      ] as const,
  ),
  ['Unigram', unigram, '{}'],
  ['WordPiece', wordPiece, '{}'],
];

test.each(tokenizers)(
  '%s: every token is the one that the library knows',
  (_name, json, config) => {
    const vocabulary = openVocabulary({ tokenizerJson: json, tokenizerConfigJson: config });
    const library = new Tokenizer(
      JSON.parse(json) as Record<string, unknown>,
      JSON.parse(config) as Record<string, unknown>,
    );
    const wrong: number[] = [];
    for (let id = 0; id <= vocabulary.vocabularySize; id += 1) {
      const piece = library.id_to_token(id);
      if (vocabulary.pieceOf(id) !== piece) wrong.push(id);
      else if (piece && vocabulary.idOf(piece) !== library.token_to_id(piece)) wrong.push(id);
    }
    expect(wrong).toEqual([]);
    expect(vocabulary.pieceOf(vocabulary.vocabularySize - 1)).toEqual(expect.any(String));
  },
);

test('a pattern that never comes to an end is not followed', () => {
  const bomb = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' };
  const json = {
    ...(JSON.parse(unigram) as object),
    normalizer: bomb,
    pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' },
    // The library normalises this token when the tokenizer is made.
    added_tokens: [{ id: 6, content: `${'a'.repeat(60)}!`, normalized: true }],
  };
  const vocabulary = openVocabulary({ tokenizerJson: JSON.stringify(json) });
  expect(vocabulary.spell([1, 2, 6])).toBe(`ab${'a'.repeat(60)}!`);
});
