import { expect, test } from 'vitest';
import { useLanguage } from '../../../studio/language.ts';
import { placeWords } from './place.ts';

test('a place names the line, and the row of the table only where it is another number', () => {
  expect(placeWords({ line: 1042 })).toBe('line 1,042');
  expect(placeWords({ line: 1042, row: 11 })).toBe('row 11, line 1,042');
  useLanguage.getState().choose('zh');
  expect(placeWords({ line: 42 })).toBe('第 42 行');
  expect(placeWords({ line: 42, row: 11 })).toBe('表格第 11 行（文件第 42 行）');
  useLanguage.getState().choose('system');
});
