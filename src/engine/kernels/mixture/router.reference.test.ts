import { describe, expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';
import { routerBackward, routerForward, type RouterProblem } from './router.reference.ts';

const layout = {
  linears: 2,
  firstColumn: 3,
  blockColumns: 20,
  plainColumns: 4,
  experts: 4,
  expertRank: 3,
};
const rows = 5;
const columns = 45;

function problem(changes: Partial<RouterProblem>): RouterProblem {
  return {
    layout,
    activeExperts: 2,
    renormalise: true,
    rows,
    columns,
    h: randomValues(rows * columns, 11),
    ...changes,
  };
}

/** The columns that a block owns, of every row. */
const owned = Array.from({ length: rows * columns }, (_, i) => i).filter(
  (i) => i % columns >= layout.firstColumn && i % columns < layout.firstColumn + 40,
);
const pick = (values: Float64Array): Float64Array =>
  Float64Array.from(owned, (i) => values[i] ?? Number.NaN);

describe('router reference', () => {
  test.each([
    ['renormalised', problem({})],
    ['not renormalised', problem({ renormalise: false })],
    ['three of four', problem({ activeExperts: 3, bias: randomValues(8, 12) })],
    ['one of four', problem({ activeExperts: 1, renormalise: false })],
    ['forced', problem({ forced: [3, 0] })],
  ])('the backward pass is the derivative of the forward pass: %s', (_, p) => {
    const dgated = randomValues(rows * columns, 13);
    const scale = randomValues(columns, 14).map((value) => 1.5 + Math.tanh(value));
    for (let l = 0; l < 2; l += 1) {
      const logits = layout.firstColumn + l * layout.blockColumns + 16;
      for (let e = 0; e < layout.experts; e += 1) scale[logits + e] = 1;
    }
    // h = scale · z: the gradient is taken by z.
    const z = p.h.map((value, i) => value / (scale[i % columns] ?? 1));
    const forward = (x: Float64Array): number => {
      const h = x.map((value, i) => value * (scale[i % columns] ?? 1));
      return dot(pick(routerForward({ ...p, h }).gated), pick(dgated));
    };
    const expected = finiteDifferences(forward, z);
    expect(relativeL2(pick(routerBackward(p, dgated, scale)), pick(expected))).toBeLessThan(1e-7);
  });

  test('weights sum to one only when renormalised, and ties go to the lower index', () => {
    const h = new Float64Array(rows * columns).fill(0.5);
    const even = routerForward(problem({ h }));
    expect(even.indices.slice(0, 4)).toEqual([0, 1, 0, 1]);
    expect(even.weights.every((w) => w === 0.5)).toBe(true);
    const raw = routerForward(problem({ h, renormalise: false }));
    expect(raw.weights.every((w) => w === 0.25)).toBe(true);
  });
});
