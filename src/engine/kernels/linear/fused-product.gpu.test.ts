import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { inputMatrix, outputMatrix, readMatrix } from '../../../../test/gpu/matrices.ts';
import { asMatrix, placesTogether, rowBlock, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { GateActivation } from '../ffn/gate.ts';
import { gateForward } from '../ffn/gate.reference.ts';
import { caseError, expectedOf, isRight, onDevice } from '../../checks/case-check.ts';
import { rmsNormForward } from '../norm/norm.reference.ts';
import type { FusedVariant } from './fused-product.ts';
import { forwardGatedClass, gatedForward } from './gated-forward.ts';
import { linearForwardReference } from './linear.reference.ts';
import { hasVectorSubgroups } from './matrix-vector.ts';
import { forwardNormedClass, normedForwards } from './normed-forward.ts';
import { groupOf } from './product-class.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const variants: readonly FusedVariant[] = hasVectorSubgroups(gpu.traits)
  ? ['vector-workgroup', 'vector-subgroup', 'apart']
  : ['vector-workgroup', 'apart'];

let seed = 400;
function values(count: number): Float64Array {
  seed += 1;
  return randomValues(count, seed);
}

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new RangeError(`No item ${index}`);
  return item;
};

const epsilon = Math.fround(1e-6);
const dense = { before: 0, after: 0 };
const ragged = { before: 3, after: 5 };

/** Each form is a separate pipeline, which SwiftShader and wgpu take seconds to compile: two are enough there. */
const slowCompiler =
  gpu.adapter.description.includes('SwiftShader') || process.env['MEDCARE_WEBGPU'] === 'wgpu';

/** Rows, inputs and outputs, of which the last vary from product to product. */
const allShapes = [
  { rows: 1, inputs: 64, outputs: [64, 132, 4], padding: dense },
  { rows: 2, inputs: 65, outputs: [63, 65], padding: ragged },
  { rows: 1, inputs: 1, outputs: [1, 3], padding: ragged },
  { rows: 3, inputs: 260, outputs: [68], padding: dense },
];
const shapes = slowCompiler ? allShapes.slice(0, 2) : allShapes;

describe.each(variants)('products of a normed input, %s', (variant) => {
  test.each(shapes)('$rows rows of $inputs, outputs $outputs', async (shape) => {
    const { rows, inputs, outputs, padding } = shape;
    const bench = new KernelBench(gpu);
    // Of very different sizes: the norm levels them.
    const xData = values(rows * inputs).map(
      (value, i) => value * 10 ** (Math.floor(i / inputs) - 2),
    );
    const weightData = values(inputs);
    const x = bench.input('x', [rows, inputs], xData);
    const weight = bench.input('weight', [inputs], weightData);
    const wData = outputs.map((count) => values(count * inputs));
    const biasData = outputs.map((count) => values(count));
    const products = outputs.map((count, index) => ({
      w: inputMatrix(bench, 'w', [count, inputs], at(wData, index), padding),
      y: outputMatrix(bench, 'y', [rows, count], padding),
      ...(index === 1 ? {} : { bias: bench.input('bias', [count], at(biasData, index)) }),
    }));
    const run = (): Promise<void> =>
      bench.run((r) => {
        normedForwards(r, { x, norm: { weight, epsilon }, products, variant });
      });
    await run();
    const results = await Promise.all(products.map(({ y }) => readMatrix(bench, y)));
    const normed = rmsNormForward(Float64Array.from(xData, Math.fround), weightData, epsilon);
    outputs.forEach((count, index) => {
      const bias = index === 1 ? undefined : at(biasData, index);
      const operands = { x: normed, w: at(wData, index), bias };
      const { y, magnitude } = linearForwardReference({
        ...{ rows, outputs: count, inputs, rank: 0, ...operands },
      });
      const unit = magnitude.map((size) => (3 * inputs + 16) * floatEpsilon * size);
      expect(largestError(at(results, index), y, unit)).toBeLessThan(1);
    });
    await run();
    expect(await Promise.all(products.map(({ y }) => readMatrix(bench, y)))).toEqual(results);
    bench.close();
  });
});

