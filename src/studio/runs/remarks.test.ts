import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { CurveBook } from './curves.ts';
import { remarksOn } from './remarks.ts';

interface Steps {
  readonly stage: number;
  readonly count: number;
  readonly loss: (share: number) => number;
  readonly norm?: number;
  readonly orthogonal?: (share: number) => number;
}

function bookOf(...stages: readonly Steps[]): CurveBook {
  const book = new CurveBook();
  for (const { stage, count, loss, norm = 0.8, orthogonal } of stages) {
    book.append(
      Array.from({ length: count }, (_, step) => ({
        stage,
        step,
        nll: loss(step / (count - 1)),
        orthogonal: orthogonal ? orthogonal(step / (count - 1)) : null,
        ...{ learningRate: 1e-3, gradientNorm: norm, targetTokens: 10, tokens: 20 },
        milliseconds: 5,
      })),
    );
  }
  return book;
}

const run = { recipe: quickRecipe() };
const falling = (share: number) => 4 - 2 * share;

test('a run that goes as it should calls for no remark', () => {
  const book = bookOf(
    { stage: 0, count: 40, loss: falling },
    { stage: 1, count: 40, loss: falling, orthogonal: (share) => 50 - 40 * share },
  );
  expect(remarksOn(run, book)).toEqual([]);
});

test('gradients far above the clip, a flat loss and branches that still overlap are remarked on', () => {
  const book = bookOf(
    { stage: 0, count: 40, loss: () => 3.1, norm: 25 },
    { stage: 1, count: 40, loss: falling, orthogonal: () => 50 },
  );
  expect(remarksOn(run, book)).toMatchObject([
    { kind: 'clipped', stage: 0, norm: 25, clip: 1 },
    { kind: 'flat', stage: 0 },
    { kind: 'overlap', stage: 1, between: ['ka', 'align'], from: 50, to: 50 },
  ]);
});

test('a loss that rises is not called flat', () => {
  const book = bookOf({ stage: 0, count: 40, loss: (share) => 3 + share });
  expect(remarksOn(run, book)).toMatchObject([{ kind: 'rising', stage: 0 }]);
});

test('a clip that is off, a term without weight and a short stage call for none', () => {
  const [first, second] = run.recipe.stages;
  if (!first?.attach || !second?.orthogonal) throw new Error('two stages');
  const weightless = { ...second, orthogonal: { ...second.orthogonal, weight: 0 } };
  const recipe = {
    ...run.recipe,
    optimizer: { ...run.recipe.optimizer, clipNorm: 0 },
    stages: [first, weightless],
  };
  const book = bookOf(
    { stage: 0, count: 40, loss: falling, norm: 25 },
    { stage: 1, count: 40, loss: falling, orthogonal: () => 50 },
  );
  expect(remarksOn({ recipe }, book)).toEqual([]);
  expect(remarksOn(run, bookOf({ stage: 0, count: 11, loss: () => 3, norm: 25 }))).toEqual([]);
});

test('steps without a value say nothing', () => {
  const book = bookOf({ stage: 1, count: 40, loss: falling });
  expect(remarksOn(run, book)).toEqual([]);
});
