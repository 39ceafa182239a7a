import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';
import { ggufVocabulary } from './gguf-vocabulary.ts';
import { checkTokenizerFiles } from './tokenizer-files.ts';

const LLAMA3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const bytes = (words: boolean): JsonObject => {
  return { type: 'ByteLevel', add_prefix_space: false, use_regex: words };
};
const split = (regex: string): JsonObject => {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
};
const sequence = (...pretokenizers: JsonObject[]): JsonObject => {
  return { type: 'Sequence', pretokenizers };
};

/** A byte-level BPE of four letters and three added tokens. */
function byteLevel(change: JsonObject = {}, model: JsonObject = {}): JsonObject {
  return {
    added_tokens: [
      { id: 5, content: '<|end|>', special: false },
      { id: 6, content: '<s>', special: true },
      { id: 8, content: 'two▁words', special: false },
    ],
    normalizer: null,
    pre_tokenizer: bytes(true),
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: { a: 0, b: 1, ab: 2, Ġ: 3, Ġab: 4 },
      merges: [
        ['a', 'b'],
        ['Ġ', 'ab'],
      ],
      ...model,
    },
    ...change,
  };
}

/** A SentencePiece-style BPE. */
function pieces(model: JsonObject, change: JsonObject = {}): JsonObject {
  return {
    added_tokens: [{ id: 0, content: '<unk>', special: true }],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
    model: { type: 'BPE', unk_token: '<unk>', byte_fallback: true, ...model },
    ...change,
  };
}

function vocabulary(json: JsonObject, size = 10): Record<string, unknown> {
  const entries = ggufVocabulary(checkTokenizerFiles({ tokenizerJson: JSON.stringify(json) }), {
    size,
    special: { bos: 6, eos: 5, padding: undefined },
    addBos: true,
    template: '{{ messages }}',
  });
  return Object.fromEntries(
    [...entries].map(([key, { value }]) => [
      key.replace('tokenizer.ggml.', ''),
      typeof value === 'object' ? [...value] : value,
    ]),
  );
}

function codeOf(json: JsonObject): string {
  try {
    vocabulary(json);
    return 'accepted';
  } catch (error) {
    return error instanceof StudioError ? error.code : String(error);
  }
}

describe('byte-level vocabularies', () => {
  test('tokens, types, merges, special ids and rows without a token', () => {
    expect(vocabulary(byteLevel())).toEqual({
      model: 'gpt2',
      pre: 'gpt-2',
      tokens: ['a', 'b', 'ab', 'Ġ', 'Ġab', '<|end|>', '<s>', '[PAD7]', 'two words', '[PAD9]'],
      token_type: [1, 1, 1, 1, 1, 3, 3, 5, 4, 5],
      merges: ['a b', 'Ġ ab'],
      'normalizer.nfc': false,
      bos_token_id: 6,
      eos_token_id: 5,
      add_bos_token: true,
      add_eos_token: false,
      'tokenizer.chat_template': '{{ messages }}',
    });
  });

  test('merges written as one text are the same merges', () => {
    const json = byteLevel({}, { merges: ['a b', 'Ġ ab'] });
    expect(vocabulary(json)).toEqual(vocabulary(byteLevel()));
  });

  test.each<[string, JsonValue, boolean]>([
    ['llama-bpe', sequence(split(LLAMA3), bytes(false)), true],
    ['smaug-bpe', sequence(split(LLAMA3), bytes(false)), false],
    ['qwen2', sequence(split(LLAMA3.replace('{1,3}', '')), bytes(false)), false],
    ['smollm', sequence({ type: 'Digits', individual_digits: true }, bytes(true)), false],
    ['gpt-2', sequence(bytes(true)), false],
  ])('the cut of %s is recognised', (name, preTokenizer, ignoresMerges) => {
    const json = byteLevel({ pre_tokenizer: preTokenizer }, { ignore_merges: ignoresMerges });
    expect(vocabulary(json)['pre']).toBe(name);
  });

  test.each<[string, JsonObject]>([
    ['a pattern of its own', { pre_tokenizer: sequence(split('\\w+'), bytes(false)) }],
    ['a space before the text', { pre_tokenizer: { ...bytes(true), add_prefix_space: true } }],
    ['digits in groups', { pre_tokenizer: sequence({ type: 'Digits' }, bytes(true)) }],
    [
      'a split that drops',
      {
        pre_tokenizer: sequence({ ...split(LLAMA3), behavior: 'Removed' }, bytes(false)),
      },
    ],
    ['lower case', { normalizer: { type: 'Lowercase' } }],
    ['another kind', { decoder: { type: 'WordPiece' } }],
  ])('%s is refused', (_what, change) => {
    expect(codeOf(byteLevel(change))).toBe('gguf-tokenizer');
  });

  test('NFC is kept', () => {
    const json = byteLevel({ normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }] } });
    expect(vocabulary(json)['normalizer.nfc']).toBe(true);
  });
});

describe('SentencePiece-style vocabularies', () => {
  const vocab = { '<unk>': 0, '<0x0A>': 1, ab: 2, '▁ab': 3, '▁': 4, a: 5, b: 6 };
  const merges = [
    ['a', 'b'],
    ['▁', 'ab'],
  ];

  test('scores follow the merges, letters come last', () => {
    const told = vocabulary(pieces({ vocab, merges }), 7);
    expect(told).toMatchObject({
      model: 'llama',
      pre: 'default',
      scores: [0, 0, -0, -1, -2, -3, -4],
      token_type: [2, 6, 1, 1, 1, 1, 1],
      unknown_token_id: 0,
      add_space_prefix: true,
    });
    expect(told['merges']).toBeUndefined();
  });

  test('tokens that could be joined from parts that no merge lists are refused', () => {
    const more = { ...vocab, '▁a': 7 };
    expect(codeOf(pieces({ vocab: more, merges }))).toBe('gguf-tokenizer');
    const all = [...merges, ['▁', 'a'], ['▁a', 'b']];
    expect(codeOf(pieces({ vocab: more, merges: all }))).toBe('accepted');
  });

  test('a Unigram model keeps its scores', () => {
    const scored = [
      ['<unk>', 0],
      ['▁ab', -1.5],
      ['a', -2.25],
    ];
    const told = vocabulary(pieces({ type: 'Unigram', unk_id: 0, vocab: scored }), 3);
    expect(told).toMatchObject({ scores: [0, -1.5, -2.25], token_type: [2, 1, 1] });
  });

  test.each<[JsonValue, boolean]>([
    [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' }, true],
    [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'never' }, false],
    [{ type: 'Metaspace', replacement: '▁', add_prefix_space: false }, false],
    [null, false],
  ])('whether a space goes first: %j', (preTokenizer, due) => {
    const json = pieces({ vocab, merges }, { normalizer: null, pre_tokenizer: preTokenizer });
    expect(vocabulary(json, 7)['add_space_prefix']).toBe(due);
  });
});
