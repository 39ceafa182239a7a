import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import {
  inputMatrix,
  outputMatrix,
  readMatrix,
  type Padding,
} from '../../../../test/gpu/matrices.ts';
import { floatEpsilon, largestError, randomValues } from '../../testing/numbers.ts';
import { defaultTraits, type DeviceTraits } from '../../gpu/kernel.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, persistentTensor, type Tensor } from '../../gpu/tensor.ts';
import { columnSum } from './column-sum.ts';
import { linearForward } from './forward-product.ts';
import { linearBackwardInput } from './input-gradient.ts';
import { linearBackwardWeight } from './weight-gradient.ts';
import { canBroadcast, fitsDevice, type ProductVariant } from './linear-kernels.ts';
import { hasVectorSubgroups, type VectorVariant } from './matrix-vector.ts';
import { mergeBranch } from './merge.ts';
import {
  columnSumReference,
  linearBackwardInputReference,
  linearBackwardWeightReference,
  linearForwardReference,
} from './linear.reference.ts';
import { keepScale } from '../random.reference.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const variants: readonly ProductVariant[] = canBroadcast(gpu.traits)
  ? ['tiled', 'direct', 'broadcast']
  : ['tiled', 'direct'];
const dense: Padding = { before: 0, after: 0 };
const aligned: Padding = { before: 8, after: 4 };
const ragged: Padding = { before: 3, after: 5 };

interface Shape {
  rows: number;
  outputs: number;
  inputs: number;
  rank: number;
  padding: Padding;
}

const shapes: readonly Shape[] = [
  { rows: 1, outputs: 1, inputs: 1, rank: 1, padding: dense },
  { rows: 3, outputs: 5, inputs: 2, rank: 3, padding: ragged },
  { rows: 17, outputs: 60, inputs: 154, rank: 6, padding: ragged },
  { rows: 63, outputs: 65, inputs: 64, rank: 16, padding: dense },
  { rows: 64, outputs: 64, inputs: 68, rank: 16, padding: aligned },
  { rows: 65, outputs: 172, inputs: 64, rank: 8, padding: dense },
  { rows: 130, outputs: 12, inputs: 132, rank: 20, padding: aligned },
];
const name = ({ rows, outputs, inputs, rank }: Shape): string =>
  `${rows}×${outputs}×${inputs} rank ${rank}`;
const edges: Shape = { rows: 45, outputs: 77, inputs: 154, rank: 6, padding: ragged };
const vectors: Shape = { rows: 130, outputs: 140, inputs: 132, rank: 20, padding: aligned };
const slowCompiler =
  gpu.adapter.description.includes('SwiftShader') || process.env['MEDCARE_WEBGPU'] === 'wgpu';
/** Other tiles and split sums. Each is a separate pipeline, which SwiftShader and wgpu take seconds to compile. */
const tileCases = (
  slowCompiler
    ? ([
        ['tiled-64x128', vectors],
        ['split-32x32', vectors],
      ] as const)
    : ([
        ['tiled-32x32', edges],
        ['tiled-32x128', vectors],
        ['tiled-128x32', edges],
        ['tiled-64x128', edges],
        ['tiled-128x64', edges],
        ['tiled-128x128', vectors],
        ['split-32x32', vectors],
        ['split-64x64', edges],
      ] as const)
).filter(([variant]) => fitsDevice(gpu.traits, variant));
const named = (variant: ProductVariant, shape: Shape): [string, ProductVariant, Shape] => [
  name(shape),
  variant,
  shape,
];
const cases = [
  ...variants.flatMap((variant) => shapes.map((shape) => named(variant, shape))),
  ...tileCases.map(([variant, shape]) => named(variant, shape)),
];

/** Few rows: decoding. */
const vectorVariants: readonly VectorVariant[] = hasVectorSubgroups(gpu.traits)
  ? ['vector-workgroup', 'vector-subgroup']
  : ['vector-workgroup'];
const fewRows: readonly Shape[] = [
  { rows: 1, outputs: 61, inputs: 154, rank: 6, padding: ragged },
  { rows: 3, outputs: 60, inputs: 516, rank: 16, padding: aligned },
];
const mostRows: Shape = { rows: 8, outputs: 20, inputs: 516, rank: 16, padding: aligned };
const vectorCases = vectorVariants.flatMap((variant) =>
  (variant === 'vector-workgroup' ? [...fewRows, mostRows] : fewRows).map(
    (shape): [string, VectorVariant, Shape] => [name(shape), variant, shape],
  ),
);

let seed = 1;
/** Fresh values for every operand; deviation chosen so that sums stay near 1. */
function values(count: number): Float64Array {
  seed += 1;
  return randomValues(count, seed);
}

