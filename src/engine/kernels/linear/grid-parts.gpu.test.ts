import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { runOnce } from '../../gpu/plan.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { randomValues } from '../../testing/numbers.ts';
import { readDense, type KernelCase } from '../kernel-case.ts';
import { stepStateLength } from '../random.ts';
import { forwardProductClass } from './forward-product.ts';
import { inputGradientClass, linearBackwardInputs } from './input-gradient.ts';
import { canBroadcast, type ProductVariant } from './linear-kernels.ts';
import type { WeightReader } from './weight-formats.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const variants: readonly ProductVariant[] = [
  ...(['tiled-32x32', 'split-32x32', 'direct'] as const),
  ...(canBroadcast(gpu.traits) ? (['broadcast'] as const) : []),
];
const sizes = { rows: 133, columns: 140, inner: 288, aligned: true };
const readers: readonly WeightReader[] = ['f32', 'q4_0'];

/** What a case gives where one dispatch may make so many multiplications, and how many dispatches that took. */
async function resultOf<V extends string>(
  computation: KernelCase<V>,
  variant: V,
  dispatchWork: number,
): Promise<{ readonly dispatches: number; readonly values: Float64Array[] }> {
  computation.tensors.renew(gpu);
  const recorder = new PlanRecorder('cut', { ...gpu.traits, dispatchWork });
  computation.record(recorder, variant);
  const spec = recorder.finish();
  await runOnce(gpu, spec);
  const read = async (tensor: Tensor) => Float64Array.from(await gpu.readFloat32(tensor));
  const values = await Promise.all(computation.results.map((result) => readDense(result, read)));
  return { dispatches: spec.commands.length, values };
}

async function compare<V extends string>(computation: KernelCase<V>, variant: V): Promise<void> {
  const { specs } = computation.tensors;
  await gpu.allocate(specs);
  computation.tensors.fill(gpu);
  const work = sizes.rows * sizes.columns * sizes.inner;
  const whole = await resultOf(computation, variant, Number.POSITIVE_INFINITY);
  const halves = await resultOf(computation, variant, work / 2);
  const each = await resultOf(computation, variant, 1);
  gpu.release(specs);
  expect(whole.values.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
  expect(halves.values).toEqual(whole.values);
  expect(each.values).toEqual(whole.values);
  expect(halves.dispatches).toBeGreaterThan(whole.dispatches);
  expect(each.dispatches).toBeGreaterThan(halves.dispatches);
}

describe.each(readers)(
  'a product cut into several dispatches gives the same bits, %s',
  (reader) => {
    test.each(variants)('forward, %s', async (variant) => {
      await compare(forwardProductClass.knownCase({ kind: 'forward', reader, ...sizes }), variant);
    });

    test.each(variants)('input gradient, %s', async (variant) => {
      const rounded = { ...sizes, columns: 160 };
      await compare(inputGradientClass.knownCase({ kind: 'input', reader, ...rounded }), variant);
    });
  },
);

test.each(variants)(
  'parts of an input gradient draw the masks of the whole, %s',
  async (variant) => {
    const [rows, outputs, inputs, rank] = [70, 48, 132, 8];
    const found: Float64Array[][] = [];
    for (const dispatchWork of [Number.POSITIVE_INFINITY, 1]) {
      const bench = new KernelBench(gpu);
      const values = (label: string, shape: [number, number], seed: number) =>
        asMatrix(bench.input(label, shape, randomValues(shape[0] * shape[1], seed)));
      const state = Array.from({ length: stepStateLength }, (_, i) => i + 1);
      const stepState = bench.input('step state', [stepStateLength], state, 'u32');
      const products = [1, 2].map((seed) => ({
        dy: values('dy', [rows, outputs], seed),
        w: values('w', [outputs, inputs], seed + 10),
        dx: asMatrix(bench.output('dx', [rows, inputs])),
        branch: {
          dh: values('dh', [rows, rank], seed + 20),
          a: values('a', [rank, inputs], seed + 30),
          dropout: { probability: 0.3, stream: seed, stepState },
        },
        variant,
      }));
      await bench.run((r) => {
        const limited = new PlanRecorder('cut', { ...r.traits, dispatchWork });
        linearBackwardInputs(limited, products);
        for (const command of limited.finish().commands) {
          if (command.kind === 'dispatch') r.dispatch(command.call);
        }
      });
      found.push(
        await Promise.all(
          products.map(async ({ dx }) => Float64Array.from(await bench.read(dx.tensor))),
        ),
      );
      bench.close();
    }
    expect(found[0]?.flatMap((values) => [...values]).every(Number.isFinite)).toBe(true);
    expect(found[1]).toEqual(found[0]);
  },
);
