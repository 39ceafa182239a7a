import { expect, test } from 'vitest';
import type { EvaluationItem, ItemAnswer } from '../items.ts';
import { reportOverlap } from './overlap-report.ts';

test('scores without the overlapping questions are those of the others, by task', () => {
  const tasks = ['exam', 'exam', 'exam', 'exam', 'notes'];
  const items = tasks.map((task, i): EvaluationItem => ({
    ...({ task, kind: 'knowledge', metric: 'accuracy', prompt: String(i) } as const),
    ...{ answer: 'A', choices: ['A', 'B'] },
  }));
  // The first two are known by heart.
  const answers = items.map((_, i): ItemAnswer => {
    return { text: i < 2 ? 'A' : 'B', written: null, reference: null };
  });
  const found = { ngram: new Set([0, 4]), near: new Set([0, 1]), short: 0 };
  const options = { choices: 'likelihood', seed: 42 } as const;
  const [exam, notes] = reportOverlap({ items, answers }, found, options);
  expect(exam).toMatchObject({ task: 'exam', items: 4, overlapping: 2, ngram: 1, near: 2 });
  expect(exam?.without?.value).toBe(0);
  expect(exam?.without?.interval?.high).toBeGreaterThan(0.5);
  expect(notes).toMatchObject({ task: 'notes', items: 1, overlapping: 1, without: null });
  const half = reportOverlap({ items, answers: answers.slice(0, 3) }, found, options);
  expect(half).toHaveLength(1);
  expect(half[0]).toMatchObject({ items: 3, overlapping: 2 });
});
