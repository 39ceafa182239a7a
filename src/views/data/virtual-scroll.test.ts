import { expect, test } from 'vitest';
import { barPlace, elementHeight, scrolled, shown, TALLEST } from './virtual-scroll.ts';

const long = { total: 34_000_000, viewport: 500 };
const short = { total: 34_000, viewport: 500 };

test('a list that fits the browser scrolls as the element does', () => {
  expect(elementHeight(short)).toBe(34_000);
  expect(scrolled({ top: 0, shift: 0 }, 777, short)).toEqual({ top: 777, shift: 0 });
});

test('the wheel moves a million rows pixel by pixel', () => {
  let place = { top: 0, shift: 0 };
  for (let scrollTop = 100; scrollTop <= 100_000; scrollTop += 100) {
    place = scrolled(place, scrollTop, long);
  }
  expect(place).toEqual({ top: 100_000, shift: 0 });
});

test('the bar reaches every share of the list, and both ends', () => {
  const start = { top: 0, shift: 0 };
  const end = TALLEST - long.viewport;
  expect(scrolled(start, end, long).top).toBe(long.total - long.viewport);
  const middle = scrolled(start, end / 2, long);
  expect(middle.top).toBeCloseTo((long.total - long.viewport) / 2, 3);
  expect(barPlace(middle.top, long)).toBeCloseTo(end / 2, 3);
  expect(scrolled(middle, 0, long).top).toBe(0);
});

test('nothing scrolls beyond the ends', () => {
  const last = long.total - long.viewport;
  expect(scrolled({ top: last - 10, shift: 20_000_000 }, last - 20_000_000 + 100, long).top).toBe(
    last,
  );
  expect(scrolled({ top: 10, shift: 10 }, -50, long).top).toBe(0);
});

test('a row is brought into sight by the shortest way', () => {
  expect(shown(340, 3, 34, short)).toBe(102);
  expect(shown(340, 12, 34, short)).toBe(340);
  expect(shown(0, 20, 34, short)).toBe(214);
  expect(shown(0, 999_999, 34, long)).toBe(long.total - long.viewport);
});
