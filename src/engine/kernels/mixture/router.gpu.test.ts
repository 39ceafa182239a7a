import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import * as reference from './router.reference.ts';
import { routerBackward, routerForward, type RouterLayout } from './router.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly layout: RouterLayout;
  /** Columns of h. */
  readonly columns: number;
  readonly activeExperts: number;
  readonly renormalise: boolean;
  readonly withBias: boolean;
  readonly forced?: readonly number[];
}

const paper: RouterLayout = {
  linears: 2,
  firstColumn: 0,
  blockColumns: 168,
  plainColumns: 32,
  experts: 8,
  expertRank: 16,
};
const odd: RouterLayout = {
  linears: 1,
  firstColumn: 5,
  blockColumns: 24,
  plainColumns: 0,
  experts: 5,
  expertRank: 3,
};
const largest: RouterLayout = {
  linears: 2,
  firstColumn: 1,
  blockColumns: 131,
  plainColumns: 3,
  experts: 64,
  expertRank: 1,
};
const cases: Case[] = [
  {
    name: 'the paper’s two linears',
    rows: 65,
    layout: paper,
    columns: 336,
    activeExperts: 2,
    renormalise: true,
    withBias: true,
  },
  {
    name: 'odd sizes, weights as they are',
    rows: 63,
    layout: odd,
    columns: 31,
    activeExperts: 3,
    renormalise: false,
    withBias: false,
  },
  {
    name: '64 experts, 8 active',
    rows: 7,
    layout: largest,
    columns: 270,
    activeExperts: 8,
    renormalise: true,
    withBias: true,
  },
  {
    name: 'all experts active',
    rows: 1,
    layout: odd,
    columns: 31,
    activeExperts: 5,
    renormalise: true,
    withBias: false,
  },
  {
    name: 'forced',
    rows: 9,
    layout: paper,
    columns: 340,
    activeExperts: 2,
    renormalise: true,
    withBias: true,
    forced: [6, 1],
  },
];

/** Compares the columns of the blocks; all others must still be poison. */
function split(layout: RouterLayout, columns: number, values: ArrayLike<number>) {
  const { firstColumn, linears, blockColumns, plainColumns, experts, expertRank } = layout;
  const used = plainColumns + experts * (expertRank + 1);
  const inside: number[] = [];
  const outside: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    const c = (i % columns) - firstColumn;
    const own = c >= 0 && c < linears * blockColumns && c % blockColumns < used;
    (own ? inside : outside).push(values[i] ?? 0);
  }
  return { inside, outside };
}

