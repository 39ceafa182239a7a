/** The log of an answer: what was asked, which words decided, and why nothing was read where that is so. */
import { expect, test } from 'vitest';
import type { EvaluationItem, ItemAnswer } from './items.ts';
import { extractionOf, reasonedLetters } from './multiple-choice.ts';
import { evaluateItems } from './tasks.ts';

const item: EvaluationItem = {
  ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B', 'C'], answer: 'B' },
  prompt: 'Which?\nA. one\nB. two\nC. three',
};
const wrote = (written: string | null): ItemAnswer => ({ text: '', written, reference: null });

test.each([
  ['First one, then two. The answer is B.', 'stated', 'answer is B'],
  ['B', 'alone', 'B'],
  ['It is A or C; who can say?', 'undecided', ''],
  ['The answer is E.', 'no-option', 'answer is E'],
  ['I see no reason for any of them.', 'nothing', ''],
])('%s', (written, by, quote) => {
  const found = extractionOf(item, wrote(written), 'reasoned');
  expect(found?.asked).toBe(
    'Which?\nA. one\nB. two\nC. three\nThink step by step. Then close with the letter of your choice in this form: The answer is {answer}.',
  );
  expect(found?.by).toBe(by);
  expect(found?.quote).toContain(quote);
});

test('the other ways of answering', () => {
  expect(extractionOf(item, wrote(null), 'likelihood')).toEqual({
    ...{ asked: item.prompt, by: 'likelihood', quote: '' },
  });
  expect(extractionOf(item, wrote('B, I think'), 'generated')?.by).toBe('closing');
  expect(extractionOf({ ...item, metric: 'rouge-l' }, wrote('B'), 'reasoned')).toBeNull();
});

test("a question of lm-eval's task names its options where the model writes, and leaves out the examples", () => {
  const harness = {
    ...{ options: ['yes', 'no', 'maybe'], norm: false, shots: 1, row: {} },
    question: 'Abstract: a\nQuestion: q\nAnswer:',
  };
  const found = extractionOf({ ...item, prompt: 'examples', harness }, wrote('B'), 'reasoned');
  expect(found?.asked).toMatch(/^Abstract: a\nQuestion: q\nA\. yes\nB\. no\nC\. maybe\nThink step/);
});

test('only what is written counts: an answer without a letter is wrong, a cut one has no form', async () => {
  const said = ['… The answer is B.', 'no idea'];
  const codes = (text: string): Uint32Array => Uint32Array.from(text, (c) => c.charCodeAt(0));
  const model = {
    generateBatch: async () => said.map(codes),
    score: () => Promise.reject(new Error('nothing is scored')),
  };
  const text = {
    ...{ prompt: codes, answer: codes, piece: codes, plain: codes, eosIds: [] },
    decode: (ids: Uint32Array) => String.fromCharCode(...ids),
  };
  const options = { contextLength: 100, choices: 'reasoned', maxTokens: 18 } as const;
  const [task] = await evaluateItems(model, text, [item, item], options);
  expect(task).toMatchObject({ method: 'reasoned', score: 0.5, formatAdherence: 0 });
  const [cut, short] = await reasonedLetters(model, text, [item, item], {
    ...{ contextLength: 100, room: 18 },
  });
  expect([cut?.text, cut?.cut, short?.text, short?.cut]).toEqual(['B', true, '', undefined]);
});
