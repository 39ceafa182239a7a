import { expect, test } from 'vitest';
import { randomWord } from '../../kernels/random-words.ts';
import { groupNearDuplicates, likeness } from './near-duplicates.ts';
import { OverlapFinder } from './question-overlap.ts';
import { RecordTokens } from './record-tokens.ts';
import { SIGNATURE_BYTES, SignatureStream } from './signatures.ts';
import { TokenList } from './token-list.ts';

/** A text of made-up words, or of Chinese characters. */
function made(seed: number, words: number, chinese = false): string[] {
  return Array.from({ length: words }, (_, i) => {
    const word = randomWord(seed, i, 3, 0);
    return chinese ? String.fromCharCode(0x4e00 + (word % 5000)) : `w${(word % 3000).toString(36)}`;
  });
}

const joined = (words: readonly string[], chinese = false): string =>
  words.join(chinese ? '' : ' ');

function signed(texts: readonly string[]): Uint8Array {
  const stream = new SignatureStream();
  const tokens = new RecordTokens();
  const parts: number[] = [];
  for (const [i, content] of texts.entries()) {
    tokens.read([{ role: 'user', content }]);
    stream.add(tokens.said);
    if (i % 3 === 0) parts.push(...stream.take());
  }
  return Uint8Array.from([...parts, ...stream.end()]);
}

/** A record that asks a question, or nothing, and answers with some texts. */
function recordOf(question: string, texts: readonly string[]): RecordTokens {
  const tokens = new RecordTokens();
  const answers = texts.map((content) => ({ role: 'assistant', content }) as const);
  tokens.read([...(question ? [{ role: 'user', content: question } as const] : []), ...answers]);
  return tokens;
}

/** Every n-th word is another. */
function changed(words: readonly string[], every: number, to: string): string[] {
  return words.map((word, i) => (i % every === every - 1 ? to : word));
}

test('tokens are words in lower case and Chinese characters, whatever signs, width and case', () => {
  const tokens = (text: string): number[] => {
    const list = new TokenList();
    list.add(text);
    return [...list.hashes.subarray(0, list.size)];
  };
  expect(tokens('Fever, 38 °C!')).toEqual(tokens('fever  38 c'));
  expect(tokens('ＣＴ检查：正常。')).toEqual(tokens('ct 检查 正常'));
  expect(tokens('检查')).toHaveLength(2);
  expect(tokens('…—。 ')).toEqual([]);
});

test('near-duplicates are grouped in English and Chinese, and other texts are not', () => {
  for (const chinese of [false, true]) {
    const texts = Array.from({ length: 300 }, (_, i) => made(i, 120, chinese));
    const near = texts.slice(0, 40).map((words) => changed(words, 70, chinese ? '某' : 'other'));
    const all = [...texts, ...near].map((words) => joined(words, chinese));
    const signatures = signed(all);
    expect(signatures).toHaveLength(all.length * SIGNATURE_BYTES);
    const first = groupNearDuplicates(signatures);
    const found = near.filter((_, i) => first[300 + i] === i).length;
    expect(found).toBeGreaterThanOrEqual(36);
    expect(texts.filter((_, i) => first[i] !== i)).toEqual([]);
    expect(likeness(signatures, 0, 300)).toBeGreaterThan(0.7);
    expect(likeness(signatures, 0, 1)).toBeLessThan(0.2);
  }
});

test('a form that all records share does not make them near-duplicates', () => {
  const form = joined(made(999, 60));
  const texts = Array.from({ length: 400 }, (_, i) => `${form} ${joined(made(i, 20))}`);
  const first = groupNearDuplicates(signed([...texts, texts[7] ?? '']));
  expect(texts.filter((_, i) => first[i] !== i)).toEqual([]);
  expect(first[400]).toBe(7);
});

test('short and empty texts: equal short ones are found, and nothing is like an empty one', () => {
  const first = groupNearDuplicates(signed(['', 'chest pain', '', 'Chest pain.', 'back pain']));
  expect([...first]).toEqual([0, 1, 2, 1, 4]);
  expect(groupNearDuplicates(new Uint8Array())).toEqual(new Uint32Array());
});

test('a question is found by 13 words or 20 characters in a row, and by nearly the same text', () => {
  const passage = made(5000, 40);
  const chinese = made(5001, 30, true);
  const own = made(5002, 40);
  const finder = new OverlapFinder([
    [
      joined(passage.slice(10, 23)),
      joined(passage.slice(25, 37)),
      joined(chinese.slice(2, 22), true),
      joined(own),
      'Which one?',
    ],
  ]);
  finder.see(recordOf('', [`Read this: ${joined(passage)}`, joined(chinese, true)]));
  finder.see(recordOf(joined(changed(own, 35, 'else')), ['Yes.']));
  // Twelve words are too few to have thirteen in common.
  const found = { ngram: new Set([0, 2, 3]), near: new Set([3]), short: 2, compared: 5 };
  const firstRow = new Map([
    [0, 0],
    [2, 0],
    [3, 1],
  ]);
  expect(finder.found).toEqual([{ ...found, firstRow }]);
});

test('the form of the questions is no overlap', () => {
  const form = joined(made(6000, 20));
  const questions = Array.from({ length: 12 }, (_, i) => `${form} ${joined(made(i, 20))}`);
  const finder = new OverlapFinder([questions]);
  finder.see(recordOf(`${form} ${joined(made(100, 20))}`, [`${form} ${joined(made(100, 20))}`]));
  expect(finder.found).toMatchObject([{ ngram: new Set(), near: new Set() }]);
  finder.see(recordOf(questions[3] ?? '', [questions[3] ?? '']));
  expect(finder.found).toMatchObject([{ ngram: new Set([3]), near: new Set([3]) }]);
});
