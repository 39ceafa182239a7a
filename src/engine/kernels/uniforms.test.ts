import { expect, test } from 'vitest';
import { changedWords, entryWords, uniformWords } from './uniforms.ts';

const f32 = (value: number): object => ({ f32: value });
const u32 = (value: number): object => ({ u32: value });

test('words lie in the order of the WGSL struct, whatever the order of the values', () => {
  const words = uniformWords('norm/rms-rows', { epsilon: 1e-6, size: 64, rows: 3 });
  expect(words).toEqual([u32(3), u32(64), f32(1e-6)]);
});

test('lists are filled up with zeros, padding is zero', () => {
  const stream = { stream: 1, threshold: 2, scale: 3, start: 4 };
  const words = uniformWords('ffn/dropout-forward', { streams: [stream], count: 9 });
  expect(words).toEqual([
    u32(1),
    u32(2),
    f32(3),
    u32(4),
    ...Array.from({ length: 8 }, () => u32(0)),
    u32(9),
  ]);
  const rows = { outputs: 1, inputs: 2, splits: 3, partial_offset: 4 };
  const entry = entryWords('linear/sum-splits', {
    ...{ ...rows, dw_offset: 5, dw_stride: 6, accumulate: 7 },
  });
  expect(entry).toEqual([1, 2, 3, 4, 5, 6, 7, 0].map(u32));
});

test('what is missing, unknown or too long is refused by its name', () => {
  const refused = (values: object): (() => void) => {
    return () => uniformWords('norm/rms-rows', values as { rows: 1; size: 1; epsilon: 1 });
  };
  expect(refused({ rows: 1, size: 2 })).toThrow('norm/rms-rows.epsilon');
  expect(refused({ rows: 1, size: 2, epsilon: 3, more: 4 })).toThrow('norm/rms-rows has no more');
  const streams = Array(4).fill({ stream: 1, threshold: 2, scale: 3, start: 4 });
  expect(() => uniformWords('ffn/dropout-forward', { streams, count: 9 })).toThrow(
    'ffn/dropout-forward.streams',
  );
});

test('recorded words change in the fields that are named', () => {
  const rest = { rows: 1, stride: 2, linears: 3, first_column: 4, block_columns: 5 };
  const values = { ...rest, plain_columns: 6, experts: 7, expert_rank: 8 };
  const words = uniformWords('mixture/router-forward', {
    ...{ ...values, forced_low: [9, 10], forced_high: [] },
  });
  const changed = changedWords('mixture/router-forward', words, { forced_low: [11, 12, 13] });
  expect(changed).toEqual([11, 12, 13, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8].map(u32));
});
