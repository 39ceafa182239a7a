import { expect, test } from 'vitest';
import { endlessAnswers } from './endless-answers.ts';

test('answers are endless where none of the last trained state ends', () => {
  const base = { snapshot: 'base', endless: [true, true] };
  const of = (...endless: boolean[]) => ({ snapshot: 'stage1.end', endless });
  expect(endlessAnswers([base, of(false, true), of(true, true, true)])).toBe(3);
  expect(endlessAnswers([base, of(true, true), of(false, true)])).toBe(0);
  // Of the base alone nothing follows, nor where it was not kept.
  expect(endlessAnswers([base])).toBe(0);
  expect(endlessAnswers([base, { snapshot: 'merged' }])).toBe(0);
  expect(endlessAnswers([])).toBe(0);
});
