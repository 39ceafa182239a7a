import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import {
  inputMatrix,
  outputMatrix,
  readMatrix,
  type Padding,
} from '../../../../test/gpu/matrices.ts';
import { floatEpsilon, largestError, randomValues } from '../../testing/numbers.ts';
import { decodeBlocks } from '../../../formats/gguf/block-decode.ts';
import {
  blockSizes,
  blockTypes,
  halvesAt,
  type BlockType,
} from '../../../formats/gguf/block-types.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../../formats/weights/float-bits.ts';
import { asMatrix, placesTogether, viewTensor } from '../../gpu/tensor.ts';
import { planesOfBlocks } from '../../model/block-planes.ts';
import { embeddingForward } from '../embedding/embedding.ts';
import { linearForward, linearForwards } from './forward-product.ts';
import { linearBackwardInput } from './input-gradient.ts';
import { canBroadcast, type ProductVariant } from './linear-kernels.ts';
import { hasVectorSubgroups, type VectorVariant } from './matrix-vector.ts';
import { linearBackwardInputReference, linearForwardReference } from './linear.reference.ts';
import {
  formatGroup,
  packedFormats,
  packedPlanes,
  type PackedFormat,
  type PackedMatrix,
} from './weight-formats.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

/** Every format; the kernels for GPUs, which take seconds to compile here, with one of each build. */
const variants: readonly ProductVariant[] = canBroadcast(gpu.traits)
  ? ['direct', 'each', 'broadcast']
  : ['direct', 'each'];
const tiledFormats: readonly PackedFormat[] = ['f16', 'q6_k'];
/** It compiles each of these kernels for seconds, too: there one kernel reads every format, the others read two. */
const slowCompiler = gpu.adapter.description.includes('SwiftShader');
const variantsFor = (format: PackedFormat): readonly ProductVariant[] =>
  slowCompiler && !tiledFormats.includes(format) ? ['direct'] : variants;
const vectorVariants: readonly VectorVariant[] = hasVectorSubgroups(gpu.traits)
  ? ['vector-workgroup', 'vector-subgroup']
  : ['vector-workgroup'];
const dense: Padding = { before: 0, after: 0 };
const ragged: Padding = { before: 3, after: 5 };

let seed = 7000;
function values(count: number): Float64Array {
  seed += 1;
  return randomValues(count, seed);
}

/** Bits of a float16 scale between 1/64 and 1/32, of either sign. */
function scaleBits(value: number): number {
  return 0x2400 + (Math.abs(Math.round(value * 4096)) % 1024) + (value < 0 ? 0x8000 : 0);
}

/** Random blocks: every bit pattern of quanta and scale parts, finite float16 numbers. */
function randomBlocks(type: BlockType, weights: number): Uint8Array {
  const size = blockSizes[type];
  const count = weights / size.weights;
  const random = values(count * size.bytes);
  const bytes = Uint8Array.from(random, (value) => Math.floor(Math.abs(value) * 9973) & 255);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < count; block += 1) {
    for (const at of halvesAt[type]) {
      const place = block * size.bytes + at;
      view.setUint16(place, scaleBits(random[place] ?? 0), true);
    }
  }
  return bytes;
}

interface Packed {
  readonly words: Uint32Array;
  readonly values: Float64Array;
}

/** Random packed weights and the numbers that they encode. */
function randomPacked(format: PackedFormat, weights: number): Packed {
  if (format === 'f16' || format === 'bf16') {
    const bits = Uint16Array.from(values(weights), (value) =>
      format === 'f16' ? scaleBits(value) : 0x3c00 + (Math.round(value * 4096) & 0x80ff),
    );
    const widen = format === 'f16' ? float16ToFloat32 : bfloat16ToFloat32;
    return { words: new Uint32Array(bits.buffer), values: Float64Array.from(bits, widen) };
  }
  const type = blockTypes.find((candidate) => candidate.toLowerCase() === format);
  if (!type) throw new Error(`No block type for ${format}`);
  const blocks = randomBlocks(type, weights);
  const { quanta, high, scales, supers } = planesOfBlocks(type, blocks);
  const words = Uint32Array.from([...quanta, ...high, ...scales, ...supers]);
  expect(words).toHaveLength(packedPlanes(format, weights).words);
  return { words, values: Float64Array.from(decodeBlocks(type, blocks)) };
}

