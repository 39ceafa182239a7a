/** What the device can do at most, and which share of that the kernels reach. */
import { isDecided, type TuningRecord } from '../../src/engine/tuning/record.ts';
import { modelNeeds } from '../../src/engine/tuning/model-needs.ts';
import { tune } from '../../src/engine/tuning/tuner.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { weightStorage } from '../../src/engine/model/weight-storage.ts';
import { classOf, kernelClass, type KernelSizes } from '../../src/engine/kernels/kernel-classes.ts';
import { onDevice, readyPlan } from '../../src/engine/checks/case-check.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { candidateVariants } from '../../src/engine/kernels/kernel-class.ts';
import type { WeightReader } from '../../src/engine/kernels/linear/weight-formats.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { measureCeilings, type Ceilings } from '../ceilings.ts';
import { fittingReplays, spreadOf, timeReplays } from '../measure.ts';
import { timedAt } from '../tuning.ts';
import type { Aim, Bench, Findings } from './section.ts';

const rate = (perSecond: number, unit: string): string =>
  `${(perSecond / 1e9).toFixed(1)} G${unit}/s`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Bytes per second of a copy, operations per second of a loop of multiply-adds, microseconds of a dispatch. */
export async function ceilings({ gpu }: Bench): Promise<{ found: Ceilings; findings: Findings }> {
  const found = await measureCeilings(gpu);
  const { bytesPerSecond, flopsPerSecond, halfFlopsPerSecond, launchMicroseconds, forms } = found;
  const unit = (name: string): string => (name.startsWith('copy') ? 'B' : 'FLOP');
  return {
    found,
    findings: {
      wrong: [],
      notes: [
        `copy ${rate(bytesPerSecond, 'B')}; multiply-adds ${rate(flopsPerSecond, 'FLOP')} in float32, ` +
          `${halfFlopsPerSecond === null ? 'no float16 here' : `${rate(halfFlopsPerSecond, 'FLOP')} in float16`}; ` +
          `an empty dispatch ${launchMicroseconds.toFixed(1)} µs`,
      ],
      tables: [
        {
          head: ['form', 'reached'],
          rows: Object.entries(forms).map(([name, perSecond]) => [
            name,
            rate(perSecond, unit(name)),
          ]),
        },
      ],
      figures: found,
    },
  };
}

/** Times the kernel variants of a model's classes, as the studio does when it tunes. */
export async function tuneFor(
  { gpu, left }: Bench,
  config: ModelConfig,
  folder: WeightsFolder,
  recipe: Recipe,
): Promise<{ record: TuningRecord; findings: Findings }> {
  const storage = weightStorage(folder.tensors, '4-bit', gpu.traits);
  const needs = modelNeeds(config, recipe, gpu.traits, storage);
  const record = await tune(gpu, needs, { budget: Infinity, bound: 1000 * left() });
  const wrong = record.classes.flatMap(({ kernelClass: name, candidates }) =>
    candidates
      .filter(({ state }) => state === 'wrong' || state === 'failed')
      .map(
        ({ variant, state, error }) =>
          `kernel variant ${variant} of ${name} ${state} (error ${error ?? 'not a number'})`,
      ),
  );
  const { classes, milliseconds, checking = 0 } = record;
  return {
    record,
    findings: {
      wrong,
      notes: [
        `${classes.filter(isDecided).length} of ${classes.length} classes: ${(milliseconds / 1000).toFixed(1)} s of timing, ` +
          `${(checking / 1000).toFixed(1)} s of compiling and checking`,
      ],
      tables: [
        {
          head: ['class', 'timed at', 'chosen', 'faster than the default'],
          rows: classes.map(({ kernelClass: name, shape, chosen, standard, candidates }) => {
            const time = (variant: string): number =>
              candidates.find((each) => each.variant === variant)?.milliseconds ?? Number.NaN;
            const gain = time(standard) / time(chosen);
            return [
              name,
              timedAt(shape),
              chosen,
              Number.isFinite(gain) ? `${gain.toFixed(2)} ×` : '',
            ];
          }),
        },
      ],
      figures: record,
    },
  };
}

const roundsOfKernel = 5;

interface KernelTime {
  readonly variant: string;
  readonly milliseconds: number;
}

/** The fastest variant at exactly these sizes: that a kernel can be so fast is what a share is about. */
async function fastest(gpu: Gpu, sizes: KernelSizes): Promise<KernelTime> {
  const of = classOf(sizes);
  const computation = of.knownCase(sizes);
  return onDevice(gpu, computation, async () => {
    const timed = async (variant: string, rounds: number): Promise<KernelTime> => {
      const { plan, release } = await readyPlan(gpu, (r) => computation.record(r, variant));
      try {
        await timeReplays(gpu, plan, 1);
        const once = await timeReplays(gpu, plan, 2);
        if (rounds === 0) return { variant, milliseconds: once };
        const times: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          times.push(await timeReplays(gpu, plan, fittingReplays(once)));
        }
        return { variant, milliseconds: spreadOf(times).median };
      } finally {
        release();
      }
    };
    let best: KernelTime | null = null;
    for (const variant of candidateVariants(of, gpu.traits, sizes)) {
      const rough = await timed(variant, 0).catch(() => {
        // A device that refuses one kernel goes on with the others; the tuner has reported it.
        gpu.check();
        return null;
      });
      if (!rough) continue;
      if (!best || rough.milliseconds < best.milliseconds) best = rough;
    }
    if (!best) throw new RangeError(`No kernel for ${kernelClass(sizes)}`);
    return timed(best.variant, roundsOfKernel);
  });
}

