import { expect, it } from 'vitest';
import { measuringTimeLeft } from './forecast.ts';

it('the time left follows from the answers so far, with the states that come after', () => {
  const first = { at: 1000, fraction: 0.1 };
  expect(measuringTimeLeft(first, first, 0)).toBeNull();
  expect(measuringTimeLeft(first, { at: 3000, fraction: 0.1 }, 0)).toBeNull();
  // A fifth took two seconds, so a state takes ten.
  expect(measuringTimeLeft(first, { at: 3000, fraction: 0.3 }, 0)).toBeCloseTo(7000);
  expect(measuringTimeLeft(first, { at: 3000, fraction: 0.3 }, 2)).toBeCloseTo(27_000);
});
