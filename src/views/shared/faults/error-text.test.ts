import { afterEach, beforeEach, expect, test } from 'vitest';
import { fault } from '../../../faults/fault.ts';
import { useLanguage } from '../../../studio/language.ts';
import { errorText, loadFaultWords } from './error-text.ts';

beforeEach(async () => {
  useLanguage.getState().choose('zh');
  await loadFaultWords();
});
afterEach(() => {
  useLanguage.getState().choose('system');
});

const stored = {
  code: 'internal',
  message: 'Something failed inside the studio: undefined is not a function',
  kept: '',
  remedy: 'Reload the page and try again.',
};

test('a fault reads in the language of the page, with what it quotes', () => {
  const error = { ...stored, data: { detail: 'undefined is not a function' } };
  expect(errorText(error).message).toBe('工作室内部出错：undefined is not a function');
  const figures = fault('file-damaged', { path: 'a/b', bytes: 1, expected: 2 }).describe();
  expect(errorText(figures).message).toContain('应有 2 字节，找到 1 字节');
});

test('a fault that an earlier version stored without its data keeps its English sentences', () => {
  const plain = { ...stored, message: 'Something failed inside the studio: a reason' };
  const { message, remedy } = errorText({ ...plain, data: {} });
  expect([message, remedy]).toEqual([plain.message, plain.remedy]);
  const damaged = { ...stored, code: 'file-damaged', message: 'It is damaged.' };
  expect(errorText({ ...damaged, data: { path: 'a/b' } }).message).toBe('It is damaged.');
  const several = { ...stored, code: 'gguf-several', message: 'There are two.' };
  expect(errorText({ ...several, data: {} }).message).toBe('There are two.');
});