function packedInput(
  bench: KernelBench,
  format: PackedFormat,
  [rows, columns]: readonly [number, number],
): { matrix: PackedMatrix; values: Float64Array } {
  const packed = randomPacked(format, rows * columns);
  const tensor = bench.input('w', [packed.words.length], packed.words, 'u32');
  return { matrix: { format, rows, columns, tensor }, values: packed.values };
}

interface Shape {
  readonly rows: number;
  readonly outputs: number;
  /** In groups of the format. */
  readonly groups: number;
  readonly rank: number;
  readonly padding: Padding;
}

const shapes: readonly Shape[] = [
  { rows: 1, outputs: 1, groups: 1, rank: 4, padding: dense },
  { rows: 19, outputs: 65, groups: 3, rank: 8, padding: dense },
  { rows: 65, outputs: 63, groups: 2, rank: 3, padding: ragged },
];
const vectorShapes: readonly Shape[] = [
  { rows: 1, outputs: 63, groups: 3, rank: 4, padding: dense },
  { rows: 4, outputs: 5, groups: 2, rank: 3, padding: ragged },
];

/** Asserts |actual − expected| ≤ 2 · length ULP of the magnitude sums. */
function expectWithin(
  actual: Float32Array,
  expected: Float64Array,
  magnitude: Float64Array,
  length: number,
): void {
  // Half an ULP more per weight: dequantising rounds once.
  const unit = magnitude.map((size) => (2 * length + 2) * floatEpsilon * size);
  expect(largestError(actual, expected, unit)).toBeLessThanOrEqual(1);
}

async function checkForward(
  format: PackedFormat,
  variant: ProductVariant | VectorVariant,
  { rows, outputs, groups, rank, padding }: Shape,
): Promise<void> {
  const inputs = groups * formatGroup(format);
  const bench = new KernelBench(gpu);
  const w = packedInput(bench, format, [outputs, inputs]);
  const x = values(rows * inputs);
  const h = values(rows * rank);
  const b = values(outputs * rank);
  const bias = values(outputs);
  const y = outputMatrix(bench, 'y', [rows, outputs], padding);
  const operands = {
    x: inputMatrix(bench, 'x', [rows, inputs], x, padding),
    w: w.matrix,
    y,
    bias: bench.input('bias', [outputs], bias),
    branch: {
      h: inputMatrix(bench, 'h', [rows, rank], h, padding),
      b: inputMatrix(bench, 'b', [outputs, rank], b, padding),
    },
    variant,
  };
  await bench.run((r) => linearForward(r, operands));
  const actual = await readMatrix(bench, y);
  const reference = { rows, outputs, inputs, rank, x, w: w.values, h, b, bias };
  const { y: expected, magnitude } = linearForwardReference(reference);
  expectWithin(actual, expected, magnitude, inputs + rank);
  await bench.run((r) => linearForward(r, operands));
  expect(await readMatrix(bench, y)).toEqual(actual);
  bench.close();
}

async function checkBackward(
  format: PackedFormat,
  variant: ProductVariant,
  { rows, outputs, groups, rank, padding }: Shape,
): Promise<void> {
  const inputs = groups * formatGroup(format);
  const bench = new KernelBench(gpu);
  const w = packedInput(bench, format, [outputs, inputs]);
  const dy = values(rows * outputs);
  const dh = values(rows * rank);
  const a = values(rank * inputs);
  const dx = outputMatrix(bench, 'dx', [rows, inputs], padding);
  const operands = {
    dy: inputMatrix(bench, 'dy', [rows, outputs], dy, padding),
    w: w.matrix,
    dx,
    branch: {
      dh: inputMatrix(bench, 'dh', [rows, rank], dh, padding),
      a: inputMatrix(bench, 'a', [rank, inputs], a, padding),
    },
    variant,
  };
  await bench.run((r) => linearBackwardInput(r, operands));
  const actual = await readMatrix(bench, dx);
  const reference = { rows, outputs, inputs, rank, dy, w: w.values, dh, a };
  const { dx: expected, magnitude } = linearBackwardInputReference(reference);
  expectWithin(actual, expected, magnitude, outputs + rank);
  bench.close();
}

