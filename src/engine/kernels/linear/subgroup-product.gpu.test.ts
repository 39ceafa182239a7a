import { afterAll, describe, expect, test } from 'vitest';
import { emulatedMatrices, withEmulatedMatrices } from '../../../../test/gpu/emulated-matrices.ts';
import { KernelBench, openFaultyDevice } from '../../../../test/gpu/kernel-bench.ts';
import {
  inputMatrix,
  outputMatrix,
  readMatrix,
  type Padding,
} from '../../../../test/gpu/matrices.ts';
import { caseError, expectedOf, isRight, onDevice } from '../../checks/case-check.ts';
import { asMatrix } from '../../gpu/tensor.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import { forwardFloat16Class, forwardProductClass, linearForward } from './forward-product.ts';
import type { Products } from './linear-kernels.ts';
import { linearForwardReference } from './linear.reference.ts';
import { groupOf } from './product-class.ts';
import type { MatrixVariant } from './subgroup-product.ts';
import type { WeightReader } from './weight-formats.ts';

/** No adapter here has subgroup matrices: the kernels run with their matrices replaced by loops. */

const { gpu: device, faulty } = await openFaultyDevice('device');
faulty.rewrite = withEmulatedMatrices;
const half = device.traits.f16;
const subgroups = { subgroups: true, subgroupMinSize: 8, subgroupMaxSize: 8 };
const traits = { ...device.traits, ...subgroups, matrices: emulatedMatrices };
const gpu = device.withTraits(traits);
afterAll(() => gpu.close());

/** A shape whose sides differ; others differ from it by constants, and each takes a driver long to compile. */
const variants: readonly (readonly [Products, MatrixVariant])[] = [
  ['float32', 'matrix-8x8x8'],
  ...(half ? ([['float16', 'matrix-8x16x16']] as const) : []),
];

let seed = 4200;
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

/** Roundings to float16 of both factors, in whatever direction, and those of the sums. */
const epsilonOf = (products: Products, length: number): number =>
  2 * length * floatEpsilon + (products === 'float16' ? 2 * 2 ** -10 : 0);

/** The product with everything that can be added to it, against float64; its result without these. */
async function check(
  [products, variant]: (typeof variants)[number],
  { rows, outputs, inputs, rank }: Sizes,
  {
    x = values(rows * inputs),
    w = values(outputs * inputs),
    padding = { before: 0, after: 0 },
  }: { x?: Float64Array; w?: Float64Array; padding?: Padding } = {},
): Promise<{ plain: Float32Array; reference: Float64Array }> {
  const bench = new KernelBench(gpu);
  const [h, b] = [values(rows * rank, 1e-3), values(outputs * rank, 30)];
  const [bias, columnScale] = [values(outputs), values(outputs)];
  const residual = values(rows * outputs);
  const y = outputMatrix(bench, 'y', [rows, outputs], padding);
  const full = outputMatrix(bench, 'full', [rows, outputs], padding);
  const operands = {
    x: inputMatrix(bench, 'x', [rows, inputs], x, padding),
    w: inputMatrix(bench, 'w', [outputs, inputs], w, padding),
    ...{ products, variant },
  };
  const added = {
    bias: bench.input('bias', [outputs], bias),
    columnScale: bench.input('column scale', [outputs], columnScale),
    branch: {
      h: inputMatrix(bench, 'h', [rows, rank], h, padding),
      b: inputMatrix(bench, 'b', [outputs, rank], b, padding),
    },
    residual: inputMatrix(bench, 'residual', [rows, outputs], residual, padding),
  };
  await bench.run((r) => {
    linearForward(r, { ...operands, y });
    linearForward(r, { ...operands, y: full, ...added });
  });
  const plain = await readMatrix(bench, y);
  const shape = { rows, outputs, inputs, rank, x, w };
  const unit = (magnitude: Float64Array): Float64Array =>
    magnitude.map((size) => epsilonOf(products, inputs + rank + 3) * size);
  const alone = linearForwardReference(shape);
  expect(largestError(plain, alone.y, unit(alone.magnitude))).toBeLessThanOrEqual(1);
  const whole = linearForwardReference({ ...shape, h, b, bias, columnScale, residual });
  const found = await readMatrix(bench, full);
  expect(largestError(found, whole.y, unit(whole.magnitude))).toBeLessThanOrEqual(1);
  bench.close();
  return { plain, reference: alone.y };
}

