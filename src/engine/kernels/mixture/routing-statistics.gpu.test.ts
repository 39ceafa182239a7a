import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { largestError, randomSource } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import * as reference from './routing-statistics.reference.ts';
import { routingStatistics, uncountedRow } from './routing-statistics.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

test.each([
  { rows: 1, linears: 1, active: 1, experts: 1, tasks: 1 },
  { rows: 65, linears: 2, active: 2, experts: 8, tasks: 3 },
  { rows: 333, linears: 1, active: 3, experts: 5, tasks: 16 },
  { rows: 63, linears: 2, active: 8, experts: 64, tasks: 2 },
])(
  '$rows rows, $experts experts, $active active, $tasks tasks: added to what is there',
  async (c) => {
    const { rows, linears, active, experts, tasks } = c;
    const next = randomSource(rows);
    const chosen: number[] = [];
    for (let i = 0; i < rows * linears; i += 1) {
      const left = Array.from({ length: experts }, (_, e) => e);
      for (let k = 0; k < active; k += 1) {
        chosen.push(...left.splice(Math.floor(next() * left.length), 1));
      }
    }
    const weightData = Array.from(chosen, () => Math.fround(next()));
    const taskData = Array.from({ length: rows }, () =>
      rows > 1 && next() < 0.2 ? uncountedRow : Math.floor(next() * tasks),
    );
    const bench = new KernelBench(gpu);
    const shape = [rows, linears, active];
    const indices = bench.input('indices', shape, chosen, 'u32');
    const weights = bench.input('weights', shape, weightData);
    const taskOf = bench.input('taskOf', [rows], taskData, 'u32');
    const countsBefore = Array.from({ length: tasks * linears * experts ** 2 }, (_, i) => 7 * i);
    const sumsBefore = Array.from({ length: tasks * linears * experts }, (_, i) => i / 4);
    const pairs = [tasks, linears, experts, experts];
    const pairCounts = bench.input('pairs', pairs, countsBefore, 'u32');
    const weightSums = bench.input('sums', [tasks, linears, experts], sumsBefore);
    const args = { indices, weights, taskOf, tasks, experts, pairCounts, weightSums };
    const run = async (workgroup: number) => {
      await bench.run((r) => routingStatistics(r, { ...args, workgroup }));
      return [await bench.readUint32(pairCounts), await bench.read(weightSums)] as const;
    };
    const [counts, sums] = await run(8);
    const expected = reference.routingStatistics({
      indices: chosen,
      weights: weightData,
      taskOf: taskData,
      linears,
      activeExperts: active,
      experts,
      tasks,
    });
    const added = [...counts].map((count, i) => count - (countsBefore[i] ?? 0));
    expect(added).toEqual(expected.pairCounts);
    const total = expected.weightSums.map((sum, i) => sum + (sumsBefore[i] ?? 0));
    const unit = total.map((sum) => 2e-6 * sum + 1e-30);
    expect(largestError(sums, total, unit)).toBeLessThan(1);
    expect(await run(8)).toEqual([counts, sums]);
    const [wideCounts, wideSums] = await run(64);
    expect(wideCounts).toEqual(counts);
    expect(largestError(wideSums, total, unit)).toBeLessThan(1);
    bench.close();
  },
);