/** Asserts |actual − expected| ≤ 2 · length ULP of the magnitude sums. */
function expectWithin(
  actual: Float32Array,
  expected: Float64Array,
  magnitude: Float64Array,
  length: number,
): void {
  const unit = magnitude.map((size) => 2 * length * floatEpsilon * size);
  expect(largestError(actual, expected, unit)).toBeLessThanOrEqual(1);
}

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

describe('linearForward', () => {
  test.each([...cases, ...vectorCases])(
    '%s, %s: product alone, and with everything added',
    async (_, variant, shape) => {
      const { rows, outputs, inputs, rank, padding } = shape;
      const bench = new KernelBench(gpu);
      const x = values(rows * inputs);
      const w = values(outputs * inputs);
      const h = values(rows * rank);
      const b = values(outputs * rank);
      const bias = values(outputs);
      const residual = values(rows * outputs);
      const xm = inputMatrix(bench, 'x', [rows, inputs], x, padding);
      const wm = inputMatrix(bench, 'w', [outputs, inputs], w, padding);
      const hm = inputMatrix(bench, 'h', [rows, rank], h, padding);
      const bm = inputMatrix(bench, 'b', [outputs, rank], b, padding);
      const rm = inputMatrix(bench, 'residual', [rows, outputs], residual, padding);
      const biasTensor = bench.input('bias', [outputs], bias);
      const plain = outputMatrix(bench, 'plain', [rows, outputs], padding);
      const full = outputMatrix(bench, 'full', [rows, outputs], padding);
      const scaled = outputMatrix(bench, 'scaled', [rows, outputs], padding);
      const read = async (): Promise<Float32Array> => {
        const parts = [plain, full, scaled].map((matrix) => readMatrix(bench, matrix));
        return Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
      };
      const all = await runTwice(
        bench,
        (r) => {
          const operands = { x: xm, w: wm, variant };
          linearForward(r, { ...operands, y: plain });
          const branch = { h: hm, b: bm };
          linearForward(r, { ...operands, y: full, bias: biasTensor, branch, residual: rm });
          linearForward(r, { ...operands, y: scaled, columnScale: biasTensor });
        },
        read,
      );
      const size = rows * outputs;
      const reference = { rows, outputs, inputs, rank, x, w };
      const expected = [
        linearForwardReference(reference),
        linearForwardReference({ ...reference, h, b, bias, residual }),
        linearForwardReference({ ...reference, columnScale: bias }),
      ];
      expected.forEach(({ y, magnitude }, i) =>
        expectWithin(all.subarray(i * size, (i + 1) * size), y, magnitude, inputs + rank + 2),
      );
      bench.close();
    },
  );
});

describe('linearBackwardInput', () => {
  test.each(cases)('%s, %s: product, branch, mask, accumulation', async (_, variant, shape) => {
    const { rows, outputs, inputs, rank, padding } = shape;
    const bench = new KernelBench(gpu);
    const dy = values(rows * outputs);
    const w = values(outputs * inputs);
    const dh = values(rows * rank);
    const a = values(rank * inputs);
    const columnScale = values(inputs);
    const before = values(rows * inputs);
    const dropout = { probability: 0.3, stream: 77 };
    const state = { seed: 123456789, step: 5, microBatch: 2 };
    const stepWords = new Uint32Array(16);
    stepWords.set([state.seed, state.step, state.microBatch], 4);
    const stepState = bench.input('step state', [16], stepWords, 'u32');
    const dym = inputMatrix(bench, 'dy', [rows, outputs], dy, padding);
    const wm = inputMatrix(bench, 'w', [outputs, inputs], w, padding);
    const dhm = inputMatrix(bench, 'dh', [rows, rank], dh, padding);
    const am = inputMatrix(bench, 'a', [rank, inputs], a, padding);
    const scaleTensor = bench.input('column scale', [inputs], columnScale);
    const plain = outputMatrix(bench, 'plain', [rows, inputs], padding);
    const full = inputMatrix(bench, 'full', [rows, inputs], before, padding);
    const read = async (): Promise<Float32Array> => {
      const parts = [plain, full].map((matrix) => readMatrix(bench, matrix));
      return Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
    };
    const all = await runTwice(
      bench,
      (r) => {
        const operands = { dy: dym, w: wm, variant };
        linearBackwardInput(r, { ...operands, dx: plain });
        linearBackwardInput(r, {
          ...operands,
          dx: full,
          branch: { dh: dhm, a: am, dropout: { ...dropout, stepState } },
          columnScale: scaleTensor,
          accumulate: true,
        });
      },
      read,
    );
    const mask = Float64Array.from({ length: rows * inputs }, (__, element) =>
      keepScale({ ...state, ...dropout, element }),
    );
    const size = rows * inputs;
    const reference = { rows, outputs, inputs, rank, dy, w };
    const expected = [
      linearBackwardInputReference(reference),
      linearBackwardInputReference({ ...reference, dh, a, mask, columnScale, before }),
    ];
    expected.forEach(({ dx, magnitude }, i) =>
      expectWithin(all.subarray(i * size, (i + 1) * size), dx, magnitude, outputs + rank + 2),
    );
    bench.close();
  });
});

