import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { templateFor } from '../../text/template/chat-template.ts';
import { loadTestTokenizer } from '../../text/testing/load.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { memorySource } from '../files/byte-source.ts';
import { readGgufHeader } from './gguf.ts';
import { scoreMerges } from './gguf-merges.ts';
import { GgufFacts } from './gguf-metadata.ts';
import { preTokenizers } from './gguf-pretokenizers.ts';
import { tokenizerTexts } from './gguf-tokenizer.ts';
import type { TokenizerTexts } from './gguf-tokenizer.ts';
import { buildGguf, u32 } from '../testing/gguf-bytes.ts';
import type { HeaderValue } from '../testing/gguf-bytes.ts';

type Metadata = Record<string, HeaderValue>;

/** The texts for metadata whose keys are given without `tokenizer.ggml.`. */
async function textsOf(
  keys: Metadata,
  usual: string | null = null,
  template?: string,
): Promise<TokenizerTexts> {
  const metadata = Object.entries(keys).map(
    ([key, value]) => [`tokenizer.ggml.${key}`, value] as const,
  );
  const all =
    template === undefined
      ? metadata
      : [...metadata, ['tokenizer.chat_template', template] as const];
  const header = await readGgufHeader(memorySource('t.gguf', buildGguf({ metadata: all })));
  const turnEnds = ['<|im_end|>', '<|eot_id|>'];
  return tokenizerTexts(new GgufFacts('t.gguf', header, []), { preTokenizer: usual, turnEnds });
}

