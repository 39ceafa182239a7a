import { expect, test } from 'vitest';
import { fitted, type FitFacts } from './fitted.ts';
import { presetRecipe } from './presets.ts';
import { parseRecipe } from './recipe.ts';

const nano = { context: 1024, parameters: 1_270_000 };
const set = { kind: 'alignment', records: 600, needed: 90, longest: 180, mean: 120 } as const;
const knowledge = { ...set, kind: 'knowledge' } as const;

function batchOf(facts: FitFacts) {
  return fitted('quick', presetRecipe('quick'), facts).batch;
}

test('records are as long as they need to be, and no longer than they are', () => {
  expect(batchOf({ ...nano, sets: [set] })).toMatchObject({ maxLength: 192 });
  expect(batchOf({ ...nano, sets: [{ ...set, longest: 900 }] })).toMatchObject({ maxLength: 256 });
  const long = { ...set, needed: 610, longest: 900 };
  expect(batchOf({ ...nano, sets: [set, long] })).toMatchObject({ maxLength: 640 });
  expect(batchOf({ ...nano, sets: [{ ...set, needed: 2000, longest: 4000 }] })).toMatchObject({
    maxLength: 1024,
    microBatchTokens: 1024,
  });
});

test('every stage has enough steps, down to four records each', () => {
  expect(batchOf({ ...nano, sets: [set, knowledge] }).records).toBe(16);
  expect(batchOf({ ...nano, sets: [{ ...set, records: 200 }, knowledge] }).records).toBe(8);
  expect(batchOf({ ...nano, sets: [{ ...set, records: 20 }, knowledge] }).records).toBe(4);
});

test('a micro-batch has no more rows than the records of a step fill', () => {
  const rowsOf = (records: number, mean: number): number =>
    batchOf({ ...nano, sets: [{ ...set, records, mean }] }).microBatchTokens;
  // 16 records a step, then 4.
  expect(rowsOf(600, 120)).toBe(1024);
  expect(rowsOf(60, 120)).toBe(640);
  expect(rowsOf(60, 20)).toBe(192);
});

test('the rate falls with the size of the model', () => {
  const rateOf = (parameters: number): number =>
    fitted('quick', presetRecipe('quick'), { ...nano, parameters, sets: [set] }).optimizer
      .learningRate;
  expect([260_000, 1_270_000, 494e6, 1.8e9, 7e9, 70e9].map(rateOf)).toEqual([
    3e-3, 2e-3, 4e-4, 3e-4, 2e-4, 1e-4,
  ]);
});

test('the paper stays as it was published; without data every preset stays as it is', () => {
  const paper = presetRecipe('paper');
  expect(fitted('paper', paper, { ...nano, sets: [set] })).toBe(paper);
  const quick = presetRecipe('quick');
  expect(fitted('quick', quick, { ...nano, sets: [] })).toBe(quick);
  const small = fitted('small-gpu', presetRecipe('small-gpu'), { ...nano, sets: [set, knowledge] });
  expect(parseRecipe(small)).toEqual(small);
});
