import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { attentionBackward } from './attention-backward.ts';
import { attentionForward } from './attention-forward.ts';
import type { AttentionVariant } from './attention-class.ts';
import * as reference from './attention.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

interface Case {
  readonly records: readonly number[];
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  /** Standard deviation of queries and keys: large ones make one weight of a row almost 1. */
  readonly spread?: number;
  /** Most rows that a row sees, itself included. */
  readonly window?: number;
  /** The factor that multiplies scores; 1 / √headSize unless given. */
  readonly scale?: number;
  /** Most workgroups in one dimension, where the test wants a folded grid. */
  readonly limit?: number;
}

/** Records end to end; a negative length is that many rows that attend nothing. */
function segments(records: readonly number[], window: number): { start: number[]; end: number[] } {
  const start: number[] = [];
  const end: number[] = [];
  for (const length of records) {
    const first = start.length;
    for (let row = first; row < first + Math.abs(length); row += 1) {
      start.push(length < 0 ? 0xffffffff : Math.max(first, row + 1 - window));
      end.push(length < 0 ? 0 : Math.min(first + length, row + window));
    }
  }
  return { start, end };
}

async function check(variant: AttentionVariant, item: Case): Promise<void> {
  const { records, heads, groups, headSize, spread = 1, limit = 65535, scale } = item;
  const { start, end } = segments(records, item.window ?? 2 ** 20);
  const rows = start.length;
  const query = [rows, heads, headSize];
  const key = [rows, groups, headSize];
  const queryCount = rows * heads * headSize;
  const keyCount = rows * groups * headSize;
  const qData = randomValues(queryCount, 1 + rows, spread);
  const kData = randomValues(keyCount, 2 + rows, spread);
  const vData = randomValues(keyCount, 3 + rows);
  const dOutputData = randomValues(queryCount, 4 + rows);
  const bench = new KernelBench(gpu);
  const q = bench.input('q', query, qData);
  const k = bench.input('k', key, kData);
  const v = bench.input('v', key, vData);
  const dOutput = bench.input('d output', query, dOutputData);
  const segmentStart = bench.input('segment start', [rows], start, 'u32');
  const segmentEnd = bench.input('segment end', [rows], end, 'u32');
  const output = bench.output('output', query);
  const logSumExp = bench.output('log-sum-exp', [rows, heads]);
  const dq = bench.output('dq', query);
  const dk = bench.output('dk', key);
  const dv = bench.output('dv', key);
  const inputs = { q, k, v, segmentStart, output, logSumExp, scale, variant };
  const run = (): Promise<void> =>
    bench.run((r) => {
      const traits = { ...r.traits, maxWorkgroupsPerDimension: limit };
      const narrow = new PlanRecorder('narrow', traits);
      attentionForward(narrow, inputs);
      attentionBackward(narrow, { ...inputs, segmentEnd, dOutput, dq, dk, dv });
      for (const command of narrow.finish().commands) {
        if (command.kind === 'dispatch') r.dispatch(command.call);
      }
    });
  const results = async (): Promise<Float32Array[]> =>
    Promise.all([output, logSumExp, dq, dk, dv].map((tensor) => bench.read(tensor)));
  await run();
  const [outputs, logs, dqs, dks, dvs] = await results();
  if (!outputs || !logs || !dqs || !dks || !dvs) throw new Error('results are missing');

  const sizes = { heads, groups, headSize, segmentStart: start, scale };
  const forward = reference.attentionForward(qData, kData, vData, sizes);
  const backward = reference.attentionBackward(qData, kData, vData, dOutputData, sizes);
  expect(relativeL2(outputs, forward.output)).toBeLessThan(2e-6 * Math.max(1, spread));
  // A score's rounding is 2·headSize ULP of Σ|q·k| / √headSize, about √headSize · spread².
  const logUnit = 2 * headSize * floatEpsilon * (Math.sqrt(headSize) * spread ** 2 + 8);
  const units = forward.logSumExp.map((value) => (value > 1e29 ? 1e24 : logUnit));
  expect(largestError(logs, forward.logSumExp, units)).toBeLessThan(1);
  expect(relativeL2(dqs, backward.dq)).toBeLessThan(1e-5);
  expect(relativeL2(dks, backward.dk)).toBeLessThan(1e-5);
  expect(relativeL2(dvs, backward.dv)).toBeLessThan(1e-5);

  await run();
  expect(await results()).toEqual([outputs, logs, dqs, dks, dvs]);
  bench.close();
}

const direct: readonly Case[] = [
  { records: [2], heads: 1, groups: 1, headSize: 4 },
  { records: [63], heads: 4, groups: 2, headSize: 10 },
  { records: [1, 30, -3, 29, 2], heads: 3, groups: 1, headSize: 32 },
  { records: [64, -1], heads: 4, groups: 4, headSize: 8, spread: 3 },
  { records: [5, 60, 65], heads: 2, groups: 1, headSize: 8, limit: 7 },
  { records: [40, 65], heads: 2, groups: 1, headSize: 8, window: 1 },
  { records: [5, 60, -2, 65], heads: 4, groups: 2, headSize: 18, window: 7, scale: 0.2 },
];

// Heads of one 32-wide chunk and a bit, and of four; records that start and end inside tiles.
const tiled: readonly Case[] = [
  { records: [1], heads: 1, groups: 1, headSize: 34 },
  { records: [63], heads: 4, groups: 2, headSize: 34, spread: 3 },
  { records: [1, 30, -3, 29, 2], heads: 3, groups: 1, headSize: 34 },
  { records: [5, 60, 65], heads: 2, groups: 2, headSize: 34, limit: 7 },
  { records: [5, 60, -2, 65], heads: 4, groups: 2, headSize: 34, window: 7, scale: 0.2 },
  { records: [130], heads: 2, groups: 1, headSize: 34, window: 33 },
  { records: [33, 32], heads: 2, groups: 1, headSize: 128 },
];

describe('attention in registers', () => {
  test.each(direct)('$records, $heads/$groups heads of $headSize', (item) => check('direct', item));
});

describe('attention in tiles', () => {
  test.each(tiled)('$records, $heads/$groups heads of $headSize', (item) => check('tiled', item));
});

test('refuses heads that do not divide, odd or large head sizes, and other shapes', async () => {
  const bench = new KernelBench(gpu);
  const make = (heads: number, headSize: number) =>
    bench.input(
      `${heads} × ${headSize}`,
      [2, heads, headSize],
      new Array(2 * heads * headSize).fill(1),
    );
  const segmentStart = bench.input('start', [2], [0, 0], 'u32');
  const logSumExp = bench.output('log-sum-exp', [2, 4]);
  const refused = async (q: number, k: number, headSize: number, output = q): Promise<void> => {
    const key = make(k, headSize);
    const args = { q: make(q, headSize), k: key, v: key, segmentStart, logSumExp };
    const run = bench.run((r) => attentionForward(r, { ...args, output: make(output, headSize) }));
    await expect(run).rejects.toThrow(RangeError);
  };
  await refused(4, 3, 8);
  await refused(4, 2, 7);
  await refused(4, 2, 258);
  await refused(4, 2, 8, 3);
  const args = { q: make(4, 130), k: make(4, 130), v: make(4, 130), segmentStart, logSumExp };
  const output = make(4, 130);
  const run = bench.run((r) => attentionForward(r, { ...args, output, variant: 'direct' }));
  await expect(run).rejects.toThrow(RangeError);
  bench.close();
});