function load(texts: TokenizerTexts): TextTokenizer {
  const { tokenizerJson, tokenizerConfigJson, generationConfigJson } = texts;
  return loadTokenizer({
    tokenizerJson,
    tokenizerConfigJson,
    ...(generationConfigJson === null ? {} : { generationConfigJson }),
  });
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const strings = (...values: string[]): HeaderValue => ({ type: 'strings', values });
const types = (...values: number[]): HeaderValue => ({ type: 'i32s', values });

describe('at the size of a real vocabulary', () => {
  interface QwenFile {
    readonly model: {
      readonly vocab: Readonly<Record<string, number>>;
      readonly merges: readonly (string | readonly [string, string])[];
    };
    readonly added_tokens: readonly { id: number; content: string; special: boolean }[];
  }
  const folder = 'test/fixtures/tokenizers/qwen2.5';

  /** Qwen2.5's tokenizer as llama.cpp's converter writes it, filled up to the rows of the embedding. */
  async function converted(): Promise<TokenizerTexts> {
    const file = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8')) as QwenFile;
    const config = JSON.parse(readFileSync(`${folder}/tokenizer_config.json`, 'utf8')) as {
      chat_template: string;
    };
    const tokens = Array.from({ length: 151_936 }, (_, id) => `[PAD${id}]`);
    const kinds = Array<number>(tokens.length).fill(5);
    for (const [token, id] of Object.entries(file.model.vocab)) {
      tokens[id] = token;
      kinds[id] = 1;
    }
    for (const { id, content, special } of file.added_tokens) {
      tokens[id] = content;
      kinds[id] = special ? 3 : 4;
    }
    const merges = file.model.merges.map((merge) =>
      typeof merge === 'string' ? merge : merge.join(' '),
    );
    const keys: Metadata = {
      model: 'gpt2',
      pre: 'qwen2',
      tokens: { type: 'strings', values: tokens },
      token_type: { type: 'i32s', values: kinds },
      merges: { type: 'strings', values: merges },
      bos_token_id: u32(151_643),
      eos_token_id: u32(151_645),
      padding_token_id: u32(151_643),
      add_bos_token: false,
    };
    return textsOf(keys, 'qwen2', config.chat_template);
  }

  test('Qwen2.5: every reference text has its ids, decodes and renders as in the folder', async () => {
    const { cases, chats } = JSON.parse(
      readFileSync('test/fixtures/tokenizers/qwen2.5.cases.json', 'utf8'),
    ) as {
      cases: readonly { text: string; ids: number[]; decoded: string }[];
      chats: readonly { text: string; ids: number[] }[];
    };
    const own = load(await converted());
    const original = loadTestTokenizer(folder);
    expect(cases.length).toBeGreaterThan(20);
    for (const { text, ids, decoded } of cases) {
      expect([...own.encode(text)]).toEqual(ids);
      expect([...own.encodeWithBos(text)]).toEqual(ids);
      expect(own.decode(ids)).toBe(decoded);
    }
    for (const { text, ids } of chats) expect([...own.encode(text)]).toEqual(ids);
    expect(own.vocabularySize).toBe(original.vocabularySize);
    expect(own).toMatchObject({ bosId: undefined, eosIds: [151_645], padId: 151_643 });
    const messages = [{ role: 'user', content: '发烧怎么办？' }] as const;
    const options = { addGenerationPrompt: true, bosToken: '', eosToken: '<|im_end|>' };
    expect(templateFor(own, 'model').render(messages, options)).toBe(
      templateFor(original, 'model').render(messages, options),
    );
  });
});

describe('how text is cut into words', () => {
  const TEXT = "Hello  world 12345\n don't cafeBAR!?";
  const rest = [' cafeBAR', '!?'];
  const GPT2 = ['Hello', ' ', ' world', ' 12345', '\n', ' don', "'t", ...rest];
  const QWEN2 = ['Hello', ' ', ' world', ' ', '1', '2', '3', '4', '5', '\n', ' don', "'t", ...rest];
  const LLAMA3 = ['Hello', ' ', ' world', ' ', '123', '45', '\n', ' don', "'t", ...rest];
  const SMOLLM = [
    'Hello',
    ' ',
    ' world',
    ' ',
    '1',
    '2',
    '3',
    '4',
    '5',
    '\n',
    ' don',
    "'t",
    ...rest,
  ];
  const TEKKEN = [
    ...['Hello', ' ', ' world', ' ', '1', '2', '3', '4', '5', '\n', ' don', "'t"],
    ...[' cafe', 'BAR', '!?'],
  ];
  const DEFAULT = [
    ...['Hello', ' ', ' world', ' ', '123', '45', '\n', ' don', "'", 't', ' cafeBAR', '!?'],
  ];
  test.each([
    ['gpt-2', GPT2],
    ['phi-2', GPT2],
    ['qwen2', QWEN2],
    ['deepseek-r1-qwen', QWEN2],
    ['llama-bpe', LLAMA3],
    ['llama3', LLAMA3],
    ['llama-v3', LLAMA3],
    ['falcon3', LLAMA3],
    ['smaug-bpe', LLAMA3],
    ['smollm', SMOLLM],
    ['starcoder', SMOLLM],
    ['refact', SMOLLM],
    ['codeshell', SMOLLM],
    ['tekken', TEKKEN],
    ['default', DEFAULT],
  ])('%s', (name, words) => {
    const library = new Tokenizer(
      {
        version: '1.0',
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: preTokenizers.get(name)?.steps ?? null,
        post_processor: null,
        decoder: { type: 'ByteLevel' },
        model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
      },
      {},
    );
    const cut: unknown = library.pre_tokenizer?.(TEXT);
    // Byte-level letters: Ġ is a space, Ċ a line break.
    const shown = (cut as string[]).map((w) => w.replaceAll('Ġ', ' ').replaceAll('Ċ', '\n'));
    expect(shown).toEqual(words);
  });

  test('every name has its words above', () => {
    expect(preTokenizers.size).toBe(15);
  });
});

describe('byte-level vocabularies', () => {
  const base: Metadata = {
    model: 'gpt2',
    pre: 'llama-bpe',
    tokens: strings('a', 'b', 'ab', '<|begin|>', '<|end|>', 'Ġ', '[PAD6]', '<tool>', 'c'),
    token_type: types(1, 1, 1, 3, 3, 1, 5, 4, 1),
    merges: strings('a b'),
    bos_token_id: u32(3),
    eos_token_id: u32(4),
  };

  test('special, user-defined and unused tokens', async () => {
    const own = load(await textsOf(base));
    expect([...own.encode('ab<|end|>a <tool>b')]).toEqual([2, 4, 0, 5, 7, 1]);
    expect([...own.encodeWithBos('ab')]).toEqual([3, 2]);
    expect(own.isSpecial(4)).toBe(true);
    expect(own.isSpecial(7)).toBe(false);
    expect(own.decode([2, 6, 7])).toBe('ab<tool>');
    expect(own.decode([2, 4, 7], { skipSpecial: true })).toBe('ab<tool>');
    expect(own.idOf('[PAD6]')).toBeUndefined();
    expect(own).toMatchObject({ bosId: 3, eosIds: [4], padId: undefined, eosToken: '<|end|>' });
  });

  test('the begin token goes first where the file or its kind says so', async () => {
    const first = async (change: Metadata, template?: string): Promise<unknown> => {
      const own = load(await textsOf({ ...base, ...change }, 'llama', template));
      return [own.bosToken, own.encodeWithBos('c')[0]];
    };
    expect(await first({})).toEqual(['<|begin|>', 3]);
    expect(await first({ add_bos_token: false })).toEqual(['', 8]);
    expect(await first({ add_bos_token: false }, '{{ bos_token }}')).toEqual(['<|begin|>', 8]);
    expect(await first({ pre: 'gpt-2' })).toEqual(['', 8]);
    expect(await first({ pre: 'gpt-2', add_bos_token: true })).toEqual(['<|begin|>', 3]);
  });

  test('a word that is a token is taken whole where merges are ignored', async () => {
    const words = { ...base, tokens: strings('a', 'b', 'c', 'abc', 'bc') };
    const ids = async (pre: string): Promise<number[]> => [
      ...load(
        await textsOf({ ...words, merges: strings('b c'), token_type: types(1, 1, 1, 1, 1), pre }),
      ).encode('abc'),
    ];
    expect(await ids('llama-bpe')).toEqual([3]);
    expect(await ids('gpt-2')).toEqual([0, 4]);
  });

  test('composed text where the kind or the file says so', async () => {
    // É is C3 89, spelled Ãī; E with the combining accent CC 81 is spelled EÌģ.
    const tokens = strings('E', 'Ã', 'ī', 'Ì', 'ģ', 'Ãī');
    const accents: Metadata = { model: 'gpt2', tokens, merges: strings('Ã ī') };
    const length = async (change: Metadata, usual?: string): Promise<number> =>
      load(await textsOf({ ...accents, ...change }, usual)).encode('E\u0301').length;
    expect(await length({ pre: 'qwen2' })).toBe(1);
    expect(await length({ pre: 'gpt-2' })).toBe(3);
    expect(await length({ pre: 'gpt-2', 'normalizer.nfc': true })).toBe(1);
    expect(await length({ pre: 'qwen2', 'normalizer.nfc': false })).toBe(3);
    // Files from before the name existed: the Qwen family has only one kind.
    expect(await length({}, 'qwen2')).toBe(1);
  });

  test('the ends of an answer: stated ones, else the one that the template writes', async () => {
    const chat: Metadata = {
      ...base,
      tokens: strings('a', '<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|eom|>'),
      token_type: types(1, 3, 3, 3, 3),
      merges: strings('a a'),
      eos_token_id: u32(1),
      bos_token_id: u32(1),
    };
    const ends = async (change: Metadata, template?: string): Promise<readonly number[]> =>
      load(await textsOf({ ...chat, ...change }, 'llama', template)).eosIds;
    expect(await ends({})).toEqual([1]);
    expect(await ends({}, "{{ m + '<|im_end|>' }}")).toEqual([1, 3]);
    expect(await ends({ eot_token_id: u32(3), eom_token_id: u32(4) })).toEqual([1, 3, 4]);
    // Converters write this id for a token that a model lacks.
    expect(await ends({ eot_token_id: u32(0xffffffff) })).toEqual([1]);
    const { generationConfigJson } = await textsOf({ ...chat, eos_token_id: u32(99) });
    expect(generationConfigJson).toBeNull();
  });

  test('framing tokens count as special also where the file has no types', async () => {
    const { token_type: _, ...untyped } = base;
    const own = load(await textsOf(untyped));
    expect(own.isSpecial(3) && own.isSpecial(4)).toBe(true);
    expect(own.isSpecial(7)).toBe(false);
    expect([...own.encode('a<|end|>')]).toEqual([0, 4]);
  });

  test('tokens with the names of JavaScript’s own properties', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'a'];
    const { tokenizerJson } = await textsOf({
      ...base,
      tokens: { type: 'strings', values: names },
      token_type: types(1, 1, 1, 1),
    });
    expect(tokenizerJson).toContain('"__proto__":0');
    const own = loadTokenizer({ tokenizerJson });
    expect(names.map((name) => own.idOf(name))).toEqual([0, 1, 2, 3]);
  });

  test.each<[string, Metadata, string?]>([
    ['its tokenizer is of the kind "bert"', { model: 'bert' }],
    ['its pre-tokenizer "mystery" is not one of those known here', { pre: 'mystery' }],
    ['it has no tokens', { tokens: strings() }],
    ['9 tokens but 2 token types', { token_type: types(1, 1) }],
    ['the token "a" has two ids', { tokens: strings('a', 'a'), token_type: types(1, 1) }],
    ['it has no merges', { merges: strings() }],
    ['"ab" is not a merge of two tokens', { merges: strings('ab') }],
    ['"a " is not a merge of two tokens', { merges: strings('a ') }],
    ['it puts a space before byte-level text', { add_space_prefix: true }],
    ['it changes text before cutting it (lowercase)', { 'normalizer.lowercase': true }],
  ])('%s', async (what, change) => {
    const message = await refusal(textsOf({ ...base, ...change }));
    expect(message).toMatch(/^gguf-tokenizer: The tokenizer of t\.gguf cannot be used: /);
    expect(message).toContain(what);
  });

  test('files without a tokenizer, or too old to say how words are cut', async () => {
    const { pre: _, ...old } = base;
    expect(await refusal(textsOf(old))).toContain('too old to say');
    expect(await refusal(textsOf({ tokens: strings('a') }))).toContain('it holds no tokenizer');
    const long = 'x'.repeat(9_999_999);
    const heavy = {
      ...base,
      tokens: strings(long, `${long}y`, `${long}z`),
      token_type: types(1, 1, 1),
    };
    expect(await refusal(textsOf(heavy))).toMatch(/gguf-tokenizer: .* at most 20000000 are read/);
  });
});

