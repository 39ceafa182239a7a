/** Words that are remembered give the tokens that the library gives without remembering. */
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import fc from '../../../test/properties.ts';
import { rememberWords } from './known-words.ts';

const json = JSON.parse(
  readFileSync('test/fixtures/tokenizers/qwen2.5/tokenizer.json', 'utf8'),
) as Record<string, unknown>;
const byteLevel = (change: object) => ({
  ...{ type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true },
  ...change,
});
const digits = { type: 'Digits', individual_digits: true };

/** Pre-tokenizers as published models have them. */
const STEPS: Readonly<Record<string, unknown>> = {
  'split, then bytes': json['pre_tokenizer'],
  'bytes that split themselves': byteLevel({}),
  'digits, then bytes that split themselves': {
    ...{ type: 'Sequence', pretokenizers: [digits, byteLevel({})] },
  },
  'a space before the first word': byteLevel({ add_prefix_space: true }),
  'bytes of the whole text': byteLevel({ use_regex: false }),
};

const piece = fc.constantFrom(
  ' pain',
  'pain',
  '\n',
  '  ',
  "'s",
  ' 12',
  '慢性',
  'é',
  '🩺',
  '<|im_end|>',
);
const text = fc
  .array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 6 })))
  .map((all) => all.join(''));

test.each(Object.entries(STEPS))('%s', (_name, steps) => {
  const make = (): Tokenizer => new Tokenizer({ ...json, pre_tokenizer: steps }, {});
  const [plain, remembering] = [make(), make()];
  rememberWords(remembering);
  const all = (library: Tokenizer, asked: string) =>
    library.encode(asked, { add_special_tokens: false }).ids;
  fc.assert(
    fc.property(text, (asked) => {
      const due = all(plain, asked);
      expect(all(remembering, asked)).toEqual(due);
      expect(all(remembering, asked)).toEqual(due);
    }),
  );
});