describe.each(variants)('gated products, %s', (variant) => {
  const cases = shapes.map((shape, index) => ({
    ...shape,
    normed: index !== 2,
    activation: index % 2 === 0 ? ('silu' as const) : ('gelu-tanh' as const),
  }));
  test.each(cases)('$rows rows of $inputs, norm $normed, $activation', async (one) => {
    const { rows, inputs, normed, activation } = one;
    const outputs = at(one.outputs, 0);
    const bench = new KernelBench(gpu);
    const xData = values(rows * inputs);
    const weightData = values(inputs);
    const wData = values(2 * outputs * inputs).map((value) => value / Math.sqrt(inputs));
    const biases = [values(outputs), values(outputs)];
    const x = bench.input('x', [rows, inputs], xData);
    const weight = bench.input('weight', [inputs], weightData);
    const w = inputMatrix(bench, 'w', [2 * outputs, inputs], wData, one.padding);
    const { offsets, elements } = placesTogether(biases.map((bias) => [bias.length]));
    const both = new Float32Array(elements);
    biases.forEach((bias, index) => both.set(bias, offsets[index]));
    const bias = bench.input('bias', [elements], both);
    const [gate, up] = [0, 1].map((part) => ({
      w: rowBlock(w, part * outputs, outputs),
      bias: viewTensor(bias, offsets[part] ?? 0, [outputs]),
    }));
    if (!gate || !up) throw new Error('Two products were made');
    const y = bench.output('y', [rows, outputs]);
    const norm = normed ? { weight, epsilon } : null;
    const counts: number[] = [];
    const run = (): Promise<void> =>
      bench.run((r) => {
        gatedForward(r, { x, norm, gate, up, activation, y, variant });
        counts.push(r.finish().commands.length);
      });
    await run();
    const actual = await bench.read(y);
    const input = normed ? rmsNormForward(xData, weightData, epsilon) : xData;
    const expected = gatedReference({ rows, outputs, inputs, x: input }, wData, biases, activation);
    expect(relativeL2(actual, expected)).toBeLessThan(3e-6);
    await run();
    expect(await bench.read(y)).toEqual(actual);
    if (variant !== 'apart') expect(counts).toEqual([1, 1]);
    bench.close();
  });

  function gatedReference(
    sizes: { rows: number; outputs: number; inputs: number; x: Float64Array },
    w: Float64Array,
    biases: readonly Float64Array[],
    activation: GateActivation,
  ): Float64Array {
    const half = sizes.outputs * sizes.inputs;
    const [gates, ups] = [0, 1].map((part) => {
      const own = Float64Array.from(w.slice(part * half, (part + 1) * half), Math.fround);
      return linearForwardReference({ ...sizes, rank: 0, w: own, bias: at(biases, part) }).y;
    });
    return gateForward(activation, gates ?? new Float64Array(), ups ?? new Float64Array());
  }
});

/** The classes' cases, as self-test and tuner run them: a format of one plane and one of several, in rows of a table. */
describe.each(slowCompiler ? (['q4_0'] as const) : (['f16', 'q4_0'] as const))(
  'weights in %s',
  (reader) => {
    test('a few rows, with every variant', async () => {
      const size = { reader, aligned: true, inner: 2 * Math.max(4, groupOf(reader)), columns: 68 };
      const gated = { kind: 'forward-gated', normed: true, activation: 'silu' } as const;
      for (const variant of variants) {
        const cases = [
          forwardNormedClass.knownCase({ ...size, kind: 'forward-normed', rows: 2 }),
          forwardGatedClass.knownCase({ ...size, ...gated, rows: 1 }),
        ];
        for (const computation of cases) {
          await onDevice(gpu, computation, async () => {
            const expected = await expectedOf(gpu, computation);
            const error = await caseError(gpu, computation, variant, { expected, runs: 2 });
            expect({ variant, error, right: isRight(error, computation) }).toMatchObject({
              right: true,
            });
          });
        }
      }
    });
  },
);

describe('what does not lie together', () => {
  const size = [3, 64] as const;
  const made = (bench: KernelBench): { x: Tensor; weight: Tensor; w: Tensor[]; y: Tensor } => ({
    x: bench.input('x', [1, size[1]], values(size[1])),
    weight: bench.input('weight', [size[1]], values(size[1])),
    w: [0, 1].map(() => bench.input('w', size, values(size[0] * size[1]))),
    y: bench.output('y', [1, size[0]]),
  });

  test('is gated in a dispatch of its own, with the same result', async () => {
    const bench = new KernelBench(gpu);
    const { x, weight, w, y } = made(bench);
    const [gate, up] = w.map((tensor) => ({ w: asMatrix(tensor) }));
    if (!gate || !up) throw new Error('Two products were made');
    const counts: number[] = [];
    const norm = { weight, epsilon };
    const results: Float32Array[] = [];
    for (const variant of variants) {
      await bench.run((r) => {
        gatedForward(r, { x, norm, gate, up, activation: 'silu', y, variant });
        counts.push(r.finish().commands.length);
      });
      results.push(await bench.read(y));
    }
    expect(counts.every((count) => count >= 3)).toBe(true);
    for (const result of results)
      expect(relativeL2(result, Float64Array.from(at(results, 0)))).toBeLessThan(1e-6);
    bench.close();
  });

  test('refuses shapes that do not fit', async () => {
    const bench = new KernelBench(gpu);
    const { x, weight, w, y } = made(bench);
    const [gate, up] = w.map((tensor) => ({ w: asMatrix(tensor) }));
    if (!gate || !up) throw new Error('Two products were made');
    const [variant] = variants;
    const refused = (record: Parameters<typeof bench.run>[0]): Promise<void> =>
      expect(bench.run(record)).rejects.toThrow(RangeError);
    const short = { weight: y, epsilon };
    await refused((r) =>
      normedForwards(r, {
        x,
        norm: short,
        products: [{ ...gate, y: asMatrix(y) }],
        ...(variant ? { variant } : {}),
      }),
    );
    await refused((r) =>
      normedForwards(r, { x, norm: { weight, epsilon }, products: [{ ...gate, y: asMatrix(x) }] }),
    );
    await refused((r) =>
      gatedForward(r, { x, norm: null, gate, up: { w: asMatrix(x) }, activation: 'silu', y }),
    );
    bench.close();
  });
});