describe('SentencePiece vocabularies', () => {
  const pieces = ['<unk>', '<s>', '</s>', '<0x0A>', '▁', 'a', 'b', 'ab', '▁ab', '▁a', '<turn>'];
  const base: Metadata = {
    model: 'llama',
    tokens: strings(...pieces),
    scores: { type: 'f32s', values: [0, 0, 0, 0, -9, -8, -7, -1, -3, -2, 0] },
    token_type: types(2, 3, 3, 6, 1, 1, 1, 1, 1, 1, 4),
    bos_token_id: u32(1),
    eos_token_id: u32(2),
    unknown_token_id: u32(0),
  };

  test('scores decide, bytes stand in, user-defined tokens are kept whole', async () => {
    const own = load(await textsOf(base));
    // ab (−1) is merged before ▁a (−2), then ▁ab.
    expect([...own.encode('ab')]).toEqual([8]);
    expect([...own.encode('ab\nb')]).toEqual([8, 3, 6]);
    expect([...own.encode('a<turn>b')]).toEqual([9, 10, 4, 6]);
    expect([...own.encode('é')]).toEqual([4, 0]);
    expect([...own.encodeWithBos('ab')]).toEqual([1, 8]);
    expect(own.decode([1, 8, 3, 6], { skipSpecial: true })).toBe('ab\nb');
    expect([10, 0, 1, 2].map((id) => own.isSpecial(id))).toEqual([false, true, true, true]);
  });

  test('without the space in front', async () => {
    const own = load(await textsOf({ ...base, add_space_prefix: false, add_bos_token: false }));
    expect([...own.encode('ab ab')]).toEqual([7, 8]);
    expect([...own.encodeWithBos('ab')]).toEqual([7]);
    expect(own.decode([8])).toBe(' ab');
    expect(own.stripsLeadingSpace).toBe(false);
  });

  test('merges come by score, ways to one piece by the ids of its parts', () => {
    expect(scoreMerges(['a', 'b', 'ab', 'aba', 'ba'], [0, 0, -2, -1, -3])).toEqual([
      ['a', 'ba'],
      ['ab', 'a'],
      ['a', 'b'],
      ['b', 'a'],
    ]);
    expect(scoreMerges(['𝒳', '𝒴', '𝒳𝒴'], [0, 0, 0])).toEqual([['𝒳', '𝒴']]);
    expect(scoreMerges(['x'.repeat(30_000)], [0])).toBeNull();
  });

  test.each<[string, Metadata]>([
    ['11 pieces but 1 scores', { scores: { type: 'f32s', values: [0] } }],
    ['11 pieces but 0 scores', { scores: { type: 'f32s', values: [] } }],
  ])('%s', async (what, change) => {
    expect(await refusal(textsOf({ ...base, ...change }))).toContain(what);
  });
});
