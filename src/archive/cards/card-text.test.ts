import { expect, test } from 'vitest';
import { inline } from './card-text.ts';

test('a number is marked only where it would begin a list', () => {
  expect(inline('0.2.0')).toBe('0.2.0');
  expect(inline('3.5 mg')).toBe('3.5 mg');
  expect(inline('1. first')).toBe('1\\. first');
  expect(inline('2)')).toBe('2\\)');
});
