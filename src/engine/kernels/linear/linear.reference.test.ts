import { describe, expect, test } from 'vitest';
import { randomValues } from '../../testing/numbers.ts';
import {
  columnSumReference,
  linearBackwardInputReference,
  linearBackwardWeightReference,
  linearForwardReference,
} from './linear.reference.ts';

const rows = 3;
const outputs = 4;
const inputs = 5;
const rank = 2;
const x = randomValues(rows * inputs, 1);
const w = randomValues(outputs * inputs, 2);
const a = randomValues(rank * inputs, 3);
const b = randomValues(outputs * rank, 4);
const bias = randomValues(outputs, 5);
const columnScale = randomValues(inputs, 6);
/** Cotangent: the loss is Σ dy ∘ y. */
const dy = randomValues(rows * outputs, 7);
const mask = Float64Array.from(randomValues(rows * inputs, 8), (value) => (value > 0 ? 1.25 : 0));

const product = (left: Float64Array, right: Float64Array): Float64Array =>
  left.map((value, i) => value * (right[i] ?? Number.NaN));

/** y = (x ∘ columnScale)·wᵀ + ((x ∘ mask)·aᵀ)·bᵀ + bias, and its loss. */
function loss(at: {
  x?: Float64Array;
  w?: Float64Array;
  a?: Float64Array;
  b?: Float64Array;
  bias?: Float64Array;
}): number {
  const v = { x, w, a, b, bias, ...at };
  const scales = Float64Array.from(v.x, (_, i) => columnScale[i % inputs] ?? Number.NaN);
  const h = linearForwardReference({
    rows,
    outputs: rank,
    inputs,
    rank: 0,
    x: product(v.x, mask),
    w: v.a,
  }).y;
  const { y } = linearForwardReference({
    rows,
    outputs,
    inputs,
    rank,
    x: product(v.x, scales),
    w: v.w,
    h,
    b: v.b,
    bias: v.bias,
  });
  return product(y, dy).reduce((sum, value) => sum + value, 0);
}

/** Central differences of the loss in every element of one operand. */
function differences(
  name: 'x' | 'w' | 'a' | 'b' | 'bias',
  values: Float64Array,
): readonly number[] {
  const step = 1e-6;
  return Array.from(values, (value, i) => {
    const moved = (by: number): number => loss({ [name]: values.with(i, value + by) });
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    const wanted = expected[i] ?? Number.NaN;
    expect(Math.abs(value - wanted)).toBeLessThan(1e-6 * (1 + Math.abs(wanted)));
  });
}

const masked = product(x, mask);
const h = linearForwardReference({ rows, outputs: rank, inputs, rank: 0, x: masked, w: a }).y;
const dh = linearBackwardInputReference({
  rows,
  outputs,
  inputs: rank,
  rank: 0,
  dy,
  w: b,
}).dx;

describe('references of the linear kernels, by finite differences', () => {
  test('forward by hand', () => {
    const { y, magnitude } = linearForwardReference({
      rows: 1,
      outputs: 2,
      inputs: 2,
      rank: 1,
      x: Float64Array.of(1, -2),
      w: Float64Array.of(3, 5, -7, 11),
      columnScale: Float64Array.of(2, 1),
      h: Float64Array.of(4),
      b: Float64Array.of(0.5, -1),
      bias: Float64Array.of(10, 20),
      residual: Float64Array.of(100, 200),
    });
    expect([...y]).toEqual([2 * (3 - 10) + 2 + 10 + 100, -7 - 22 - 4 + 20 + 200]);
    expect([...magnitude]).toEqual([2 * 13 + 2 + 10 + 100, 29 + 4 + 20 + 200]);
  });

  test('input gradient through base, scale, branch and mask', () => {
    const gradient = linearBackwardInputReference({
      rows,
      outputs,
      inputs,
      rank,
      dy,
      w,
      dh,
      a,
      mask,
      columnScale,
    }).dx;
    expectClose(gradient, differences('x', x));
  });

  test('weight gradients of base and branch', () => {
    const scales = Float64Array.from(x, (_, i) => columnScale[i % inputs] ?? Number.NaN);
    const base = { rows, outputs, inputs, dy, x: product(x, scales) };
    expectClose(linearBackwardWeightReference(base).dw, differences('w', w));
    const down = { rows, outputs: rank, inputs, dy: dh, x: masked };
    expectClose(linearBackwardWeightReference(down).dw, differences('a', a));
    const up = { rows, outputs, inputs: rank, dy, x: h };
    expectClose(linearBackwardWeightReference(up).dw, differences('b', b));
  });

  test('bias gradient', () => {
    expectClose(columnSumReference(rows, outputs, dy).y, differences('bias', bias));
  });

  test('what was there is added to, and alpha scales the rest', () => {
    const before = randomValues(rows * inputs, 9);
    const operands = { rows, outputs, inputs, rank: 0, dy, w };
    const plain = linearBackwardInputReference(operands).dx;
    const added = linearBackwardInputReference({ ...operands, before, alpha: 3 }).dx;
    expectClose(
      added,
      Array.from(plain, (value, i) => 3 * value + (before[i] ?? Number.NaN)),
    );
  });
});
