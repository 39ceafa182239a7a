import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { RunActivity, StepMetrics } from '../../contract/runs.ts';
import { activityLeft, heard, type Doing } from './activity.ts';
import { CurveBook } from './curves.ts';
import { timeLeft } from './time-left.ts';

function step(stage: number, index: number, milliseconds: number): StepMetrics {
  return {
    ...{ stage, step: index, nll: 1, orthogonal: null, learningRate: 0, gradientNorm: 0 },
    ...{ targetTokens: 1, tokens: 1, milliseconds },
  };
}

/** A run of two stages that drop or merge, of which so many steps are done. */
function run(one: number, two: number) {
  const recipe = quickRecipe();
  return {
    recipe: {
      ...recipe,
      validation: { ...recipe.validation, everySteps: 4 },
      samples: { prompts: 2, everySteps: 0, maxTokens: 8 },
    },
    stages: [
      { name: 'one', steps: 10, stepsDone: one, records: 80 },
      { name: 'two', steps: 5, stepsDone: two, records: 40 },
    ],
  };
}

const doing = (change: Partial<Doing>): Doing => ({
  ...{ activity: null, before: null, since: 0, at: 0, took: {} },
  ...change,
});
const validating = (done: number, stage = 0): RunActivity => ({
  ...{ what: 'validating', stage },
  count: { done, total: 40 },
});

test('the rest is estimated from recent steps', () => {
  const book = new CurveBook();
  expect(timeLeft(run(10, 1), book, undefined, 0)).toBeNull();
  // The first steps were slow; only the last twenty count.
  book.append(Array.from({ length: 5 }, (_, index) => step(0, index, 9000)));
  book.append(Array.from({ length: 20 }, (_, index) => step(0, index + 5, 250)));
  expect(timeLeft(run(10, 1), book, undefined, 0)).toBe(1000);
});

test('what is measured between and after the steps left counts as long as it took before', () => {
  const book = new CurveBook();
  book.append([step(0, 0, 100)]);
  const took = { validating: 1000, answering: 3000 };
  const [first, second] = run(0, 0).recipe.stages;
  expect([first?.after.length, second?.after.length].every((acts) => (acts ?? 0) > 0)).toBe(true);
  // 14 steps; validation after step 4 and 8 of stage 1 and 4 of stage 2, and twice at each end; answers at both ends.
  expect(timeLeft(run(1, 0), book, doing({ took }), 0)).toBe(1400 + 7 * 1000 + 2 * 3000);
  // In the middle of the validation at step 4, which is half done after 600 ms.
  const half = doing({ took, activity: validating(20), since: 100, at: 700 });
  expect(timeLeft(run(4, 0), book, half, 700)).toBe(1100 + 600 + 6 * 1000 + 2 * 3000);
});

test('at the end of the last stage, what remains of its measurements is left', () => {
  const book = new CurveBook();
  book.append([...Array.from({ length: 10 }, (_, i) => step(0, i, 100)), step(1, 4, 100)]);
  const took = { validating: 1000, answering: 3000 };
  const at = (change: Partial<Doing>, now = 0): number | null =>
    timeLeft(run(10, 5), book, doing({ took, ...change }), now);
  expect(at({ activity: { what: 'growth', stage: 1 } })).toBe(5000);
  expect(at({ activity: validating(0, 1) }, 400)).toBe(600 + 3000 + 1000);
  const count = { done: 0, total: 2 };
  expect(at({ activity: { what: 'answering', stage: 1, count } }, 500)).toBe(2500 + 1000);
  expect(at({ activity: validating(0, 1), before: 'merging' }, 400)).toBe(600);
  // Nothing is known of how long it takes: no "0 ms".
  expect(at({ activity: validating(0, 1), took: {} })).toBeNull();
});

test('an activity is timed from its beginning to the next', () => {
  let now = heard(undefined, validating(0), 100);
  now = heard(now, validating(10), 300);
  expect(now.since).toBe(100);
  expect(activityLeft(now, 300)).toBe(600);
  now = heard(now, { what: 'merging', stage: 0 }, 900);
  expect(now).toMatchObject({ before: 'validating', since: 900, took: { validating: 800 } });
  expect(activityLeft(now, 950)).toBeNull();
  now = heard(now, null, 1000);
  now = heard(now, validating(0), 2000);
  expect(now.before).toBeNull();
  expect(activityLeft(now, 2500)).toBe(300);
});