describe.each([1, 32])('router with %i lanes', (lanes) => {
  test.each(cases)('$name', async (c) => {
    const { rows, columns, layout, activeExperts, renormalise, forced } = c;
    const { linears, experts } = layout;
    const hData = randomValues(rows * columns, 41 + rows);
    const biasData = randomValues(linears * experts, 42, 0.5);
    const dgatedData = randomValues(rows * columns, 43);
    const scaleData = randomValues(columns, 44).map((value) => Math.fround(2 + value / 8));
    const bench = new KernelBench(gpu);
    const h = bench.input('h', [rows, columns], hData);
    const dgated = bench.input('dgated', [rows, columns], dgatedData);
    const columnScale = bench.input('columnScale', [columns], scaleData);
    const gated = bench.output('gated', [rows, columns]);
    const dh = bench.output('dh', [rows, columns]);
    const indices = bench.output('indices', [rows, linears, activeExperts], 'u32');
    const weights = bench.output('weights', [rows, linears, activeExperts]);
    const probabilities = bench.output('probabilities', [rows, linears, experts]);
    const choice = {
      layout,
      activeExperts,
      renormalise,
      lanes,
      ...(c.withBias ? { bias: bench.input('bias', [linears, experts], biasData) } : {}),
      ...(forced ? { forced } : {}),
    };
    const run = async () => {
      await bench.run((r) => {
        routerForward(r, { h, gated, indices, weights, probabilities, ...choice });
        routerBackward(r, { h, dgated, dh, columnScale, ...choice });
      });
      return {
        gated: await bench.read(gated),
        dh: await bench.read(dh),
        indices: await bench.readUint32(indices),
        weights: await bench.read(weights),
        probabilities: await bench.read(probabilities),
      };
    };
    const actual = await run();
    const problem: reference.RouterProblem = {
      layout,
      activeExperts,
      renormalise,
      rows,
      columns,
      h: hData,
      ...(c.withBias ? { bias: biasData } : {}),
      ...(forced ? { forced } : {}),
    };
    const expected = reference.routerForward(problem);
    expect([...actual.indices]).toEqual(expected.indices);
    const ulp = (values: number[]): number[] => values.map((v) => 34 * floatEpsilon * v);
    expect(largestError(actual.weights, expected.weights, ulp(expected.weights))).toBeLessThan(1);
    const units = ulp(expected.probabilities);
    expect(largestError(actual.probabilities, expected.probabilities, units)).toBeLessThan(1);

    const gatedColumns = split(layout, columns, actual.gated);
    const wantedColumns = split(layout, columns, expected.gated);
    expect(relativeL2(gatedColumns.inside, wantedColumns.inside)).toBeLessThan(1e-6);
    expect(gatedColumns.outside.every(Number.isNaN)).toBe(true);
    const zeros = gatedColumns.inside.filter((value) => value === 0).length;
    expect(zeros).toBe(wantedColumns.inside.filter((value) => value === 0).length);

    const gradient = reference.routerBackward(problem, dgatedData, scaleData);
    const dhColumns = split(layout, columns, actual.dh);
    expect(relativeL2(dhColumns.inside, split(layout, columns, gradient).inside)).toBeLessThan(
      1e-6,
    );
    expect(dhColumns.outside.every(Number.isNaN)).toBe(true);
    // The router's columns apart: beside the experts' they are too small for a difference to show above.
    const { firstColumn, blockColumns, plainColumns, expertRank } = layout;
    const logits = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, i) => {
        const column = (i % columns) - firstColumn;
        const place = (column % blockColumns) - plainColumns - experts * expertRank;
        return column >= 0 && column < linears * blockColumns && place >= 0 && place < experts;
      });
    expect(relativeL2(logits(actual.dh), logits(gradient))).toBeLessThan(5e-6);
    expect(await run()).toEqual(actual);
    bench.close();
  });

  test('ties go to the lower index, and the optional output can be left out', async () => {
    const bench = new KernelBench(gpu);
    const h = bench.input('h', [3, 31], new Float64Array(93).fill(0.25));
    const gated = bench.output('gated', [3, 31]);
    const indices = bench.output('indices', [3, 1, 3], 'u32');
    const weights = bench.output('weights', [3, 1, 3]);
    const choice = { layout: odd, activeExperts: 3, renormalise: true, lanes };
    await bench.run((r) => routerForward(r, { h, gated, indices, weights, ...choice }));
    expect([...(await bench.readUint32(indices))]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const third = largestError(await bench.read(weights), new Array<number>(9).fill(1 / 3));
    expect(third).toBeLessThan(2 * floatEpsilon);
    bench.close();
  });
});

test('refuses a layout that leaves the row and experts forced twice', async () => {
  const bench = new KernelBench(gpu);
  const h = bench.input('h', [2, 31], randomValues(62, 1));
  const gated = bench.output('gated', [2, 31]);
  const indices = bench.output('indices', [2, 1, 2], 'u32');
  const weights = bench.output('weights', [2, 1, 2]);
  const args = { h, gated, indices, weights, activeExperts: 2, renormalise: true };
  const far = { ...odd, firstColumn: 8 };
  await expect(bench.run((r) => routerForward(r, { ...args, layout: far }))).rejects.toThrow(
    RangeError,
  );
  await expect(
    bench.run((r) => routerForward(r, { ...args, layout: odd, forced: [1, 1] })),
  ).rejects.toThrow(RangeError);
  bench.close();
});
