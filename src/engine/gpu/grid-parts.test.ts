import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gridParts } from './grid-parts.ts';

test('the parts of a grid hold each of its workgroups once, and are as many as asked for where they can be', () => {
  const size = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 500 }), (width, height, wanted) => {
      const parts = gridParts(width, height, wanted);
      const seen = new Set<number>();
      for (const { x, y, columns, rows } of parts) {
        expect(Math.min(columns, rows)).toBeGreaterThan(0);
        expect(x + columns).toBeLessThanOrEqual(width);
        for (let row = y; row < y + rows; row += 1) {
          for (let column = x; column < x + columns; column += 1) seen.add(row * width + column);
        }
      }
      const held = parts.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
      expect(held).toBe(width * height);
      expect(seen.size).toBe(width * height);
      // Halving a row of an odd number of workgroups in three gives two parts: at least half of what was asked for.
      expect(2 * parts.length).toBeGreaterThanOrEqual(Math.min(wanted, width * height));
    }),
  );
});

test('whole rows are cut before rows are', () => {
  expect(gridParts(8, 4, 2).map(({ columns, rows }) => [columns, rows])).toEqual([
    [8, 2],
    [8, 2],
  ]);
  expect(gridParts(8, 2, 4).map(({ columns, rows }) => [columns, rows])).toEqual([
    [4, 1],
    [4, 1],
    [4, 1],
    [4, 1],
  ]);
});

test('a grid whose places the shaders cannot name stays whole', () => {
  expect(gridParts(2 ** 17, 4, 100)).toHaveLength(1);
  expect(gridParts(4, 4, 1)).toHaveLength(1);
  expect(gridParts(4, 4, Number.NaN)).toHaveLength(1);
});
