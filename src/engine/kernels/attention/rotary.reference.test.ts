import { expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { rotaryTables } from './rotary-tables.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';
import { rotaryBackward, rotaryForward } from './rotary.reference.ts';

const positions = [3, 0, 9, 0xffffffff];
const scaling = { type: 'none' } as const;
const tables = rotaryTables({ theta: 100, headSize: 6, positions: 10, scaling });
const heads = 2;
const count = positions.length * heads * 6;

test('a rotation keeps lengths, and relative positions alone decide products', () => {
  const rotate = (x: Float64Array, position: number): Float64Array =>
    rotaryForward(x, { heads: 1, headSize: 6, positions: [position], ...tables });
  const q = randomValues(6, 1);
  const k = randomValues(6, 2);
  expect(dot(rotate(q, 7), rotate(q, 7))).toBeCloseTo(dot(q, q), 5);
  expect(dot(rotate(q, 7), rotate(k, 4))).toBeCloseTo(dot(rotate(q, 3), rotate(k, 0)), 5);
});

test.each([false, true])('the gradient is its finite differences, with norm: %s', (normed) => {
  const norm = { weight: randomValues(6, 4), epsilon: 1e-3 };
  const rotary = { heads, headSize: 6, positions, ...tables, ...(normed ? { norm } : {}) };
  const x = randomValues(count, 5);
  const dy = randomValues(count, 6);
  const numeric = finiteDifferences((moved) => dot(rotaryForward(moved, rotary), dy), x);
  expect(relativeL2(rotaryBackward(x, dy, rotary), numeric)).toBeLessThan(1e-7);
});
