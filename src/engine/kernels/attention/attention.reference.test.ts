import { describe, expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { attentionBackward, attentionForward, cachedAttention } from './attention.reference.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';

const sizes = { heads: 4, groups: 2, headSize: 6, segmentStart: [0, 0, 0, 3, 3, 9, 6, 6] };
const rows = sizes.segmentStart.length;
const q = randomValues(rows * 24, 1);
const k = randomValues(rows * 12, 2);
const v = randomValues(rows * 12, 3);
const dOutput = randomValues(rows * 24, 4);

test('two keys by hand', () => {
  const one = { heads: 1, groups: 1, headSize: 1, segmentStart: [0, 0] };
  const x = Float64Array.of(1, 2);
  const { output, logSumExp } = attentionForward(x, x, x, one);
  const [a, b] = [Math.exp(2), Math.exp(4)];
  expect(relativeL2(output, [1, (a + 2 * b) / (a + b)])).toBeLessThan(1e-14);
  expect(relativeL2(logSumExp, [1, Math.log(a + b)])).toBeLessThan(1e-14);
});

test('a row does not see other records, later rows, or anything at all', () => {
  const { output, logSumExp } = attentionForward(q, k, v, sizes);
  const other = k.map((value, i) => (Math.floor(i / 12) === 3 ? value : value + 1));
  const moved = attentionForward(q, other, v, sizes).output;
  expect(moved.subarray(3 * 24, 4 * 24)).toEqual(output.subarray(3 * 24, 4 * 24));
  expect(output.subarray(5 * 24, 6 * 24)).toEqual(new Float64Array(24));
  expect(logSumExp[5 * 4]).toBe(1e30);
});

describe('gradients are finite differences', () => {
  const { dq, dk, dv } = attentionBackward(q, k, v, dOutput, sizes);
  const loss = (a: Float64Array, b: Float64Array, c: Float64Array): number =>
    dot(attentionForward(a, b, c, sizes).output, dOutput);
  test.each([
    ['dq', dq, finiteDifferences((x) => loss(x, k, v), q)],
    ['dk', dk, finiteDifferences((x) => loss(q, x, v), k)],
    ['dv', dv, finiteDifferences((x) => loss(q, k, x), v)],
  ])('%s', (_, exact, numeric) => {
    expect(relativeL2(exact, numeric)).toBeLessThan(1e-7);
  });
});

test('attention over a cache is the last row of attention over its keys', () => {
  const whole = attentionForward(q, k, v, { ...sizes, segmentStart: Array<number>(rows).fill(0) });
  const last = q.subarray(5 * 24, 6 * 24);
  const queries = Float64Array.from([...last, ...last]);
  const cache = { heads: 4, groups: 2, headSize: 6, slotCount: 1, capacity: rows };
  const output = cachedAttention(queries, k, v, { ...cache, slots: [0, 1], positions: [5, 5] });
  expect(output.subarray(0, 24)).toEqual(whole.output.subarray(5 * 24, 6 * 24));
  expect(output.subarray(24)).toEqual(new Float64Array(24));
});
