import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import {
  inputMatrix,
  outputMatrix,
  readMatrix,
  type Padding,
} from '../../../../test/gpu/matrices.ts';
import { caseError, expectedOf, isRight, onDevice } from '../../checks/case-check.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix } from '../../gpu/tensor.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import { keepScale } from '../random.reference.ts';
import type { KernelCase } from '../kernel-case.ts';
import { forwardFloat16Class, linearForward } from './forward-product.ts';
import { inputFloat16Class, linearBackwardInput } from './input-gradient.ts';
import { linearBackwardInputReference, linearForwardReference } from './linear.reference.ts';
import type { ProductVariant } from './linear-kernels.ts';
import { groupOf, productsFor } from './product-class.ts';
import type { WeightReader } from './weight-formats.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const half = gpu.traits.f16;
const dense: Padding = { before: 0, after: 0 };
const aligned: Padding = { before: 8, after: 4 };

/** Float16 rounds by at most so much of a number: WGSL leaves the direction to the device. */
const halfEpsilon = 2 ** -10;
/** Most inner indices whose products add up in float16. */
const staged = 16;

let seed = 900;
function values(count: number, size = 1): Float64Array {
  seed += 1;
  return randomValues(count, seed).map((value) => Math.fround(value * size));
}

interface Sizes {
  readonly rows: number;
  readonly outputs: number;
  readonly inputs: number;
  readonly rank: number;
}

/**
 * What a result may be wrong by: of each product two roundings of the factors, its own, and those of the sums of
 * one staging. Beside numbers much larger than themselves, small ones may become zero: that much of the largest.
 */
function allowed(magnitude: Float64Array, sums: Float64Array, length: number): Float64Array {
  return magnitude.map(
    (size, i) =>
      ((staged + 3) * halfEpsilon + 2 * length * floatEpsilon) * size +
      2 ** -17 * (sums[i] ?? Number.NaN),
  );
}

/** Of each result, Σ over its products of the largest left and right factor that are staged together. */
function stagedTogether(
  left: Float64Array,
  right: Float64Array,
  { rows, columns, inner }: { rows: number; columns: number; inner: number },
): Float64Array {
  const peaks = (of: Float64Array, lines: number): ((line: number, k: number) => number) => {
    const blocks = Math.ceil(inner / staged);
    const found = new Float64Array(Math.ceil(lines / 4) * blocks);
    const place = (line: number, k: number): number =>
      Math.floor(line / 4) * blocks + Math.floor(k / staged);
    of.forEach((value, i) => {
      const at = place(Math.floor(i / inner), i % inner);
      found[at] = Math.max(found[at] ?? 0, Math.abs(value));
    });
    return (line, k) => found[place(line, k)] ?? Number.NaN;
  };
  const leftPeak = peaks(left, rows);
  const rightPeak = peaks(right, columns);
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < inner; k += 1) {
      sum += leftPeak(Math.floor(i / columns), k) * rightPeak(i % columns, k);
    }
    return sum;
  });
}

const transposed = (of: Float64Array, rows: number, columns: number): Float64Array =>
  Float64Array.from({ length: of.length }, (_, i) => {
    return of[(i % rows) * columns + Math.floor(i / rows)] ?? Number.NaN;
  });

/** Runs twice and asserts the same bits. */
async function runTwice(
  bench: KernelBench,
  record: (r: PlanRecorder) => void,
  read: () => Promise<Float32Array>,
): Promise<Float32Array> {
  await bench.run(record);
  const first = await read();
  await bench.run(record);
  expect(await read()).toEqual(first);
  return first;
}

interface Operands {
  readonly left: Float64Array;
  readonly w: Float64Array;
}

async function checkForward(
  { rows, outputs, inputs, rank }: Sizes,
  { left: x, w }: Operands,
  padding: Padding = dense,
): Promise<Float32Array> {
  const bench = new KernelBench(gpu);
  const h = values(rows * rank);
  const b = values(outputs * rank);
  const bias = values(outputs);
  const residual = values(rows * outputs);
  const y = outputMatrix(bench, 'y', [rows, outputs], padding);
  const full = outputMatrix(bench, 'full', [rows, outputs], padding);
  const operands = {
    x: inputMatrix(bench, 'x', [rows, inputs], x, padding),
    w: inputMatrix(bench, 'w', [outputs, inputs], w, padding),
    products: 'float16' as const,
  };
  const added = {
    bias: bench.input('bias', [outputs], bias),
    branch: {
      h: inputMatrix(bench, 'h', [rows, rank], h, padding),
      b: inputMatrix(bench, 'b', [outputs, rank], b, padding),
    },
    residual: inputMatrix(bench, 'residual', [rows, outputs], residual, padding),
  };
  const size = rows * outputs;
  const all = await runTwice(
    bench,
    (r) => {
      linearForward(r, { ...operands, y });
      linearForward(r, { ...operands, y: full, ...added });
    },
    async () =>
      Float32Array.from([...(await readMatrix(bench, y)), ...(await readMatrix(bench, full))]),
  );
  const shape = { rows, outputs, inputs, rank, x, w };
  const together = stagedTogether(x, w, { rows, columns: outputs, inner: inputs });
  const branch = stagedTogether(h, b, { rows, columns: outputs, inner: rank });
  for (const [i, reference] of [
    linearForwardReference(shape),
    linearForwardReference({ ...shape, h, b, bias, residual }),
  ].entries()) {
    const sums = together.map((sum, at) => sum + (branch[at] ?? Number.NaN));
    const unit = allowed(reference.magnitude, sums, inputs + rank + 2);
    const actual = all.subarray(i * size, (i + 1) * size);
    expect(largestError(actual, reference.y, unit)).toBeLessThanOrEqual(1);
  }
  bench.close();
  return all.subarray(0, size);
}