describe('linearBackwardWeight', () => {
  test.each(cases)('%s, %s: replacing and accumulating', async (_, variant, shape) => {
    const { rows, outputs, inputs, padding } = shape;
    const bench = new KernelBench(gpu);
    const dy = values(rows * outputs);
    const x = values(rows * inputs);
    const before = values(outputs * inputs);
    const dym = inputMatrix(bench, 'dy', [rows, outputs], dy, padding);
    const xm = inputMatrix(bench, 'x', [rows, inputs], x, padding);
    const plain = outputMatrix(bench, 'plain', [outputs, inputs], padding);
    const added = inputMatrix(bench, 'added', [outputs, inputs], before, padding);
    const read = async (): Promise<Float32Array> => {
      const parts = [plain, added].map((matrix) => readMatrix(bench, matrix));
      return Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
    };
    const all = await runTwice(
      bench,
      (r) => {
        const operands = { dy: dym, x: xm, variant };
        linearBackwardWeight(r, { ...operands, dw: plain, accumulate: false });
        linearBackwardWeight(r, { ...operands, dw: added, accumulate: true });
      },
      read,
    );
    const size = outputs * inputs;
    const reference = { rows, outputs, inputs, dy, x };
    const expected = [
      linearBackwardWeightReference(reference),
      linearBackwardWeightReference({ ...reference, before }),
    ];
    expected.forEach(({ dw, magnitude }, i) =>
      expectWithin(all.subarray(i * size, (i + 1) * size), dw, magnitude, rows + 1),
    );
    bench.close();
  });
});

describe('linearBackwardWeight with its rows split', () => {
  test.each([
    [250, 20, 36, 3, dense],
    [65, 17, 5, 2, ragged],
    [40, 70, 3, 9, dense],
  ])('%i rows, %i × %i, %i parts', async (rows, outputs, inputs, splits, padding) => {
    const bench = new KernelBench(gpu);
    const dy = values(rows * outputs);
    const x = values(rows * inputs);
    const before = values(outputs * inputs);
    const dym = inputMatrix(bench, 'dy', [rows, outputs], dy, padding);
    const xm = inputMatrix(bench, 'x', [rows, inputs], x, padding);
    const plain = outputMatrix(bench, 'plain', [outputs, inputs], padding);
    const added = inputMatrix(bench, 'added', [outputs, inputs], before, padding);
    const all = await runTwice(
      bench,
      (r) => {
        const operands = { dy: dym, x: xm, variant: 'tiled', splits } as const;
        linearBackwardWeight(r, { ...operands, dw: plain, accumulate: false });
        linearBackwardWeight(r, { ...operands, dw: added, accumulate: true });
      },
      async () => {
        const parts = [plain, added].map((matrix) => readMatrix(bench, matrix));
        return Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
      },
    );
    const size = outputs * inputs;
    const reference = { rows, outputs, inputs, dy, x };
    [
      linearBackwardWeightReference(reference),
      linearBackwardWeightReference({ ...reference, before }),
    ].forEach(({ dw, magnitude }, i) =>
      expectWithin(all.subarray(i * size, (i + 1) * size), dw, magnitude, rows + 1),
    );
    bench.close();
  });
});

describe('the variant for a device', () => {
  const graphics: DeviceTraits = {
    ...defaultTraits,
    software: false,
    subgroups: true,
    subgroupMinSize: 32,
    subgroupMaxSize: 32,
  };
  const lanes8 = { ...graphics, software: true, subgroupMinSize: 8, subgroupMaxSize: 8 };
  const varied = { ...graphics, subgroupMinSize: 8 };
  const kernelFor = (traits: DeviceTraits, rows: number): string => {
    const r = new PlanRecorder('test', traits);
    const tensor = (label: string, count: number): Tensor =>
      persistentTensor(label, 'activations', [count, 64]);
    linearForward(r, {
      x: asMatrix(tensor('x', rows)),
      w: asMatrix(tensor('w', 64)),
      y: asMatrix(tensor('y', rows)),
    });
    const [command] = r.finish().commands;
    return command?.kind === 'dispatch' ? command.call.kernel.name : '';
  };
  test.each([
    ['a GPU', graphics, 9, 'linear-forward-tiled-vec4-f32'],
    ['a GPU', graphics, 8, 'linear-matrix-vector-subgroup-vec4-f32'],
    ['a GPU with several subgroup sizes', varied, 1, 'linear-matrix-vector-workgroup-vec4-f32'],
    ['a CPU with 8 lanes', lanes8, 3, 'linear-forward-broadcast-vec4-f32'],
    ['a CPU with 8 lanes', lanes8, 2, 'linear-matrix-vector-subgroup-vec4-f32'],
    ['a CPU without subgroups', defaultTraits, 9, 'linear-forward-direct-vec4-f32'],
    ['a CPU without subgroups', defaultTraits, 1, 'linear-forward-direct-vec4-f32'],
  ])('%s, case %#', (_, traits, rows, kernel) => {
    expect(kernelFor(traits, rows)).toBe(kernel);
  });

  test('splits a narrow weight gradient on GPUs only', () => {
    const dispatches = (traits: DeviceTraits): number => {
      const r = new PlanRecorder('test', traits);
      linearBackwardWeight(r, {
        dy: asMatrix(persistentTensor('dy', 'activations', [2048, 64])),
        x: asMatrix(persistentTensor('x', 'activations', [2048, 16])),
        dw: asMatrix(persistentTensor('dw', 'gradients', [64, 16])),
        accumulate: false,
      });
      return r.finish().commands.length;
    };
    expect([dispatches(graphics), dispatches(defaultTraits), dispatches(lanes8)]).toEqual([
      2, 1, 1,
    ]);
  });
});

