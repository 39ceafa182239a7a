import { expect, test } from 'vitest';
import { CutCounter, joined } from './cut-counter.ts';

const limit = { maxLength: 128, truncation: 'prompt-middle' } as const;

function countsOf(lengths: readonly number[], context = 4096) {
  const counter = new CutCounter(limit, context);
  for (const length of lengths) counter.count({ length, targets: 4, firstTarget: length - 4 });
  return counter.counts;
}

test('the length offered mends every record', () => {
  expect(countsOf([60, 100, 128])).toEqual({
    ...{ promptCut: 0, answerCut: 0, nothing: 0, little: 0 },
    enough: null,
  });
  // Of 500 tokens, 252 are needed for half of the prompt and the answer.
  expect(countsOf([60, 130, 500])).toMatchObject({ promptCut: 2, little: 1, enough: 256 });
});

test('a giant record decides nothing, and no length beyond the context is offered', () => {
  const many = Array.from({ length: 99 }, () => 400);
  expect(countsOf([...many, 30_000])).toMatchObject({ little: 100, enough: 256 });
  expect(countsOf([1000], 300)).toMatchObject({ little: 1, enough: 300 });
  expect(countsOf([1000], 128)).toMatchObject({ little: 1, enough: null });
});

test('lengths leave giants out of account', () => {
  const counter = new CutCounter(limit, 4096);
  for (const length of [...Array.from({ length: 99 }, () => 300), 9000]) {
    counter.count({ length, targets: 4, firstTarget: length - 4 });
  }
  expect(counter.lengths).toEqual({ needed: 152, longest: 300 });
});

test('a record without any target is none of the cut\u2019s doing', () => {
  const counter = new CutCounter(limit, 4096);
  counter.count({ length: 900, targets: 0, firstTarget: Number.POSITIVE_INFINITY });
  expect(counter.counts).toMatchObject({ promptCut: 0, nothing: 0, little: 0, enough: null });
});

test('sets together need what the longest of them needs', () => {
  const both = joined([countsOf([500, 60]), countsOf([700])]);
  expect(both).toMatchObject({ promptCut: 2, little: 2, enough: 384 });
  expect(joined([countsOf([60])]).enough).toBeNull();
});
