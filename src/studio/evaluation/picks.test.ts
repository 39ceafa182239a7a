import { beforeEach, expect, test } from 'vitest';
import { createPicks } from './picks.ts';
import { stubStorage } from '../testing/stub-storage.ts';

beforeEach(() => {
  stubStorage();
});

test('the first tick keeps what was shown as ticked, and later runs change nothing', () => {
  const usePicks = createPicks();
  const { tick } = usePicks.getState();
  tick(['a', 'b'], true, ['base']);
  expect([...(usePicks.getState().picked ?? [])]).toEqual(['base', 'a', 'b']);
  // Another base leads by now.
  tick(['base', 'b'], false, ['other']);
  expect([...(usePicks.getState().picked ?? [])]).toEqual(['a']);
  tick(['a'], false, ['other']);
  expect(usePicks.getState().picked?.size).toBe(0);
  tick(['a'], true, []);
  // After a reload.
  expect([...(createPicks().getState().picked ?? [])]).toEqual(['a']);
});
