/** Errors and the worker's sentences in Chinese: by code, values filled in, unknown ones left as they are. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StudioError } from '../../../errors.ts';
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

  it('say why an archive is no run as well as where', () => {
    const reasons = [
      ['it is not there', '文件中没有它'],
      ['it has 12 bytes instead of 40', '它有 12 字节，应为 40 字节'],
      ['it is F16 [2, 3] where F32 [2, 4] is due', '它是 F16 [2, 3]，应为 F32 [2, 4]'],
      ['Invalid input: expected number, received string', '是文本，应为数'],
      ['Invalid input: expected object, received undefined', '缺失，应为对象'],
      ['Unrecognized key: "extra"', '含有不认识的字段 "extra"'],
      ['Invalid option: expected one of "a"|"b"', '应为 "a"、"b" 之一'],
      ['Too big: expected number to be <=3', '过大或过长，最多 3'],
    ] as const;
    for (const [reason, chinese] of reasons) {
      const data = { file: 'manifest.json', where: 'manifest.json.steps', reason };
      const error = new StudioError({
        code: 'run-archive-invalid',
        message: 'x',
        remedy: 'y',
        data,
      });
      const { message } = chineseWords.error(error) ?? { message: '' };
      expect(message).toBe(`该归档不是本工作室的运行：manifest.json.steps 有误：${chinese}。`);
    }
  });

  it('translate what the library that checks JSON really says', () => {
    const shape = z.strictObject({
      steps: z.int().max(3),
      kind: z.enum(['a', 'b']),
      names: z.array(z.string()).min(2),
      on: z.boolean(),
      text: z.string().max(2),
    });
    const wrong = { steps: 4, kind: 'c', names: ['x'], on: 'yes', text: 'long', more: 1 };
    const said = shape.safeParse(wrong).error?.issues.map(({ message }) => message) ?? [];
    expect(said).toHaveLength(6);
    for (const message of [...said, ...said.map((one) => `a.b: ${one}`)]) {
      expect(chineseWords.phrase(message)).toMatch(/\p{Script=Han}/u);
      expect(chineseWords.phrase(message)).not.toMatch(/expected|Invalid|Unrecognized/);
    }
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
