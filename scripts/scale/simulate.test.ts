/** The figures of docs/scale.md follow from shapes, packing and rings, and the document has what the script prints. */
import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { main } from './scale.ts';
import { microBatches, models, parametersOf, simulate, type Load } from './simulate.ts';

const cluster = { gpus: 64, gpusOfNode: 8, network: 100e9, within: 300e9, reached: 3e14 };
const load: Load = {
  ...{ records: 1e6, batch: 512, microBatchTokens: 4096, median: 300, spread: 0.8 },
  ...{ maxLength: 2048, sharded: false },
};

test('the shapes are those of models with 7 and 14 billion parameters', () => {
  expect(parametersOf(models['7B']).all / 1e9).toBeCloseTo(7.6, 1);
  expect(parametersOf(models['14B']).all / 1e9).toBeCloseTo(14.8, 1);
});

test('records are packed first fit', () => {
  expect(microBatches([5, 4, 3, 2, 6], 10)).toEqual([9, 5, 6]);
});

test('twice the network halves what waits for it, and one node needs none', () => {
  const needs = simulate(models['7B'], 0, [{ ...cluster, within: 1e30 }, load], 2);
  const fast = simulate(models['7B'], 0, [{ ...cluster, network: 200e9, within: 1e30 }, load], 2);
  expect(needs.secondsReducing / fast.secondsReducing).toBeCloseTo(2, 6);
  expect(needs.secondsReducing).toBeCloseTo((2 * (7 / 8) * needs.bytesReduced) / 12.5e9, 6);
  const alone = simulate(models['7B'], 0, [{ ...cluster, gpus: 8, within: 1e30 }, load], 2);
  expect(alone.secondsReducing).toBeLessThan(1e-9);
});

test('a sharded base is gathered for every micro-batch, a whole one never', () => {
  const whole = simulate(models['14B'], 1, [cluster, load], 2);
  const sharded = simulate(models['14B'], 1, [cluster, { ...load, sharded: true }], 2);
  expect(whole.bytesGathered).toBe(0);
  expect(sharded.bytesGathered).toBeGreaterThan(2 * 2 * 13e9);
  expect(whole.busy).toBeGreaterThan(0.4);
  expect(whole.busy).toBeLessThanOrEqual(1);
  expect(whole.filled).toBeLessThanOrEqual(1);
});

test('docs/scale.md has the table that the script prints', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  expect(main([])).toBe(0);
  log.mockRestore();
  const text = await readFile('docs/scale.md', 'utf8');
  const plain = (table: string) => table.replaceAll(/[ -]+/g, ' ');
  for (const line of lines.join('\n').split('\n').slice(2))
    expect(plain(text)).toContain(plain(line));
});
