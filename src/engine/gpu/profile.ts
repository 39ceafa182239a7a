/** Times every dispatch of a plan, by the device's timestamps or by running each alone. */
import { detailOf, fault } from '../../faults/fault.ts';
import type { Gpu } from './device.ts';
import type { KernelFamily } from './kernel.ts';
import { encodeSteps, encodeTransfer, stepBytes, stepFamily, type Step } from './steps.ts';
import { submitSteps } from './submit.ts';
import type { BufferSpec } from './tensor.ts';

/** How dispatches were timed, and the smallest difference that the clock showed. */
export interface ProfileClock {
  /**
   * `timestamps`: the device's own, around each dispatch. `wall-clock`: each dispatch
   * submitted and waited for alone, for devices without timestamps; every time then includes one launch.
   */
  readonly kind: 'timestamps' | 'wall-clock';
  /** Chrome rounds timestamps to 100,000 unless told otherwise. */
  readonly resolutionNanoseconds: number;
}

/** One dispatch, clear or copy. */
export interface DispatchProfile {
  readonly kernel: string;
  /** The family under which reports count it. */
  readonly family: KernelFamily;
  /** Whether the kernel itself is a matrix product or attention, in whatever family it counts. */
  readonly product: boolean;
  /** Part of the model, `layer 2 forward`; empty where there is none. */
  readonly scope: string;
  /** The tensor it writes. */
  readonly writes: string;
  /** Milliseconds after the start of the first dispatch: the sum of the typical times and gaps before it. */
  readonly start: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly workgroups: number;
}

export interface FamilyProfile {
  readonly family: KernelFamily;
  readonly dispatches: number;
  /** Bytes of all bound ranges, each counted once per dispatch: the least that must move. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Where the time of some plans goes. */
export interface PlanProfile {
  readonly clock: ProfileClock;
  readonly rounds: number;
  /** In the order in which they run; times are medians over the rounds (means, where the clock is coarse). */
  readonly dispatches: readonly DispatchProfile[];
  readonly families: readonly FamilyProfile[];
  /** Sum of the dispatches' times. */
  readonly milliseconds: number;
  /** Least wall-clock time of the same plans, with encoding and without timing inside. */
  readonly wallMilliseconds: number;
  /**
   * Encoding and submitting, and the device's waits between dispatches, each the least of the rounds: other
   * programs on the machine are in neither. Null without timestamps, which cannot tell a dispatch from its launch.
   */
  readonly launchMilliseconds: number | null;
  /** Time within matrix products and attention, the products of branches and of the loss head included. */
  readonly productMilliseconds: number;
}

export interface ProfileOptions {
  /** How often everything is run and timed, at least 1. */
  readonly rounds: number;
  /** Puts the inputs in place before each run. */
  readonly before?: () => void | Promise<void>;
  /** Called after each run with the share done; may throw to give up. */
  readonly onProgress?: (fraction: number) => void;
}

/** Timestamps in one query set, WebGPU's limit. */
const queriesPerSet = 4096;
/** A clock coarser than this hides whole dispatches: their mean over rounds says more than their median. */
const coarseNanoseconds = 10_000;

/**
 * Runs steps `rounds` times whole and `rounds` times timed, in turns, after one run to warm up.
 * The steps take effect at each run: the caller answers for parameters that change.
 * @throws StudioError the device's fault, and what `before` and `onProgress` throw
 */
export async function profileSteps(
  gpu: Gpu,
  steps: readonly Step[],
  { rounds, before, onProgress }: ProfileOptions,
): Promise<PlanProfile> {
  const timer = gpu.hasTimestamps
    ? await TimestampTimer.create(gpu, steps)
    : new WallClockTimer(gpu, steps);
  const walls: number[] = [];
  const encodings: number[] = [];
  const times: StepTimes[] = [];
  try {
    const whole = async (): Promise<number> => {
      await before?.();
      await gpu.finished();
      const started = performance.now();
      submitSteps(gpu, 'profiled, untimed', steps);
      encodings.push(performance.now() - started);
      await gpu.finished();
      return performance.now() - started;
    };
    await whole();
    for (let round = 0; round < rounds; round += 1) {
      onProgress?.((2 * round) / (2 * rounds));
      walls.push(await whole());
      onProgress?.((2 * round + 1) / (2 * rounds));
      await before?.();
      await gpu.finished();
      times.push(await timer.run());
    }
    onProgress?.(1);
  } finally {
    timer.release();
  }
  return summarise(steps, timer.kind, times, { walls, encodings });
}

/** Begin and end of each step, in nanoseconds of one clock. */
interface StepTimes {
  readonly begin: Float64Array;
  readonly end: Float64Array;
  readonly resolution: number;
}

/** A pair of timestamps around every step, all read back at the end. */
class TimestampTimer {
  readonly kind = 'timestamps';
  readonly #gpu: Gpu;
  readonly #steps: readonly Step[];
  readonly #sets: GPUQuerySet[] = [];
  readonly #resolved: BufferSpec;
  readonly #staging: BufferSpec;
  readonly #bytes: number;

