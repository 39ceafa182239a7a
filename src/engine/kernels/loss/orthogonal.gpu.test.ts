import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { frozenSide, orthogonalBackward, orthogonalForward } from './orthogonal.ts';
import * as reference from './orthogonal.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

interface Sizes {
  readonly rankK: number;
  readonly rankD: number;
  readonly inputs: number;
}

const cases: { name: string; pairs: Sizes[] }[] = [
  { name: 'one by one', pairs: [{ rankK: 1, rankD: 1, inputs: 1 }] },
  {
    name: 'the paper’s ranks over three widths',
    pairs: [
      { rankK: 32, rankD: 32, inputs: 128 },
      { rankK: 32, rankD: 32, inputs: 352 },
      { rankK: 32, rankD: 32, inputs: 65 },
    ],
  },
  {
    name: 'ranks that differ and exceed a block',
    pairs: [
      { rankK: 33, rankD: 8, inputs: 63 },
      { rankK: 3, rankD: 65, inputs: 172 },
    ],
  },
];

describe.each(['direct', 'tiled'] as const)('orthogonal loss, %s', (variant) => {
  test.each(cases)('$name', async ({ pairs: sizes }) => {
    // The arena, with a gap after every matrix, and the gradients in another order.
    const starts: number[][] = [];
    const table: number[] = [];
    const gradientTable: number[] = [];
    let end = 3;
    for (const { rankK, rankD, inputs } of sizes) {
      const k = end;
      const d = k + rankK * inputs + 5;
      end = d + rankD * inputs + 7;
      starts.push([k, d]);
      table.push(k, d, rankK, rankD, inputs);
    }
    starts.forEach(([k = 0, d = 0], p) => {
      // The second pair's first side is frozen.
      gradientTable.push(p === 1 ? frozenSide : k + 2, d + 2);
    });
    const arena = randomValues(end, 61 + end);
    const before = randomValues(end, 62, 0.1);
    const maxRank = Math.max(...sizes.flatMap(({ rankK, rankD }) => [rankK, rankD]));
    const maxInput = Math.max(...sizes.map(({ inputs }) => inputs));
    const pairs = sizes.length;
    const weight = Math.fround(0.7);

    const bench = new KernelBench(gpu);
    const parameters = bench.input('parameters', [end], arena);
    const tableTensor = bench.input('table', [pairs, 5], table, 'u32');
    const targets = bench.input('gradient table', [pairs, 2], gradientTable, 'u32');
    const gradients = bench.input('gradients', [end], before);
    const signs = bench.output('signs', [pairs, maxRank, maxRank]);
    const partial = bench.output('partial', [pairs]);
    const result = bench.output('result', [1]);
    const args = { parameters, table: tableTensor, pairs, maxRank, signs };
    const run = async () => {
      await bench.run((r) => {
        orthogonalForward(r, { ...args, partial, result, variant });
        orthogonalBackward(r, { ...args, maxInput, gradients, gradientTable: targets, weight });
      });
      return {
        signs: await bench.read(signs),
        partial: await bench.read(partial),
        result: await bench.read(result),
        gradients: await bench.read(gradients),
      };
    };
    const actual = await run();

    const expected = Float64Array.from(before);
    let total = 0;
    sizes.forEach((size, p) => {
      const [k = 0, d = 0] = starts[p] ?? [];
      const pair = {
        ...size,
        knowledge: arena.subarray(k, k + size.rankK * size.inputs),
        alignment: arena.subarray(d, d + size.rankD * size.inputs),
      };
      const product = reference.orthogonalProduct(pair);
      const loss = reference.orthogonalForward(pair);
      total += loss;
      expect(Math.abs((actual.partial[p] ?? 0) / loss - 1)).toBeLessThan(2e-6);
      const own: number[] = [];
      for (let i = 0; i < maxRank; i += 1) {
        for (let j = 0; j < maxRank; j += 1) {
          const sign = actual.signs[(p * maxRank + i) * maxRank + j] ?? Number.NaN;
          if (i >= size.rankK || j >= size.rankD) expect(sign).toBe(0);
          else {
            own.push(sign);
            // Closer to zero than its rounding, an entry's sign is not known to either side.
            const value = product[i * size.rankD + j] ?? 0;
            if (Math.abs(value) > 1e-5) expect(sign).toBe(Math.sign(value));
          }
        }
      }
      const { dknowledge, dalignment } = reference.orthogonalBackward(pair, own);
      if (p !== 1)
        dknowledge.forEach(
          (g, i) => (expected[k + 2 + i] = (expected[k + 2 + i] ?? 0) + weight * g),
        );
      dalignment.forEach((g, i) => (expected[d + 2 + i] = (expected[d + 2 + i] ?? 0) + weight * g));
    });
    expect(Math.abs((actual.result[0] ?? 0) / total - 1)).toBeLessThan(2e-6);
    expect(relativeL2(actual.gradients, expected)).toBeLessThan(1e-6);
    const outside = (i: number): boolean => expected[i] === before[i];
    expect(actual.gradients.filter((_, i) => outside(i))).toEqual(
      Float32Array.from(before).filter((_, i) => outside(i)),
    );
    expect(await run()).toEqual(actual);
    bench.close();
  });

  test('the sign of zero is zero: orthogonal matrices get no gradient', async () => {
    const bench = new KernelBench(gpu);
    const parameters = bench.input('parameters', [12], [1, 2, 0, 0, 3, -1, 0, 0, 0, 0, 5, 4]);
    const table = bench.input('table', [1, 5], [0, 8, 2, 1, 4], 'u32');
    const gradientTable = bench.input('targets', [1, 2], [0, 8], 'u32');
    const before = randomValues(12, 5);
    const gradients = bench.input('gradients', [12], before);
    const signs = bench.output('signs', [1, 2, 2]);
    const partial = bench.output('partial', [1]);
    const result = bench.output('result', [1]);
    const args = { parameters, table, pairs: 1, maxRank: 2, signs };
    await bench.run((r) => {
      orthogonalForward(r, { ...args, partial, result, variant });
      orthogonalBackward(r, { ...args, maxInput: 4, gradients, gradientTable, weight: 1 });
    });
    expect((await bench.read(result))[0]).toBe(0);
    expect(largestError(await bench.read(gradients), before)).toBe(0);
    bench.close();
  });
});
