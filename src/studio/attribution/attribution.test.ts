import { expect, it } from 'vitest';
import { phraseIn } from './attribution.ts';

it('finds a phrase where it stands in the answer', () => {
  expect(phraseIn('The red key opens it.', ' red key ')).toEqual({
    before: 'The ',
    phrase: 'red key',
  });
  expect(phraseIn('The red key', 'blue')).toBeNull();
  expect(phraseIn('The red key', '  ')).toBeNull();
});