  private constructor(gpu: Gpu, steps: readonly Step[]) {
    this.#gpu = gpu;
    this.#steps = steps;
    this.#bytes = Math.max(2, 2 * steps.length) * 8;
    const common = { role: 'readback', bytes: this.#bytes } as const;
    this.#resolved = { label: 'timestamps', resolves: true, ...common };
    this.#staging = { label: 'timestamps staging', ...common };
  }

  /** @throws StudioError `gpu-out-of-memory`, the device's fault */
  static async create(gpu: Gpu, steps: readonly Step[]): Promise<TimestampTimer> {
    const timer = new TimestampTimer(gpu, steps);
    await gpu.allocate([timer.#resolved, timer.#staging]);
    try {
      const queries = timer.#bytes / 8;
      for (let first = 0; first < queries; first += queriesPerSet) {
        const count = Math.min(queriesPerSet, queries - first);
        timer.#sets.push(gpu.device.createQuerySet({ type: 'timestamp', count }));
      }
    } catch (error) {
      timer.release();
      gpu.check();
      throw fault('gpu-fault', { detail: detailOf(error) });
    }
    return timer;
  }

  async run(): Promise<StepTimes> {
    submitSteps(this.#gpu, 'profiled, timed', this.#steps, (encoder, steps, first) => {
      steps.forEach((step, index) => this.#encode(encoder, step, first + index));
    });
    const resolved = this.#gpu.bufferOf(this.#resolved);
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'timestamps' });
    this.#sets.forEach((set, index) => {
      encoder.resolveQuerySet(set, 0, set.count, resolved, index * queriesPerSet * 8);
    });
    encoder.copyBufferToBuffer(resolved, 0, this.#gpu.bufferOf(this.#staging), 0, this.#bytes);
    this.#gpu.device.queue.submit([encoder.finish()]);
    const stamps = new BigUint64Array(await this.#gpu.download(this.#staging, this.#bytes));
    return relativeTimes(stamps, this.#steps.length);
  }

  /** Adds the step with so many before it, between its timestamps. */
  #encode(encoder: GPUCommandEncoder, step: Step, index: number): void {
    const querySet = this.#sets[Math.floor((2 * index) / queriesPerSet)];
    if (!querySet) throw new Error('A step without its timestamps');
    const first = (2 * index) % queriesPerSet;
    if (step.kind === 'dispatch') {
      const pass = encoder.beginComputePass({
        timestampWrites: {
          querySet,
          beginningOfPassWriteIndex: first,
          endOfPassWriteIndex: first + 1,
        },
      });
      pass.setPipeline(step.pipeline);
      pass.setBindGroup(0, step.bindGroup);
      pass.dispatchWorkgroups(...step.grid);
      pass.end();
      return;
    }
    // Only passes write timestamps: an empty one before, an empty one after.
    const mark = (write: Omit<GPUComputePassTimestampWrites, 'querySet'>): void => {
      encoder.beginComputePass({ timestampWrites: { querySet, ...write } }).end();
    };
    mark({ endOfPassWriteIndex: first });
    encodeTransfer(encoder, step);
    mark({ beginningOfPassWriteIndex: first + 1 });
  }

  release(): void {
    for (const set of this.#sets) set.destroy();
    this.#gpu.release([this.#resolved, this.#staging]);
  }
}

/** Timestamps, two for each step, as nanoseconds after the first; the resolution is their common step. */
export function relativeTimes(stamps: BigUint64Array, steps: number): StepTimes {
  const begin = new Float64Array(steps);
  const end = new Float64Array(steps);
  const origin = stamps[0] ?? 0n;
  let common = 0n;
  for (let i = 0; i < steps; i += 1) {
    const from = (stamps[2 * i] ?? origin) - origin;
    const to = (stamps[2 * i + 1] ?? origin) - origin;
    // Clocks of some drivers step back between two queries; such a pair only shows that the step was short.
    common = commonDivisor(commonDivisor(common, from), to);
    begin[i] = Number(from);
    end[i] = Number(to > from ? to : from);
  }
  return { begin, end, resolution: common === 0n ? 1 : Number(common) };
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

/** Each step submitted and waited for on its own. */
class WallClockTimer {
  readonly kind = 'wall-clock';
  readonly #gpu: Gpu;
  readonly #steps: readonly Step[];

  constructor(gpu: Gpu, steps: readonly Step[]) {
    this.#gpu = gpu;
    this.#steps = steps;
  }

  async run(): Promise<StepTimes> {
    const begin = new Float64Array(this.#steps.length);
    const end = new Float64Array(this.#steps.length);
    const origin = performance.now();
    const now = (): number => (performance.now() - origin) * 1e6;
    let resolution = Number.POSITIVE_INFINITY;
    for (const [index, step] of this.#steps.entries()) {
      const encoder = this.#gpu.device.createCommandEncoder();
      encodeSteps(encoder, [step]);
      begin[index] = now();
      this.#gpu.device.queue.submit([encoder.finish()]);
      await this.#gpu.finished();
      const ended = now();
      end[index] = ended;
      const passed = ended - (begin[index] ?? 0);
      if (passed > 0) resolution = Math.min(resolution, passed);
    }
    return { begin, end, resolution: Number.isFinite(resolution) ? Math.round(resolution) : 1 };
  }

  /** It holds nothing. */
  release(): void {
    return;
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 === 0 ? ((sorted[half - 1] ?? high) + high) / 2 : high;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function summarise(
  steps: readonly Step[],
  kind: ProfileClock['kind'],
  times: readonly StepTimes[],
  {
    walls,
    encodings,
  }: { readonly walls: readonly number[]; readonly encodings: readonly number[] },
): PlanProfile {
  const resolution = Math.min(...times.map((round) => round.resolution));
  const typical = resolution > coarseNanoseconds ? mean : middle;
  let start = 0;
  const dispatches = steps.map((step, index): DispatchProfile => {
    const across = (value: (round: StepTimes) => number): number => typical(times.map(value)) / 1e6;
    const gap = across(({ begin, end }) => (begin[index] ?? 0) - (end[index - 1] ?? begin[0] ?? 0));
    const took = across(({ begin, end }) => (end[index] ?? 0) - (begin[index] ?? 0));
    const began = start + Math.max(0, gap);
    start = began + took;
    return { ...description(step), start: began, milliseconds: took };
  });
  const sum = (wanted: (dispatch: DispatchProfile) => boolean): number =>
    dispatches.reduce((total, each) => total + (wanted(each) ? each.milliseconds : 0), 0);
  const gaps = times.map(({ begin, end }) =>
    begin.reduce((total, each, index) => total + Math.max(0, each - (end[index - 1] ?? each)), 0),
  );
  const launch = Math.min(...encodings) + Math.min(...gaps) / 1e6;
  return {
    clock: { kind, resolutionNanoseconds: resolution },
    rounds: times.length,
    dispatches,
    families: byFamily(dispatches),
    milliseconds: sum(() => true),
    wallMilliseconds: Math.min(...walls),
    launchMilliseconds: kind === 'timestamps' ? launch : null,
    productMilliseconds: sum(({ product }) => product),
  };
}

function description(step: Step): Omit<DispatchProfile, 'start' | 'milliseconds'> {
  const common = { family: stepFamily(step), scope: step.scope, bytes: stepBytes(step) };
  if (step.kind !== 'dispatch') {
    return { ...common, kernel: step.kind, product: false, writes: step.label, workgroups: 0 };
  }
  const { kernel, bindings } = step.call;
  const written = bindings.find(({ access }) => access !== 'read');
  return {
    ...common,
    kernel: kernel.name,
    product: kernel.family === 'matmul' || kernel.family === 'attention',
    writes: written?.tensor.label ?? '',
    workgroups: step.grid.reduce((product, count) => product * count, 1),
  };
}

/** Dispatches, bytes and time by family, the slowest family first. */
export function byFamily(
  dispatches: readonly Pick<DispatchProfile, 'kernel' | 'family' | 'bytes' | 'milliseconds'>[],
): FamilyProfile[] {
  const families = new Map<KernelFamily, FamilyProfile>();
  for (const { kernel, family, bytes, milliseconds } of dispatches) {
    const before = families.get(family);
    const counts = kernel !== 'clear' && kernel !== 'copy';
    families.set(family, {
      family,
      dispatches: (before?.dispatches ?? 0) + (counts ? 1 : 0),
      bytes: (before?.bytes ?? 0) + bytes,
      milliseconds: (before?.milliseconds ?? 0) + milliseconds,
    });
  }
  return [...families.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
