import { describe, expect, test } from 'vitest';
import type { EvaluationItem, ItemAnswer } from '../items.ts';
import { partsOf, promptOf, withoutCase } from './question-parts.ts';
import { findShortcut } from './shortcut-report.ts';
import { swapAge, swapSex } from './swap-terms.ts';
import { vary } from './variations.ts';

const letters = ['A', 'B', 'C', 'D'];

function exam(prompt: string, answer = 'B', choices: readonly string[] = letters): EvaluationItem {
  return { task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt, answer, choices };
}

const question =
  'A 45-year-old man has had chest pain for two hours. His blood pressure is 90/60 mmHg. What is the next step?\nA. Aspirin\nB. An ECG\nC. Rest\nD. Surgery\nAnswer with a letter.';

describe('the parts of a question', () => {
  test('options, what is above and what follows make the same prompt again', () => {
    for (const prompt of [
      question,
      '以下哪项正确？\nA、甲\nB、乙\n   续行\nC、丙\nD、丁',
      'A. x\n(A) a\n(B) b\n(C) c\n(D) d',
    ]) {
      const parts = partsOf(prompt, letters);
      expect(parts && promptOf(parts)).toBe(prompt);
      expect(parts?.options.map(({ letter }) => letter)).toEqual(letters);
    }
    expect(partsOf(question, letters)?.rest).toBe('Answer with a letter.');
    expect(partsOf('No options here', letters)).toBeNull();
  });

  test('the case goes, the question stays', () => {
    const { stem } = partsOf(question, letters) ?? { stem: '' };
    expect(withoutCase(stem)).toBe('What is the next step?');
    expect(withoutCase('患者，男，45岁，胸痛两小时，血压90/60 mmHg。最可能的诊断是？')).toBe(
      '最可能的诊断是？',
    );
    expect(
      withoutCase(
        'Which section does this belong to?\nDoctor: Any pain in your back? Patient: No, none at all, thank you.',
      ),
    ).toBe('Which section does this belong to?');
    expect(
      withoutCase(
        'Long abstract of a trial with 200 patients and results.\nQuestion: Does it help?',
      ),
    ).toBe('Question: Does it help?');
    // No case above the question.
    expect(withoutCase('The most common bone tumor that occurs in children is:')).toBeNull();
    expect(withoutCase('What is it?')).toBeNull();
  });
});

describe('swapped terms', () => {
  test.each([
    ['A man came with his wife; he was pale.', 'A woman came with her husband; she was pale.'],
    ['She took her tablets. The nurse saw her.', 'He took his tablets. The nurse saw him.'],
    ['The WOMAN and the boys', 'The MAN and the girls'],
    ['患者，男，45岁，他诉头痛，其他正常', '患者，女，45岁，她诉头痛，其他正常'],
    ['一名女性患者和丈夫', '一名男性患者和妻子'],
  ])('sex of %s', (text, swapped) => {
    expect(swapSex(text)).toBe(swapped);
  });

  test('nothing to swap, and what organs bind, stay', () => {
    expect(swapSex('The humanitarian other hero')).toBeNull();
    expect(swapSex('A pregnant woman')).toBeNull();
    expect(swapSex('子女众多')).toBeNull();
    expect(swapAge('He took 50 mg for 3 years')).toBeNull();
  });

  test.each([
    ['A 45-year-old man', 'A 75-year-old man'],
    ['a 70 year old, aged 70 years', 'a 40 year old, aged 40 years'],
    ['女，62岁，病史3年', '女，32岁，病史3年'],
    [
      'A 6-year-old boy and his mother, 30 years old',
      'A 6-year-old boy and his mother, 60 years old',
    ],
  ])('age of %s', (text, swapped) => {
    expect(swapAge(text)).toBe(swapped);
  });
});

describe('variations', () => {
  const items = [
    exam(question),
    exam('Which one?\nA. One\nB. Two\nC. Both A and B\nD. None of the above'),
    { ...exam('Is it so?', 'yes', ['yes', 'no']), task: 'labels' },
    { ...exam('Say something.', 'words'), metric: 'rouge-l' as const, choices: undefined },
  ];

  test('options move together with the key, and only where none speaks of another', () => {
    const moved = vary('options', items, 1);
    expect(moved.map(({ place }) => place)).toEqual([0]);
    const [{ item, before } = { item: exam(''), before: undefined }] = moved;
    const { options = [] } = partsOf(item.prompt, letters) ?? {};
    expect(item.answer).not.toBe('B');
    expect(options.find(({ letter }) => letter === item.answer)?.text).toBe('An ECG');
    expect(before?.get(item.answer)).toBe('B');
    expect(options.map(({ text }) => text).sort()).toEqual([
      'An ECG',
      'Aspirin',
      'Rest',
      'Surgery',
    ]);
    expect(vary('options', items, 1)).toEqual(moved);
  });

  test('the stem changes, options and key stay', () => {
    const [aged] = vary('age', items, 1);
    expect(aged?.item.prompt).toBe(question.replace('45', '75'));
    const [bare] = vary('case', items, 1);
    expect(bare?.item.prompt).toMatch(/^What is the next step\?\nA\. Aspirin/);
    expect(vary('sex', items, 1)[0]?.item).toMatchObject({ answer: 'B', choices: letters });
  });

  test('an answer is the same if it names the same option under another letter', () => {
    const many = Array.from({ length: 6 }, () => exam(question));
    const varied = vary('options', many, 3);
    const said = (text: string): ItemAnswer => ({ text, written: null, reference: null });
    // The first half follows the option, the second half keeps the letter.
    const answers = varied.map(({ item }, i) => said(i < 3 ? item.answer : 'B'));
    const found = findShortcut(
      'options',
      { items: many, answers: many.map(() => said('B')) },
      { varied, answers },
      'likelihood',
    );
    expect(found).toMatchObject({
      items: 6,
      rightBefore: 6,
      rightAfter: 3,
      changed: 3,
      chance: 0.25,
      says: 'letters',
    });
    expect(found.difference).toMatchObject({ value: -0.5, shows: false });
    expect(found.interval?.low).toBeCloseTo(0.1876, 4);
    const none = findShortcut(
      'options',
      { items: many, answers: [] },
      { varied, answers },
      'likelihood',
    );
    expect(none).toMatchObject({ items: 0, difference: null, interval: null });
  });

  test('what is said of a question without its case depends on whether the case helped', () => {
    const many = Array.from({ length: 20 }, () => exam(question));
    const varied = vary('case', many, 3);
    const said = (text: string): ItemAnswer => ({ text, written: null, reference: null });
    const right = (count: number) => many.map((_item, i) => said(i < count ? 'B' : 'A'));
    const says = (before: number, after: number) => {
      const original = { items: many, answers: right(before) };
      return findShortcut('case', original, { varied, answers: right(after) }, 'likelihood').says;
    };
    expect(says(18, 4)).toBe('case-used');
    expect(says(4, 18)).toBe('case-harms');
    expect(says(18, 17)).toBe('case-unused');
    // A quarter is right by guessing.
    expect(says(5, 5)).toBe('case-untold');
  });
});
