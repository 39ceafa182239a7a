/** Errors and the worker's sentences in Chinese: by code, values filled in, unknown ones left as they are. */
import { describe, expect, it } from 'vitest';
import { StudioError } from '../../errors.ts';
import { chineseWords } from './error-words.ts';

describe('errors in Chinese', () => {
  it('name the values that the error carries', () => {
    const text = chineseWords.error(
      new StudioError({
        code: 'gpu-out-of-memory',
        message: 'The GPU could not give 1.2 GB for weights.',
        kept: 'Everything stored.',
        remedy: '',
        data: { label: 'weights', bytes: 1.2e9 },
      }),
    );
    expect(text?.message).toBe('GPU 无法为 weights 分配 1.2 GB。');
    expect(text?.kept).toBe('已存储的一切。');
  });

  it('are not made up for a code that has none', () => {
    const error = new StudioError({ code: 'of-another-version', message: 'x', remedy: 'y' });
    expect(chineseWords.error(error)).toBeNull();
  });
});

describe('sentences of the worker in Chinese', () => {
  it.each([
    ['Storing the model', '正在存储模型'],
    ['12 of 40 questions', '第 12 题，共 40 题'],
    [
      'scores needs 268 MB in one binding; this device allows 134 MB.',
      'scores 在一个绑定中需要 268 MB，本设备只允许 134 MB。',
    ],
    ['something that nobody wrote down', 'something that nobody wrote down'],
  ])('%s', (english, chinese) => {
    expect(chineseWords.phrase(english)).toBe(chinese);
  });
});
