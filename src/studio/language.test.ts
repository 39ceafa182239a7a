import { afterEach, expect, test } from 'vitest';
import { inLanguages, locale, useLanguage } from './language.ts';

afterEach(() => {
  useLanguage.getState().choose('system');
});

const words = inLanguages({
  en: { stop: 'Stop', records: (count: number) => `${count} records` },
  zh: { stop: '停止', records: (count) => `${count} 条记录` },
});

test('the same words in the language that is shown', () => {
  useLanguage.getState().choose('en');
  expect([words().stop, words().records(3), locale()]).toEqual(['Stop', '3 records', 'en-GB']);
  useLanguage.getState().choose('zh');
  expect([words().stop, words().records(3), locale()]).toEqual(['停止', '3 条记录', 'zh-CN']);
});
