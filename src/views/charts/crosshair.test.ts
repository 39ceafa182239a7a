/** Where the keys move a chart's cursor. */
import { expect, test } from 'vitest';
import { cursorMove } from './crosshair.ts';

test('arrows go one step, pages a tenth of all, Home and End to the ends', () => {
  const to = (key: string) => cursorMove(key, 50, 99);
  expect(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp'].map(to)).toEqual([49, 49, 51, 51]);
  expect(['PageDown', 'PageUp', 'Home', 'End'].map(to)).toEqual([40, 60, 0, 99]);
});

test('the cursor stays inside, and a page of few steps is one step', () => {
  expect(cursorMove('ArrowLeft', 0, 3)).toBe(0);
  expect(cursorMove('ArrowRight', 3, 3)).toBe(3);
  expect(cursorMove('PageUp', 1, 3)).toBe(2);
});

test('any other key moves nothing', () => {
  expect(cursorMove('Escape', 1, 3)).toBeNull();
  expect(cursorMove('a', 1, 3)).toBeNull();
});