async function checkBackward(
  { rows, outputs, inputs, rank }: Sizes,
  { left: dy, w }: Operands,
  padding: Padding = dense,
): Promise<Float32Array> {
  const bench = new KernelBench(gpu);
  const dh = values(rows * rank);
  const a = values(rank * inputs);
  const columnScale = values(inputs);
  const before = values(rows * inputs);
  const dropout = { probability: 0.3, stream: 77 };
  const state = { seed: 123456789, step: 5, microBatch: 2 };
  const stepWords = new Uint32Array(16);
  stepWords.set([state.seed, state.step, state.microBatch], 4);
  const stepState = bench.input('step state', [16], stepWords, 'u32');
  const dx = outputMatrix(bench, 'dx', [rows, inputs], padding);
  const full = inputMatrix(bench, 'full', [rows, inputs], before, padding);
  const operands = {
    dy: inputMatrix(bench, 'dy', [rows, outputs], dy, padding),
    w: inputMatrix(bench, 'w', [outputs, inputs], w, padding),
    products: 'float16' as const,
  };
  const added = {
    branch: {
      dh: inputMatrix(bench, 'dh', [rows, rank], dh, padding),
      a: inputMatrix(bench, 'a', [rank, inputs], a, padding),
      dropout: { ...dropout, stepState },
    },
    columnScale: bench.input('column scale', [inputs], columnScale),
    accumulate: true,
  };
  const size = rows * inputs;
  const all = await runTwice(
    bench,
    (r) => {
      linearBackwardInput(r, { ...operands, dx });
      linearBackwardInput(r, { ...operands, dx: full, ...added });
    },
    async () =>
      Float32Array.from([...(await readMatrix(bench, dx)), ...(await readMatrix(bench, full))]),
  );
  const mask = Float64Array.from({ length: size }, (_, element) =>
    keepScale({ ...state, ...dropout, element }),
  );
  const shape = { rows, outputs, inputs, rank, dy, w };
  const columns = { rows, columns: inputs };
  const wt = transposed(w, outputs, inputs);
  const scaled = wt.map((value, i) => value * (columnScale[Math.floor(i / outputs)] ?? NaN));
  const plainSums = stagedTogether(dy, wt, { ...columns, inner: outputs });
  const scaledSums = stagedTogether(dy, scaled, { ...columns, inner: outputs });
  const at = transposed(a, rank, inputs);
  const branchSums = stagedTogether(dh, at, { ...columns, inner: rank });
  const fullSums = scaledSums.map(
    (sum, i) => sum + (branchSums[i] ?? NaN) * Math.abs(mask[i] ?? NaN),
  );
  for (const [i, { dx: expected, magnitude }] of [
    linearBackwardInputReference(shape),
    linearBackwardInputReference({ ...shape, dh, a, mask, columnScale, before }),
  ].entries()) {
    const unit = allowed(magnitude, i === 0 ? plainSums : fullSums, outputs + rank + 2);
    const actual = all.subarray(i * size, (i + 1) * size);
    expect(largestError(actual, expected, unit)).toBeLessThanOrEqual(1);
  }
  bench.close();
  return all.subarray(0, size);
}

const random = ({ rows, outputs, inputs }: Sizes, left: 'inputs' | 'outputs'): Operands => ({
  left: values(rows * (left === 'inputs' ? inputs : outputs)),
  w: values(outputs * inputs),
});

