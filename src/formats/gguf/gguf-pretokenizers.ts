/**
 * How text is split into words before byte-pair encoding, for each name that `tokenizer.ggml.pre` may give. A
 * wrong cut gives other tokens than the model was trained with, and no error anywhere, so a name that is not
 * listed is refused. Patterns come from the models' tokenizer.json files; `default` is llama.cpp's.
 */
import type { JsonObject } from '../texts/json.ts';

export interface PreTokenizer {
  /** `pre_tokenizer` of tokenizer.json. */
  readonly steps: JsonObject;
  /** Whether text is normalised to Unicode's composed form first, where the file does not say. */
  readonly composes: boolean;
  /** Whether a word that is a token stays whole, whatever the merges say. */
  readonly ignoresMerges: boolean;
  /** Whether a begin token goes first, where the file does not say. */
  readonly addsBos: boolean;
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const SYMBOLS = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';
const WORD = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';

const QWEN2 = `${CONTRACTIONS}|${WORD}|\\p{N}|${SYMBOLS}|${SPACES}`;
const LLAMA3 = `${CONTRACTIONS}|${WORD}|\\p{N}{1,3}|${SYMBOLS}|${SPACES}`;
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const TEKKEN =
  `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*|` +
  `\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`;
const PUNCTUATION = '[\\p{P}$+<=>^~|]+';

function split(pattern: string): JsonObject {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}

/** Spells bytes as letters; with `words`, after cutting by GPT-2's pattern, which is part of this step. */
function byteLevel(words: boolean): JsonObject {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: words };
}

function sequence(...pretokenizers: JsonObject[]): JsonObject {
  return { type: 'Sequence', pretokenizers };
}

const PLAIN = { composes: false, ignoresMerges: false, addsBos: false };
const gpt2: PreTokenizer = { ...PLAIN, steps: byteLevel(true) };
const qwen2: PreTokenizer = {
  ...PLAIN,
  composes: true,
  steps: sequence(split(QWEN2), byteLevel(false)),
};
const llama3: PreTokenizer = {
  composes: false,
  ignoresMerges: true,
  addsBos: true,
  steps: sequence(split(LLAMA3), byteLevel(false)),
};
const singleDigits: PreTokenizer = {
  ...PLAIN,
  steps: sequence(split('\\p{N}'), byteLevel(true)),
};

export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  [
    'default',
    {
      ...PLAIN,
      steps: sequence(
        split(PUNCTUATION),
        split("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"),
        split('\\p{N}+'),
        split('[0-9][0-9][0-9]'),
        byteLevel(false),
      ),
    },
  ],
  ['gpt-2', gpt2],
  ['phi-2', gpt2],
  ['qwen2', qwen2],
  ['deepseek-r1-qwen', qwen2],
  ['llama-bpe', llama3],
  ['llama3', llama3],
  ['llama-v3', llama3],
  ['falcon3', llama3],
  ['smaug-bpe', { ...llama3, ignoresMerges: false, addsBos: false }],
  ['smollm', singleDigits],
  ['starcoder', singleDigits],
  ['refact', singleDigits],
  ['codeshell', singleDigits],
  ['tekken', { ...llama3, steps: sequence(split(TEKKEN), byteLevel(false)) }],
]);
