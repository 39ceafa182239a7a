import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomSource, randomValues } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { asMatrix, viewTensor } from '../../gpu/tensor.ts';
import { embeddingForward, gatherRows, scatterRows } from './embedding.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

/** Rows of x by index, zeros where the index is beyond it: what lookup and gather both compute. */
function rowsOf(x: Float64Array, size: number, indices: readonly number[]): Float32Array {
  return Float32Array.from(
    indices.flatMap((index) => Array.from({ length: size }, (_, d) => x[index * size + d] ?? 0)),
  );
}

test.each([
  [1, 1, 1],
  [63, 5, 7],
  [65, 300, 64],
  [2, 1000, 130],
])('%i rows of a table [%i, %i], bit for bit', async (rows, count, size) => {
  const next = randomSource(rows);
  const ids = Array.from({ length: rows }, () => Math.floor(next() * count));
  if (rows > 1) ids.splice(1, 1, count);
  if (rows > 2) ids.splice(2, 1, 0xffffffff);
  const data = randomValues(count * size, 2);
  const bench = new KernelBench(gpu);
  const table = bench.input('table', [count, size], data);
  const index = bench.input('ids', [rows], ids, 'u32');
  const looked = bench.output('looked up', [rows, size]);
  const gathered = bench.output('gathered', [rows, size]);
  await bench.run((r) => {
    embeddingForward(r, { ids: index, table: asMatrix(table), y: looked });
    gatherRows(r, { x: table, rows: index, y: gathered });
  });
  const expected = rowsOf(data, size, ids);
  expect(await bench.read(looked)).toEqual(expected);
  expect(await bench.read(gathered)).toEqual(expected);
  bench.close();
});

test('scaled rows, each product rounded once', async () => {
  const [rows, count, size] = [9, 20, 65];
  const scale = Math.fround(Math.sqrt(640));
  const ids = Array.from({ length: rows }, (_, row) => (row * 7) % count);
  const data = randomValues(count * size, 8);
  const bench = new KernelBench(gpu);
  const table = bench.input('table', [count, size], data);
  const index = bench.input('ids', [rows], ids, 'u32');
  const y = bench.output('y', [rows, size]);
  await bench.run((r) => embeddingForward(r, { ids: index, table: asMatrix(table), y, scale }));
  const expected = rowsOf(data, size, ids).map((value) => Math.fround(scale * value));
  expect(await bench.read(y)).toEqual(expected);
  bench.close();
});

test('a table in two parts gives what it gives in one', async () => {
  const [rows, count, size, split] = [37, 100, 64, 41];
  const next = randomSource(5);
  const ids = Array.from({ length: rows }, () => Math.floor(next() * (count + 5)));
  const data = randomValues(count * size, 6);
  const bench = new KernelBench(gpu);
  const table = bench.input('table', [count, size], data);
  const index = bench.input('ids', [rows], ids, 'u32');
  const y = bench.output('y', [rows, size]);
  await bench.run((r) => {
    const low = viewTensor(table, 0, [split, size]);
    const high = viewTensor(table, split * size, [count - split, size]);
    embeddingForward(r, { ids: index, table: asMatrix(low), y });
    embeddingForward(r, { ids: index, table: asMatrix(high), y, firstId: split, keep: true });
  });
  expect(await bench.read(y)).toEqual(rowsOf(data, size, ids));
  bench.close();
});

test.each([1, 63, 64, 65])('scatter writes its rows of size %i and no others', async (size) => {
  const targets = 9;
  const indices = [4, 0xffffffff, 8, 0, targets, 3];
  const xData = randomValues(indices.length * size, 3);
  const yData = randomValues(targets * size, 4);
  const bench = new KernelBench(gpu);
  const x = bench.input('x', [indices.length, size], xData);
  const rows = bench.input('rows', [indices.length], indices, 'u32');
  const y = bench.input('y', [targets, size], yData);
  await bench.run((r) => scatterRows(r, { x, rows, y }));
  const expected = Float32Array.from(yData);
  indices.forEach((row, c) => {
    if (row < targets) expected.set(xData.subarray(c * size, (c + 1) * size), row * size);
  });
  expect(await bench.read(y)).toEqual(expected);
  bench.close();
});

test('refuses shapes and types that do not fit', async () => {
  const bench = new KernelBench(gpu);
  const x = bench.input('x', [4, 3], randomValues(12, 1));
  const rows = bench.input('rows', [2], [0, 1], 'u32');
  const floats = bench.input('floats', [2], [0, 1]);
  const y = bench.output('y', [2, 3]);
  const wide = bench.output('wide', [2, 4]);
  const refused = (record: Parameters<typeof bench.run>[0]): Promise<void> =>
    expect(bench.run(record)).rejects.toThrow(RangeError);
  await refused((r) => gatherRows(r, { x, rows, y: wide }));
  await refused((r) => gatherRows(r, { x, rows: floats, y }));
  await refused((r) => scatterRows(r, { x: wide, rows, y: x }));
  await refused((r) => embeddingForward(r, { ids: floats, table: asMatrix(x), y }));
  await refused((r) => embeddingForward(r, { ids: rows, table: asMatrix(x), y: wide }));
  bench.close();
});