describe.each(variants)('%s, %s', (products, variant) => {
  const which = [products, variant] as const;

  test('odd sizes, strided matrices, several tiles', async () => {
    await check(which, { rows: 9, outputs: 4, inputs: 4, rank: 4 });
    await check(
      which,
      { rows: 67, outputs: 132, inputs: 76, rank: 20 },
      {
        padding: { before: 8, after: 4 },
      },
    );
    await check(which, { rows: 64, outputs: 64, inputs: 64, rank: 8 });
  });
});

const float16 = variants.filter(([products]) => products === 'float16');

describe.each(float16)('units of lines, %s, %s', (products, variant) => {
  const which = [products, variant] as const;
  const sizes = { rows: 40, outputs: 36, inputs: 160, rank: 4 };
  const each = (count: number, scale: (line: number, inner: number) => number): Float64Array =>
    values(count * sizes.inputs).map((value, i) => {
      const [line, inner] = [Math.floor(i / sizes.inputs), i % sizes.inputs];
      return Math.fround(value * scale(line, inner));
    });

  test.each<[string, (line: number, inner: number) => number]>([
    ['numbers far beyond float16', () => 1e12],
    ['numbers far below it', () => 1e-20],
    ['lines of every size', (line) => 1000 ** ((line % 16) - 8)],
    ['lines that grow', (line, inner) => (line % 3 === 0 ? 2 ** (inner / 5) : 1)],
    ['lines that begin with nothing', (line, inner) => (inner < 70 ? 0 : line + 1)],
    ['lines that shrink', (_line, inner) => 2 ** (-inner / 20)],
    ['single large numbers', (line, inner) => (inner === 33 + line ? 1e6 : 1)],
  ])('%s', async (_, scale) => {
    const x = each(sizes.rows, scale);
    const { plain, reference } = await check(which, sizes, { x });
    for (let row = 0; row < sizes.rows; row += 1) {
      const part = [row * sizes.outputs, (row + 1) * sizes.outputs] as const;
      expect(relativeL2(plain.subarray(...part), reference.subarray(...part))).toBeLessThan(2e-3);
    }
    await check(which, sizes, { w: each(sizes.outputs, scale) });
  });

  test('what is no number stays none, and where it is', async () => {
    const bench = new KernelBench(gpu);
    const x = values(40 * 64);
    x[70] = Number.NaN;
    x[64 * 20 + 5] = Number.POSITIVE_INFINITY;
    x[64 * 21 + 50] = Number.NEGATIVE_INFINITY;
    const y = bench.output('y', [40, 64]);
    const operands = {
      x: asMatrix(bench.input('x', [40, 64], x)),
      w: asMatrix(bench.input('w', [64, 64], values(64 * 64))),
    };
    await bench.run((r) => linearForward(r, { ...operands, y: asMatrix(y), products, variant }));
    const actual = await bench.read(y);
    for (let row = 0; row < 40; row += 1) {
      const finite = [...actual.subarray(row * 64, row * 64 + 64)].filter(Number.isFinite);
      expect(finite.length, `row ${row}`).toBe([1, 20, 21].includes(row) ? 0 : 64);
    }
    bench.close();
  });
});

/** The device's own test of such kernels: other weights, workgroups past the end, the same bits twice. */
const formats: readonly (readonly [WeightReader, Products, MatrixVariant])[] = [
  ['q4_0', 'float32', 'matrix-8x8x8'],
  ...(half ? ([['f16-native', 'float16', 'matrix-16x16x16']] as const) : []),
];
test.each(formats)(
  'the self-test passes with weights in %s, %s, %s, also where a product is cut',
  async (reader, products, variant) => {
    const shared = { reader, rows: 130, columns: 132, inner: Math.max(64, groupOf(reader)) };
    const computation =
      products === 'float16'
        ? forwardFloat16Class.knownCase({ ...shared, kind: 'forward-float16', aligned: true })
        : forwardProductClass.knownCase({ ...shared, kind: 'forward', aligned: true });
    for (const dispatchWork of [Infinity, 2 * 64 * 64 * shared.inner]) {
      const cut = gpu.withTraits({ ...traits, dispatchWork });
      await onDevice(cut, computation, async () => {
        const expected = await expectedOf(cut, computation);
        const error = await caseError(cut, computation, variant, { expected, runs: 2 });
        expect({ error, right: isRight(error, computation) }).toMatchObject({ right: true });
      });
    }
    expect(gpu.ledger.total).toBe(0);
  },
);