describe('products with multiplication in float16', () => {
  const shapes: readonly (readonly [Sizes, Padding])[] = [
    [{ rows: 1, outputs: 1, inputs: 1, rank: 1 }, dense],
    [{ rows: 65, outputs: 63, inputs: 65, rank: 3 }, dense],
    [{ rows: 9, outputs: 4, inputs: 4, rank: 4 }, dense],
    [{ rows: 63, outputs: 64, inputs: 68, rank: 16 }, aligned],
    [{ rows: 64, outputs: 172, inputs: 64, rank: 8 }, dense],
    [{ rows: 65, outputs: 12, inputs: 132, rank: 20 }, aligned],
  ];
  test.each(shapes)('%o', async (sizes, padding) => {
    await checkForward(sizes, random(sizes, 'inputs'), padding);
    await checkBackward(sizes, random(sizes, 'outputs'), padding);
  });

  test.each([
    ['activations far beyond float16', 1e9, 1],
    ['gradients far below it', 1e-14, 1],
    ['weights beyond it', 1, 3e6],
    ['tiny weights', 1, 1e-12],
    ['the largest and the smallest', 1e30, 1e-30],
  ])('%s', async (_, left, right) => {
    const sizes = { rows: 64, outputs: 64, inputs: 64, rank: 4 };
    const operands = {
      left: values(64 * 64, left),
      w: values(64 * 64, right),
    };
    for (const check of [checkForward, checkBackward]) {
      const actual = await check(sizes, operands);
      // Not only within what is allowed beside the other terms: as exact as ordinary numbers.
      const reference =
        check === checkForward
          ? linearForwardReference({ ...sizes, rank: 0, x: operands.left, w: operands.w }).y
          : linearBackwardInputReference({ ...sizes, rank: 0, dy: operands.left, w: operands.w })
              .dx;
      expect(relativeL2(actual, reference)).toBeLessThan(2e-3);
    }
  });

  test('rows of every size beside one another keep their digits', async () => {
    const sizes = { rows: 64, outputs: 64, inputs: 64, rank: 4 };
    // Groups of four rows differ by powers of 1000, rows inside a group by powers of 10.
    const left = values(64 * 64).map((value, i) => {
      const row = Math.floor(i / 64);
      return Math.fround(value * 1000 ** ((row >> 2) - 8) * 10 ** ((row & 3) - 2));
    });
    const w = values(64 * 64);
    const actual = await checkForward(sizes, { left, w });
    const { y } = linearForwardReference({ ...sizes, rank: 0, x: left, w });
    for (let row = 0; row < 64; row += 1) {
      const part = [row * 64, row * 64 + 64] as const;
      expect(relativeL2(actual.subarray(...part), y.subarray(...part))).toBeLessThan(2e-3);
    }
  });

  test('what is no number stays none', async () => {
    const bench = new KernelBench(gpu);
    const x = values(64 * 64);
    x[70] = Number.NaN;
    x[64 * 20 + 5] = Number.POSITIVE_INFINITY;
    const y = bench.output('y', [64, 64]);
    const operands = {
      x: asMatrix(bench.input('x', [64, 64], x)),
      w: asMatrix(bench.input('w', [64, 64], values(64 * 64))),
    };
    await bench.run((r) => linearForward(r, { ...operands, y: asMatrix(y), products: 'float16' }));
    const actual = await bench.read(y);
    const finite = (row: number): boolean =>
      [...actual.subarray(row * 64, row * 64 + 64)].some(Number.isFinite);
    expect([finite(1), finite(20)]).toEqual([false, false]);
    expect([finite(8), finite(40)]).toEqual([true, true]);
    bench.close();
  });

  test('are float32 for few rows, odd sizes and devices without the type', () => {
    const able = { ...gpu.traits, f16: true };
    const made = { rows: 64, aligned: true };
    expect(productsFor('float16', able, made)).toBe('float16');
    expect(productsFor('float16', able, { ...made, rows: 8 })).toBe('float32');
    expect(productsFor('float16', able, { ...made, aligned: false })).toBe('float32');
    expect(productsFor('float16', { ...able, f16: false }, made)).toBe('float32');
    expect(productsFor(undefined, able, made)).toBe('float32');
  });
});

/** Each pipeline takes seconds to compile here: formats, tiles and directions are paired. */
const formats: readonly (readonly [WeightReader, ProductVariant, 'forward' | 'backward'])[] = half
  ? [
      ['f16-native', 'tiled', 'forward'],
      ['q8_0', 'split-32x32', 'backward'],
      ['q4_k', 'tiled-64x128', 'forward'],
    ]
  : [];

test.each(formats)('weights in %s, %s, %s', async (reader, variant, direction) => {
  const [rows, outputs] = [65, 68];
  const inputs = Math.max(64, groupOf(reader));
  const shared = { reader, rows, aligned: true };
  const computation: KernelCase<ProductVariant> =
    direction === 'forward'
      ? forwardFloat16Class.knownCase({
          ...{ ...shared, kind: 'forward-float16', columns: outputs, inner: inputs },
        })
      : inputFloat16Class.knownCase({
          ...{ ...shared, kind: 'input-float16', columns: inputs, inner: outputs },
        });
  await onDevice(gpu, computation, async () => {
    const expected = await expectedOf(gpu, computation);
    const error = await caseError(gpu, computation, variant, { expected, runs: 2 });
    expect({ error, right: isRight(error, computation) }).toMatchObject({ right: true });
    // Float16 took part: float32 is a thousand times closer.
    expect(error).toBeGreaterThan(1e-5);
  });
  expect(gpu.ledger.total).toBe(0);
});
