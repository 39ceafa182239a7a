import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import type { Note } from './catalogue.ts';
import { english } from './en/english.ts';
import { asStudioError, fault, faultFrom, keeping, restated } from './fault.ts';
import { schemaReason } from './schema-reason.ts';
import { rowFault } from './row-fault.ts';
import { faultWords, keptWords, noteWords, rowName, rowWords } from './words.ts';
import { chinese } from './zh/chinese.ts';

describe('a fault', () => {
  it('says in English what its data tell, and comes back whole from another thread', () => {
    const error = fault(
      'gpu-out-of-memory',
      { label: 'lm_head.weight', bytes: 1.2e9 },
      { kept: 'stored' },
    );
    expect(error.message).toBe(
      'The GPU could not allocate 1.2 GB for the output layer of the base model.',
    );
    const back = faultFrom(structuredClone(error.describe()));
    expect(back.describe()).toEqual(error.describe());
    expect(keptWords(english, back.kept)).toBe('Everything stored.');
  });

  it('reads in Chinese by its code and its data', () => {
    const { code, data } = fault('gpu-out-of-memory', { label: 'lm_head.weight', bytes: 1.2e9 });
    expect(faultWords(chinese, code, data)?.[0]).toBe('GPU 无法为基座模型的输出层分配 1.2 GB。');
    expect(keptWords(chinese, 'stored')).toBe('已存储的一切。');
  });

  it('says more where its caller knows more', () => {
    const lost = fault('device-lost', { reason: 'unknown', detail: 'gone', at: 'now' });
    const told = restated(lost, { kept: 'to-checkpoint', data: { run: true } });
    expect(told.remedy).toContain('Resume the run');
    expect(told.message).toBe(lost.message);
    expect(told.cause).toBe(lost);
    expect(keeping(told, 'stored')).toBe(told);
    expect(keeping(lost, 'stored').kept).toBe('stored');
  });

  it('of another version keeps the sentences that it came with', () => {
    const stored = { code: 'of-another-version', message: 'M.', kept: 'All of it.', remedy: 'R.' };
    const error = faultFrom(stored);
    expect(faultWords(chinese, error.code, error.data)).toBeNull();
    expect(keptWords(chinese, error.kept)).toBe('All of it.');
    const told = restated(error, { data: { line: 3 } });
    expect(told).toMatchObject({ message: 'M.', remedy: 'R.', data: { line: 3 } });
  });

  it('that earlier versions stored with a clause for its reason still reads', () => {
    const data = { path: 'batch', reason: 'a clause of before' };
    expect(faultWords(chinese, 'recipe-invalid', data)?.[0]).toBe(
      '配方在 batch 处不成立：a clause of before。',
    );
  });

  it('is made of whatever else was thrown', () => {
    const thrown = new RangeError('out of range');
    const error = asStudioError(thrown);
    expect(error.code).toBe('internal');
    expect(error.message).toBe('Something failed inside the studio: out of range');
    expect(error.cause).toBe(thrown);
  });
});

test('what a schema found wrong reads in both languages', () => {
  const shape = z.strictObject({
    steps: z.int().max(3),
    kind: z.enum(['a', 'b']),
    names: z.array(z.string()).min(2),
    on: z.boolean(),
    inner: z.object({ count: z.number() }),
  });
  const right = { steps: 1, kind: 'a', names: ['x', 'y'], on: true, inner: { count: 1 } };
  const wrong = [
    [{ ...right, steps: 4 }, 'steps', '过大或过长，最多 3'],
    [{ ...right, kind: 'c' }, 'kind', '应为 "a"、"b" 之一'],
    [{ ...right, names: ['x'] }, 'names', '过小或过短，至少 2'],
    [{ ...right, on: 'yes' }, 'on', '是文本，应为布尔值'],
    [{ ...right, inner: {} }, 'inner.count', '缺失，应为数字'],
    [{ ...right, inner: null }, 'inner', '是空值，应为对象'],
    [{ ...right, more: 1 }, '', '含有不认识的字段 "more"'],
  ] as const;
  for (const [value, place, words] of wrong) {
    const parsed = shape.safeParse(value);
    if (parsed.success) throw new Error('it fits');
    const { path, why } = schemaReason(parsed.error, value);
    expect(path).toBe(place);
    const data = { file: 'm.json', where: 'm.json', ...why };
    const { message } = fault('run-archive-invalid', data);
    expect(message).toContain(parsed.error.issues[0]?.message);
    expect(faultWords(chinese, 'run-archive-invalid', data)?.[0]).toContain(words);
  }
});

test.each<[Note, string, string]>([
  [{ code: 'storing-model' }, 'Storing the model', '正在存储模型'],
  [{ code: 'questions', done: 12, total: 40 }, '12 of 40 questions', '第 12 题，共 40 题'],
  [
    { code: 'binding-too-large', name: 'gateUp dh', bytes: 268e6, limit: 134e6 },
    '268 MB must lie in one binding for the activations of the branches, in the backward pass; this device allows 134 MB.',
    '分支的激活（反向传播）在一个绑定中需要 268 MB，本设备只允许 134 MB。',
  ],
  [
    { code: 'buffer-too-large', name: 'key cache 3', bytes: 268e6, limit: 134e6 },
    '268 MB must lie in one buffer for the key-value cache, layer 4; this device allows 134 MB.',
    '第 4 层：键值缓存需要 268 MB 的缓冲区，本设备只允许 134 MB。',
  ],
  [
    {
      code: 'trying-again',
      fault: fault('hub-refused', { hub: 'h', status: 500 }).describe(),
      seconds: 3,
    },
    'h refused the request (status 500). Trying again in 3 s.',
    'h 拒绝了请求，状态 500。3 秒后重试。',
  ],
])('a note in both languages: %j', (note, inEnglish, inChinese) => {
  expect(noteWords(english, note)).toBe(inEnglish);
  expect(noteWords(chinese, note)).toBe(inChinese);
});

test('no Chinese among the English, and every Chinese text is Chinese', () => {
  const han = /\p{Script=Han}/u;
  expect(Object.values(english.kept).filter((text) => han.test(text))).toEqual([]);
  expect(Object.values(chinese.kept).filter((text) => !han.test(text))).toEqual([]);
});

describe('a fault of a row', () => {
  test.each([
    [
      rowFault('wrong-type', { field: 'output', found: 'a list', due: 'text' }),
      '"output" is a list where text is expected',
      '“output”是列表，应为文本',
    ],
    [
      rowFault('broken-json', { detail: 'comma', close: ']' }),
      'a comma or "]" is expected here',
      '此处应为逗号或“]”',
    ],
    [
      rowFault('duplicate', { line: 12_000, file: 'a.jsonl' }),
      'it repeats line 12000 of a.jsonl',
      '与 a.jsonl 第 12,000 行重复',
    ],
    [
      rowFault('unknown-value', { field: 'metric', found: '', allowed: 'accuracy' }),
      '"metric" is empty; it must be one of accuracy',
      '“metric”为空，应为 accuracy 之一',
    ],
  ])('reads in both languages: %s', (error, inEnglish, inChinese) => {
    expect(error.message).toBe(inEnglish);
    expect(rowWords(english, error.code, error.data)).toBe(inEnglish);
    expect(rowWords(chinese, error.code, error.data)).toBe(inChinese);
  });

  it('of another version is told apart by its code alone', () => {
    expect(rowWords(chinese, 'of-another-version', {})).toBeNull();
    expect(rowName(chinese, 'of-another-version')).toBe('of-another-version');
    expect(rowName(chinese, 'bom')).toBe('字节顺序标记');
  });
});
