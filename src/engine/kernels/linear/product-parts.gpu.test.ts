import { afterAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix } from '../../gpu/tensor.ts';
import { randomValues } from '../../testing/numbers.ts';
import type { KernelCase } from '../kernel-case.ts';
import { stepStateLength } from '../random.ts';
import { expectSameInParts } from '../testing/in-parts.ts';
import { forwardProductClass } from './forward-product.ts';
import { inputGradientClass, linearBackwardInputs } from './input-gradient.ts';
import { canBroadcast, type ProductVariant } from './linear-kernels.ts';
import { hasVectorSubgroups, type VectorVariant } from './matrix-vector.ts';
import type { WeightReader } from './weight-formats.ts';
import { weightGradientClass } from './weight-gradient.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const variants: readonly ProductVariant[] = [
  ...(['tiled-32x32', 'split-32x32', 'direct'] as const),
  ...(canBroadcast(gpu.traits) ? (['broadcast'] as const) : []),
];
const vectors: readonly VectorVariant[] = [
  'vector-workgroup',
  ...(hasVectorSubgroups(gpu.traits) ? (['vector-subgroup'] as const) : []),
];
const sizes = { rows: 133, columns: 140, inner: 288, aligned: true };
const readers: readonly WeightReader[] = ['f32', 'q4_0'];

const compare = <V extends string>(computation: KernelCase<V>, variant: V): Promise<void> =>
  expectSameInParts(gpu, computation, variant);

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

    test.each(vectors)('few rows, %s', async (variant) => {
      const few = { ...sizes, rows: 5, columns: 400 };
      const computation = forwardProductClass.knownCase({ kind: 'forward', reader, ...few });
      await compare(computation, variant);
    });
  },
);

test.each(variants.filter((variant) => !variant.startsWith('split')))(
  'parts of a weight gradient, %s',
  async (variant) => {
    const computation = weightGradientClass.knownCase({ kind: 'weight', reader: 'f32', ...sizes });
    await compare(computation, variant);
  },
);

test('products with a thread per result, which are not aligned', async () => {
  const odd = { rows: 33, columns: 39, inner: 37, aligned: false, reader: 'f32' } as const;
  const forward = forwardProductClass.knownCase({ kind: 'forward', ...odd });
  await compare(forward, 'each');
  const input = inputGradientClass.knownCase({ kind: 'input', ...odd });
  await compare(input, 'each');
  const weight = weightGradientClass.knownCase({ kind: 'weight', ...odd });
  await compare(weight, 'each');
});

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
