import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues } from '../../testing/numbers.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import {
  asMatrix,
  columnBlock,
  placesTogether,
  viewTensor,
  type Tensor,
} from '../../gpu/tensor.ts';
import { linearForwards, type LinearForward } from './forward-product.ts';
import { linearBackwardInputs, type LinearBackwardInput } from './input-gradient.ts';
import { linearBackwardWeights, type LinearBackwardWeight } from './weight-gradient.ts';
import { canBroadcast, type ProductVariant } from './linear-kernels.ts';
import { chooseVector, type VectorVariant } from './matrix-vector.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const variants: readonly ProductVariant[] = canBroadcast(gpu.traits)
  ? ['tiled', 'direct', 'broadcast']
  : ['tiled', 'direct'];

let seed = 0;

/** Tensors in one buffer, with fresh values. */
function together(bench: KernelBench, label: string, shapes: readonly number[][]): Tensor[] {
  const { offsets, elements } = placesTogether(shapes);
  seed += 1;
  const all = bench.input(label, [elements], randomValues(elements, seed));
  return shapes.map((shape, index) => viewTensor(all, offsets[index] ?? 0, shape));
}

/** Results in one buffer, all NaN. */
function resultsTogether(bench: KernelBench, label: string, shapes: readonly number[][]): Tensor[] {
  const { offsets, elements } = placesTogether(shapes);
  const all = bench.output(label, [elements]);
  return shapes.map((shape, index) => viewTensor(all, offsets[index] ?? 0, shape));
}

const at = <T>(values: readonly T[], index: number): T => {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No item ${index}`);
  return value;
};

/** Runs products together and one by one; asserts equal bits, and how many dispatches were recorded. */
async function compare<T>(
  bench: KernelBench,
  record: (r: PlanRecorder, products: readonly T[]) => void,
  products: readonly T[],
  results: readonly Tensor[],
  dispatches: number,
): Promise<void> {
  const counts: number[] = [];
  await bench.run((r) => {
    record(r, products);
    counts.push(r.finish().commands.length);
  });
  const shared = await Promise.all(results.map((result) => bench.read(result)));
  await bench.run((r) => {
    for (const product of products) record(r, [product]);
  });
  const alone = await Promise.all(results.map((result) => bench.read(result)));
  expect(shared).toEqual(alone);
  expect(shared.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
  expect(counts).toEqual([dispatches]);
  bench.close();
}

/** Outputs of linears that share a dispatch: the middle output is narrow, so that some of its tiles are left out. */
const outputs = [132, 40, 64];
const rank = 8;

describe('products of one input give the same bits in one dispatch as one by one', () => {
  const vector = chooseVector(gpu.traits, 2);
  const forwardCases: [ProductVariant | VectorVariant, number][] = [
    ...variants.map((variant): [ProductVariant, number] => [variant, 70]),
    ...(vector ? [[vector, 2] as [VectorVariant, number]] : []),
  ];
  test.each(forwardCases)('forward, %s', async (variant, rows) => {
    const bench = new KernelBench(gpu);
    const inputs = 36;
    const [x = null] = together(bench, 'x', [[rows, inputs]]);
    const w = together(
      bench,
      'w',
      outputs.map((count) => [count, inputs]),
    );
    const b = together(
      bench,
      'b',
      outputs.map((count) => [count, rank]),
    );
    const bias = together(
      bench,
      'bias',
      outputs.map((count) => [count]),
    );
    const [h = null] = together(bench, 'h', [[rows, rank * outputs.length]]);
    const y = resultsTogether(
      bench,
      'y',
      outputs.map((count) => [rows, count]),
    );
    if (!x || !h) throw new Error('Two inputs were made');
    const products = outputs.map((_, index): LinearForward => ({
      x: asMatrix(x),
      w: asMatrix(at(w, index)),
      y: asMatrix(at(y, index)),
      // Flags differ from product to product.
      ...(index === 1 ? {} : { bias: at(bias, index) }),
      ...(index === 2
        ? {}
        : {
            branch: {
              h: columnBlock(asMatrix(h), index * rank, rank),
              b: asMatrix(at(b, index)),
            },
          }),
      variant,
    }));
    await compare(bench, linearForwards, products, y, 1);
  });

  test.each(variants)('input gradient, %s', async (variant) => {
    const bench = new KernelBench(gpu);
    const rows = 70;
    const dy = together(
      bench,
      'dy',
      outputs.map((count) => [rows, count]),
    );
    const b = together(
      bench,
      'b',
      outputs.map((count) => [count, rank]),
    );
    const scale = together(
      bench,
      'scale',
      outputs.map(() => [rank]),
    );
    const [dh = null] = resultsTogether(bench, 'dh', [[rows, rank * outputs.length]]);
    if (!dh) throw new Error('A result was made');
    const products = outputs.map((_, index): LinearBackwardInput => ({
      dy: asMatrix(at(dy, index)),
      w: asMatrix(at(b, index)),
      dx: columnBlock(asMatrix(dh), index * rank, rank),
      columnScale: at(scale, index),
      variant,
    }));
    await compare(bench, linearBackwardInputs, products, [dh], 1);
  });

  const weightCases: [ProductVariant, number, number][] = [
    ...variants.map((variant): [ProductVariant, number, number] => [variant, 1, 1]),
    ['tiled', 3, 2],
  ];
  test.each(weightCases)('weight gradient, %s, %i splits', async (variant, splits, dispatches) => {
    const bench = new KernelBench(gpu);
    const rows = 70;
    const dy = together(
      bench,
      'dy',
      outputs.map((count) => [rows, count]),
    );
    const x = together(
      bench,
      'x',
      outputs.map(() => [rows, 36]),
    );
    const dw = resultsTogether(
      bench,
      'dw',
      outputs.map((count) => [count, 36]),
    );
    const products = outputs.map((_, index): LinearBackwardWeight => ({
      dy: asMatrix(at(dy, index)),
      x: asMatrix(at(x, index)),
      dw: asMatrix(at(dw, index)),
      accumulate: false,
      splits,
      variant,
    }));
    await compare(bench, linearBackwardWeights, products, dw, dispatches);
  });
});

test('products whose operands lie in several buffers are dispatched one by one', async () => {
  const bench = new KernelBench(gpu);
  const [x = null] = together(bench, 'x', [[5, 8]]);
  const w = [0, 1].map(() => at(together(bench, 'w', [[12, 8]]), 0));
  const y = resultsTogether(bench, 'y', [
    [5, 12],
    [5, 12],
  ]);
  if (!x) throw new Error('An input was made');
  const products = y.map((result, index): LinearForward => ({
    x: asMatrix(x),
    w: asMatrix(at(w, index)),
    y: asMatrix(result),
  }));
  await compare(bench, linearForwards, products, y, 2);
});
