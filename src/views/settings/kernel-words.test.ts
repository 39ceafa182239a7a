import { afterEach, expect, test } from 'vitest';
import {
  classOf,
  describeClass,
  kernelClass,
  type KernelSizes,
} from '../../engine/kernels/kernel-classes.ts';
import { useLanguage } from '../../studio/language.ts';
import type { ReportedClass } from '../../studio/tuning.ts';
import { candidateTime, className, classSizes, timedShape } from './kernel-words.ts';

const heads = { rows: 64, heads: 8, groups: 2, headSize: 64 };
const product = { reader: 'q4_0', rows: 2048, columns: 16, inner: 896, aligned: false } as const;

afterEach(() => {
  useLanguage.getState().choose('system');
});

test('every class that the engine names has words', () => {
  const reported = (name: string): ReportedClass => ({
    ...{ kernelClass: name, shape: '', standard: '', chosen: '', candidates: [] },
    meaning: describeClass(name),
  });
  const words = (sizes: KernelSizes): string => {
    const tuned = reported(kernelClass(sizes));
    return `${className(tuned)}: ${classSizes(tuned)}`;
  };
  expect(words({ kind: 'forward', ...product })).toBe(
    'Product y = x Wᵀ: weights q4_0 · rows > 512 · columns ≤ 64 · sums ≤ 1024 · unaligned sizes',
  );
  expect(words({ kind: 'weight', ...product, reader: 'f32', aligned: true })).toBe(
    'Gradient of the weights, dW = dyᵀ x: rows > 512 · columns ≤ 64 · sums ≤ 1024',
  );
  expect(words({ kind: 'input-float16', ...product, reader: 'f16-native', aligned: true })).toBe(
    'Gradient of the input, dx = dy W, multiplied in float16: weights f16-native · rows > 512 · columns ≤ 64 · sums ≤ 1024',
  );
  expect(words({ kind: 'attention-backward', ...heads })).toBe('Attention, backward: heads of 64');
  expect(words({ kind: 'cached-attention', ...heads, capacity: 512, half: true })).toBe(
    'Attention over the cache: heads of 64 · cache f16',
  );
  expect(words({ kind: 'norm-forward', rows: 8, columns: 8 })).toBe('RMSNorm, forward: rows ≤ 8');
  const unknown = reported('of-another-version.8');
  expect([className(unknown), classSizes(unknown)]).toEqual(['of-another-version.8', '']);
});

test('the sizes that were timed read in both languages', () => {
  const cached = { kind: 'cached-attention', ...heads, capacity: 512, half: true } as const;
  const all: KernelSizes[] = [
    { kind: 'forward', ...product },
    { kind: 'attention-forward', ...heads },
    cached,
    { kind: 'norm-backward', rows: 8, columns: 896 },
  ];
  const shapes = (): string[] =>
    all.map((sizes) => timedShape({ shape: classOf(sizes).shape(sizes) }));
  useLanguage.getState().choose('en');
  expect(shapes()).toEqual([
    '2048 × 16, sums of 896',
    '64 rows, 8/2 heads of 64',
    '64 rows over 512, 8/2 heads of 64',
    '8 × 896',
  ]);
  useLanguage.getState().choose('zh');
  expect(shapes()).toEqual([
    '2048 × 16，求和长度 896',
    '64 行，8/2 个头，头维度 64',
    '64 行，缓存 512，8/2 个头，头维度 64',
    '8 × 896',
  ]);
  // As 0.1.0 stored it.
  expect(timedShape({ shape: '2048 × 896' })).toBe('2048 × 896');
});

test('times have three digits, and what was not timed says why', () => {
  const time = (milliseconds: number): string =>
    candidateTime({ variant: 'tiled', state: 'timed', milliseconds, error: 0 });
  expect([215.21, 2.345, 0.1234, 0.0123].map(time)).toEqual([
    '215.2 ms',
    '2.35 ms',
    '123 µs',
    '12.3 µs',
  ]);
  const wrong = { variant: 'tiled', state: 'wrong', milliseconds: null, error: 1 } as const;
  expect(candidateTime(wrong)).toBe('wrong result');
});