describe('columnSum', () => {
  test.each([
    [1, 1],
    [31, 3],
    [64, 8],
    [509, 65],
  ])('of %i × %i', async (rows, columns) => {
    const bench = new KernelBench(gpu);
    const x = values(rows * columns);
    const before = values(columns);
    const xm = inputMatrix(bench, 'x', [rows, columns], x, ragged);
    const plain = bench.output('plain', [columns]);
    const added = bench.input('added', [columns], before);
    const read = async (): Promise<Float32Array> =>
      Float32Array.from([...(await bench.read(plain)), ...(await bench.read(added))]);
    const all = await runTwice(
      bench,
      (r) => {
        columnSum(r, { x: xm, y: plain, accumulate: false });
        columnSum(r, { x: xm, y: added, accumulate: true });
      },
      read,
    );
    [columnSumReference(rows, columns, x), columnSumReference(rows, columns, x, before)].forEach(
      ({ y, magnitude }, i) =>
        expectWithin(all.subarray(i * columns, (i + 1) * columns), y, magnitude, rows + 1),
    );
    bench.close();
  });
});

describe('mergeBranch', () => {
  test.each([
    [64, 60, 16, dense],
    [65, 154, 7, ragged],
  ])('%i × %i of rank %i', async (outputs, inputs, rank, padding) => {
    const bench = new KernelBench(gpu);
    const w = values(outputs * inputs);
    const b = values(outputs * rank);
    const a = values(rank * inputs);
    const wm = inputMatrix(bench, 'w', [outputs, inputs], w, padding);
    const bm = inputMatrix(bench, 'b', [outputs, rank], b, padding);
    const am = inputMatrix(bench, 'a', [rank, inputs], a, padding);
    const merged = await runTwice(
      bench,
      (r) => mergeBranch(r, { w: wm, b: bm, a: am, scale: 2 }),
      () => readMatrix(bench, wm),
    );
    const { dx, magnitude } = linearBackwardInputReference({
      rows: outputs,
      outputs: rank,
      inputs,
      rank: 0,
      dy: b,
      w: a,
      before: w,
      alpha: 2,
    });
    expectWithin(merged, dx, magnitude, rank + 1);
    bench.close();
  });
});

describe('shapes that do not fit', () => {
  const bench = (): KernelBench => new KernelBench(gpu);
  test('are refused before anything is recorded', () => {
    const b = bench();
    const r = new PlanRecorder('test', gpu.traits);
    const x = asMatrix(b.input('x', [4, 8], values(32)));
    const w = asMatrix(b.input('w', [5, 8], values(40)));
    const y = asMatrix(b.output('y', [4, 5]));
    const wrong = asMatrix(b.output('wrong', [4, 6]));
    expect(() => linearForward(r, { x, w, y: wrong })).toThrow(RangeError);
    expect(() => linearForward(r, { x, w, y, bias: x.tensor })).toThrow(RangeError);
    expect(() => linearForward(r, { x, w, y, residual: y })).toThrow(RangeError);
    expect(() => linearForward(r, { x: { ...x, offset: 1 }, w, y })).toThrow(RangeError);
    expect(() => linearBackwardInput(r, { dy: wrong, w, dx: x })).toThrow(RangeError);
    expect(() => linearBackwardWeight(r, { dy: y, x, dw: x, accumulate: false })).toThrow(
      RangeError,
    );
    expect(() => columnSum(r, { x, y: y.tensor, accumulate: false })).toThrow(RangeError);
    expect(r.finish().commands).toHaveLength(0);
    b.close();
  });
});
