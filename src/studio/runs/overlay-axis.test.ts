import { expect, test } from 'vitest';
import { CurveBook } from './curves.ts';
import {
  moved,
  overlayAxis,
  placeAtValue,
  reached,
  stepReaching,
  valueAtPlace,
  WHOLE,
  zoomed,
} from './overlay-axis.ts';

function bookOf(tokens: readonly number[]): CurveBook {
  const book = new CurveBook();
  book.append(
    tokens.map((count, step) => ({
      ...{ stage: 0, step, nll: 1, orthogonal: null, learningRate: 1, gradientNorm: 1 },
      ...{ targetTokens: 1, tokens: count, milliseconds: 1000 },
    })),
  );
  return book;
}

test('how far a run has come adds up over its steps', () => {
  const book = bookOf([100, 50, 50]);
  expect([...reached(book, 'steps')]).toEqual([1, 2, 3]);
  expect([...reached(book, 'tokens')]).toEqual([100, 150, 200]);
  expect([...reached(book, 'time')]).toEqual([1000, 2000, 3000]);
  expect([100, 101, 150, 200, 201].map((at) => stepReaching(reached(book, 'tokens'), at))).toEqual([
    0, 1, 1, 2, -1,
  ]);
});

test('an axis holds the longest run, and its places meet its values', () => {
  const books = [bookOf([100, 50]), bookOf([10, 10, 10, 10])];
  expect(overlayAxis('steps', books)).toEqual({ name: 'steps', max: 4, places: 4 });
  const tokens = overlayAxis('tokens', books);
  expect(tokens.max).toBe(150);
  for (const place of [0, 1, 77, tokens.places - 1]) {
    expect(placeAtValue(tokens, valueAtPlace(tokens, place))).toBe(place);
  }
  expect(placeAtValue(tokens, -5)).toBe(0);
  expect(placeAtValue(tokens, 1e9)).toBe(tokens.places - 1);
  expect(overlayAxis('time', [])).toMatchObject({ max: 1 });
});

test('windows stay within the axis', () => {
  expect(zoomed(WHOLE, 0.5)).toEqual([0.25, 0.75]);
  expect(moved([0.25, 0.75], 0.5)).toEqual([0.5, 1]);
  expect(moved([0.5, 1], 0.5)).toEqual([0.5, 1]);
  expect(moved([0.25, 0.75], -5)).toEqual([0, 0.5]);
  expect(zoomed([0.25, 0.75], 4)).toEqual([0, 1]);
  const [from, to] = zoomed([0.5, 0.51], 0.01);
  expect(to - from).toBeCloseTo(0.02, 12);
});
