import { expect, test } from 'vitest';
import {
  describeClass,
  kernelClass,
  type KernelSizes,
} from '../../engine/kernels/kernel-classes.ts';
import type { ReportedClass } from '../../studio/tuning.ts';
import { candidateTime, className, classSizes } from './kernel-words.ts';

test('every class that the engine names has words', () => {
  const heads = { rows: 64, heads: 8, groups: 2, headSize: 64 };
  const product = { reader: 'q4_0', rows: 2048, columns: 16, inner: 896, aligned: false } as const;
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
  expect(words({ kind: 'attention-backward', ...heads })).toBe('Attention, backward: heads of 64');
  expect(words({ kind: 'cached-attention', ...heads, capacity: 512, half: true })).toBe(
    'Attention over the cache: heads of 64 · cache f16',
  );
  expect(words({ kind: 'norm-forward', rows: 8, columns: 8 })).toBe('RMSNorm, forward: rows ≤ 8');
  const unknown = reported('of-another-version.8');
  expect([className(unknown), classSizes(unknown)]).toEqual(['of-another-version.8', '']);
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