describe.each(packedFormats)('weights in %s', (format) => {
  test.each(variantsFor(format))(
    '%s: forward and input gradient over odd shapes',
    async (variant) => {
      for (const shape of shapes) {
        await checkForward(format, variant, shape);
        await checkBackward(format, variant, shape);
      }
    },
  );

  test('rows of a table are the numbers of the format, to the bit or one rounding', async () => {
    const rows = 9;
    const columns = 3 * formatGroup(format);
    const bench = new KernelBench(gpu);
    const table = packedInput(bench, format, [rows, columns]);
    const ids = Uint32Array.from([8, 0, 3, 3, 9]);
    const index = bench.input('ids', [ids.length], ids, 'u32');
    const y = bench.output('y', [ids.length, columns]);
    await bench.run((r) => embeddingForward(r, { ids: index, table: table.matrix, y }));
    const actual = await bench.read(y);
    const expected = Float64Array.from({ length: actual.length }, (_, i) => {
      const row = ids[Math.floor(i / columns)] ?? 0;
      return row < rows ? (table.values[row * columns + (i % columns)] ?? Number.NaN) : 0;
    });
    const unit = expected.map((value) => 2 * floatEpsilon * Math.max(1, Math.abs(value)));
    expect(largestError(actual, expected, unit)).toBeLessThanOrEqual(1);
    bench.close();
  });
});

/** Forward products of the rows of one table, in one dispatch. */
async function checkTable(
  format: PackedFormat,
  rows: number,
  outputs: readonly number[],
): Promise<void> {
  const inputs = 3 * formatGroup(format);
  const total = outputs.reduce((sum, count) => sum + count, 0);
  const bench = new KernelBench(gpu);
  const { matrix, values: all } = packedInput(bench, format, [total, inputs]);
  const x = values(rows * inputs);
  const { offsets, elements } = placesTogether(outputs.map((count) => [rows, count]));
  const y = bench.output('y', [elements]);
  const xMatrix = inputMatrix(bench, 'x', [rows, inputs], x, dense);
  let firstRow = 0;
  const products = outputs.map((count, index) => {
    const table = { rows: total, firstRow };
    firstRow += count;
    const result = viewTensor(y, offsets[index] ?? 0, [rows, count]);
    return { x: xMatrix, w: { ...matrix, rows: count, table }, y: asMatrix(result) };
  });
  const dispatches: number[] = [];
  await bench.run((r) => {
    linearForwards(r, products);
    dispatches.push(r.finish().commands.length);
  });
  expect(dispatches).toEqual([1]);
  for (const { w, y: result } of products) {
    const first = w.table.firstRow * inputs;
    const own = all.slice(first, first + w.rows * inputs);
    const sizes = { rows, outputs: w.rows, inputs, rank: 0 };
    const { y: expected, magnitude } = linearForwardReference({ ...sizes, x, w: own });
    expectWithin(await readMatrix(bench, result), expected, magnitude, inputs);
  }
  bench.close();
}

describe.each(slowCompiler ? tiledFormats : packedFormats)('rows of a table in %s', (format) => {
  test.each([1, 65])('give the products of %i rows', async (rows) => {
    await checkTable(format, rows, [64, 68, 36]);
    await checkTable(format, rows, [66, 62, 34]);
  });
});

describe.each(tiledFormats)('weights in %s, kernels for GPUs', (format) => {
  test('tiled: forward and input gradient over odd shapes', async () => {
    for (const shape of format === 'f16' ? shapes.slice(1, 2) : shapes.slice(1)) {
      await checkForward(format, 'tiled', shape);
      await checkBackward(format, 'tiled', shape);
    }
  });

  test.each(vectorVariants)('%s: a few rows', async (variant) => {
    for (const shape of vectorShapes) await checkForward(format, variant, shape);
  });
});

test('rows that are no whole groups, and tensors of another size, are refused', async () => {
  const bench = new KernelBench(gpu);
  const tensor = bench.input('w', [10], new Uint32Array(10), 'u32');
  const x = inputMatrix(bench, 'x', [2, 48], values(96), dense);
  const y = outputMatrix(bench, 'y', [2, 2], dense);
  const refused = async (columns: number): Promise<void> => {
    const w: PackedMatrix = { format: 'q4_0', rows: 2, columns, tensor };
    await expect(
      bench.run((r) => linearForward(r, { x: { ...x, columns, stride: columns }, w, y })),
    ).rejects.toThrow(RangeError);
  };
  await refused(48);
  await refused(32);
  bench.close();
});
