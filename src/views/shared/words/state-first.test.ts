import { expect, test } from 'vitest';
import { stateFirst } from './state-first.ts';

test('the state comes first, whatever marks the name of its run has', () => {
  expect(stateFirst('10 % of stage 1 · Quick look · Merged')).toBe(
    'Merged · 10 % of stage 1 · Quick look',
  );
  expect(stateFirst('MedCare nano · Base')).toBe('Base · MedCare nano');
  expect(stateFirst('A file')).toBe('A file');
});
