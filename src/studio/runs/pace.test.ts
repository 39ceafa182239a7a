import { expect, test } from 'vitest';
import { estimateOf } from './pace.ts';

test('the time is that of all tokens, told as steps of equal length', () => {
  const stages = [
    { steps: 30, tokens: 60_000 },
    { steps: 10, tokens: 20_000 },
  ];
  expect(estimateOf(stages, 2)).toEqual({
    steps: 40,
    milliseconds: 160_000,
    stepMilliseconds: 4000,
  });
  expect(estimateOf([], 2)).toEqual({ steps: 0, milliseconds: 0, stepMilliseconds: 0 });
});