type Shape = readonly [rows: number, columns: number, inner: number];

/** Products of Qwen2.5-0.5B, Qwen1.5-1.8B and Qwen1.5-7B, and a square one, for 2048 tokens. */
const shapes: readonly Shape[] = [
  [2048, 4864, 896],
  [2048, 896, 4864],
  [2048, 5504, 2048],
  [2048, 2048, 5504],
  [2048, 11_008, 4096],
  [4096, 4096, 4096],
];
const smallShapes: readonly Shape[] = [[256, 512, 1024]];
/** Shapes of one token: the products of decoding, which are bound by reading the weights. */
const decodingShapes: readonly Shape[] = [
  [1, 4864, 896],
  [1, 5504, 2048],
  [1, 11_008, 4096],
];

interface Timed {
  readonly sizes: KernelSizes;
  readonly flops: number;
  readonly what: string;
}

const productNames = {
  forward: 'forward product',
  'forward-float16': 'forward product in float16',
  input: 'input gradient',
  weight: 'weight gradient',
} as const;

function product(
  kind: keyof typeof productNames,
  reader: WeightReader,
  [rows, columns, inner]: Shape,
): Timed {
  return {
    sizes: { kind, reader, rows, columns, inner, aligned: true },
    flops: 2 * rows * columns * inner,
    what: `${productNames[kind]}, ${reader}`,
  };
}

/** The products of training and decoding, with weights in 32, 16, 8 and 4 bits. */
function products({ traits }: Gpu, small: boolean): Timed[] {
  const half: WeightReader = traits.f16 ? 'f16-native' : 'f16';
  const readers: WeightReader[] = ['f32', half, 'bf16', 'q8_0', 'q4_0'];
  const ofTraining = (small ? smallShapes : shapes).flatMap((shape) => [
    ...readers.flatMap((reader) => [
      product('forward', reader, shape),
      ...(traits.f16 ? [product('forward-float16', reader, shape)] : []),
    ]),
    product('input', half, shape),
    product('weight', 'f32', shape),
  ]);
  const ofDecoding = (small ? [] : decodingShapes).flatMap((shape) =>
    readers.map((reader) => product('forward', reader, shape)),
  );
  return [...ofTraining, ...ofDecoding];
}

/** Attention over packed records of 256 tokens, causal: operations counted over the triangle alone. */
function attentions(small: boolean): Timed[] {
  const heads = small
    ? [{ heads: 4, groups: 2, headSize: 32 }]
    : [
        { heads: 14, groups: 2, headSize: 64 },
        { heads: 16, groups: 16, headSize: 128 },
      ];
  const rows = small ? 512 : 4096;
  const segment = 256;
  return heads.flatMap((each) => {
    const pairs = (rows / segment) * ((segment * (segment + 1)) / 2) * each.heads * each.headSize;
    const sizes = { rows, ...each };
    return [
      {
        sizes: { kind: 'attention-forward', ...sizes },
        flops: 4 * pairs,
        what: 'attention, forward',
      },
      {
        sizes: { kind: 'attention-backward', ...sizes },
        flops: 10 * pairs,
        what: 'attention, backward',
      },
    ] as const;
  });
}

const isLarge = ({ kind, rows }: KernelSizes & { readonly rows: number }): boolean =>
  kind.startsWith('forward') && rows >= 2048;

/** The median of some shares or gains as an aim; none where nothing was measured. */
function medianAim(
  what: string,
  values: readonly number[],
  wanted: number,
  unit: Aim['unit'],
): Aim[] {
  if (values.length === 0) return [];
  return [{ what, found: spreadOf(values).median, wanted, better: 'more', unit }];
}

/** Products and attention as shares of the ceilings. */
export async function kernelShares(bench: Bench, ceiling: Ceilings): Promise<Findings> {
  const { gpu, small, left } = bench;
  const all = [...products(gpu, small), ...attentions(small)];
  const rows: string[][] = [];
  const figures: unknown[] = [];
  const shares: number[] = [];
  const gains: number[] = [];
  let before = Number.NaN;
  for (const { sizes, flops, what } of all) {
    if (left() <= 0) break;
    const { variant, milliseconds } = await fastest(gpu, sizes);
    const flopsPerSecond = (1000 * flops) / milliseconds;
    const share = flopsPerSecond / ceiling.flopsPerSecond;
    if (isLarge(sizes) && sizes.kind === 'forward' && sizes.reader === 'f32') shares.push(share);
    // The product in float32 with the same weights and sizes stands in the row before.
    if (isLarge(sizes) && sizes.kind === 'forward-float16') gains.push(before / milliseconds);
    before = milliseconds;
    rows.push([
      what,
      timedAt(classOf(sizes).shape(sizes)),
      variant,
      `${milliseconds.toFixed(3)} ms`,
      rate(flopsPerSecond, 'FLOP'),
      percent(share),
    ]);
    const name = kernelClass(sizes);
    figures.push({ class: name, sizes, variant, milliseconds, flopsPerSecond, share });
  }
  return {
    wrong: [],
    notes:
      rows.length < all.length ? [`${rows.length} of ${all.length} rows in the time given`] : [],
    tables: [
      { head: ['kernel', 'sizes', 'variant', 'time', 'reached', 'of float32 ceiling'], rows },
    ],
    aims: [
      ...medianAim('float32 products, share of the multiply-add ceiling', shares, 0.7, 'share'),
      ...medianAim('float16 products beside float32 ones', gains, 1.6, 'times'),
    ],
    figures,
  };
}
