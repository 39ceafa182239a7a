import type { Gpu } from '../gpu/device.ts';
import { preparePlan, ScratchPool, type Plan } from '../gpu/plan.ts';
import { PlanRecorder, type PlanSpec } from '../gpu/recorder.ts';
import type { BufferSpec, Tensor } from '../gpu/tensor.ts';
import { candidateVariants, kernelClass, type KernelSizes } from '../kernels/choices.ts';
import { checkSizes, timingSizes } from './case-sizes.ts';
import { readDense, tuningCase, type TuningCase } from './cases.ts';
import type { KernelNeed } from './needs.ts';
import { tuningDevice, type TunedCandidate, type TunedClass, type TuningRecord } from './record.ts';

export interface TunerOptions {
  /** Milliseconds that tuning may take in all; a run that has begun is waited for. */
  readonly budget?: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly date?: () => number;
  /**
   * Compile the candidates of a class all at once. By default on GPUs: software adapters compile for seconds,
   * and would be past the budget before the first is timed.
   */
  readonly together?: boolean;
  /** Makes the computation of a class; tests put a wrong one in its place. */
  readonly makeCase?: (sizes: KernelSizes) => TuningCase;
  /** Classes done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly stopped?: () => boolean;
}

/** Rounds in which candidates take turns; an odd number has a middle. */
const rounds = 3;
/** Clocks of browsers tick in tenths of milliseconds or in whole ones: one timing lasts several. */
const aim = 5;
const mostReplays = 1024;
/** A default is given up for what is faster by more than noise. */
const worthwhile = 0.95;
/** Relative L2 distance from the reference: what float32 sums of these lengths stay far below. */
const tolerance = 1e-5;

const defaultBudget = 2000;

/**
 * Times the variants of each class, the classes in the order given, and finds the fastest. Every candidate is
 * first run twice at small sizes: results that differ from the float64 reference, or from each other,
 * exclude it. When the budget is spent it stops: classes without two timed candidates keep the default.
 */
export async function tune(
  gpu: Gpu,
  needs: readonly KernelNeed[],
  options: TunerOptions = {},
): Promise<TuningRecord> {
  const {
    budget = defaultBudget,
    now = () => performance.now(),
    date = () => Date.now(),
  } = options;
  const started = now();
  const isOver = (): boolean => now() - started >= budget || (options.stopped?.() ?? false);
  const classes: TunedClass[] = [];
  let unfinished = false;
  for (const [index, need] of needs.entries()) {
    if (isOver()) {
      unfinished = true;
      break;
    }
    const { makeCase, together = !gpu.traits.software } = options;
    const session = new ClassTuning(gpu, need.sizes, { now, isOver, makeCase, together });
    const tuned = await session.run();
    classes.push(tuned);
    unfinished ||= tuned.candidates.some(({ state }) => state === 'skipped');
    options.onProgress?.(index + 1, needs.length);
  }
  const device = tuningDevice(gpu.adapter);
  const milliseconds = now() - started;
  return { format: 'medcare-tuning-1', device, tunedAt: date(), milliseconds, unfinished, classes };
}

interface Clock {
  readonly now: () => number;
  readonly isOver: () => boolean;
  readonly makeCase: TunerOptions['makeCase'];
  readonly together: boolean;
}

/** A plan with the scratch it needs, ready to be replayed. */
interface Ready {
  readonly variant: string;
  readonly plan: Plan;
  readonly release: () => void;
  readonly times: number[];
  replays: number;
}

class ClassTuning {
  readonly #gpu: Gpu;
  readonly #sizes: KernelSizes;
  readonly #clock: Clock;
  readonly #found = new Map<string, TunedCandidate>();
  #timed: readonly Timed[] = [];

  constructor(gpu: Gpu, sizes: KernelSizes, clock: Clock) {
    this.#gpu = gpu;
    this.#sizes = sizes;
    this.#clock = clock;
  }

  async run(): Promise<TunedClass> {
    const timed = timingSizes(this.#sizes, this.#gpu.traits);
    const variants = candidateVariants(this.#gpu.traits, timed);
    for (const variant of variants) this.#note(variant, 'skipped', null, null);
    const right = await this.#check(variants);
    try {
      if (!this.#clock.isOver() && right.length > 1) await this.#time(timed, right);
    } catch {
      // No room for these sizes, say: the class stays undecided. A lost device ends everything.
      this.#gpu.check();
    }
    const standard = variants[0] ?? '';
    const state = this.#found.get(standard)?.state;
    const excluded = state === 'wrong' || state === 'failed';
    return {
      kernelClass: kernelClass(this.#sizes),
      shape: shapeWords(timed),
      standard,
      chosen: chooseFastest(this.#timed, standard, excluded),
      candidates: [...this.#found.values()],
    };
  }

  #note(
    variant: string,
    state: TunedCandidate['state'],
    milliseconds: number | null,
    error: number | null,
  ): void {
    this.#found.set(variant, { variant, state, milliseconds, error });
  }

  #case(sizes: KernelSizes): TuningCase {
    return (this.#clock.makeCase ?? tuningCase)(sizes);
  }

  /** Runs each variant twice at small sizes; those that are right. */
  async #check(variants: readonly string[]): Promise<string[]> {
    const computation = this.#case(checkSizes(this.#sizes));
    return this.#with(computation, async () => {
      const expected = await computation.expected((tensor) => this.#read(tensor));
      const right: string[] = [];
      if (this.#clock.together) await this.#compile(computation, variants);
      for (const variant of variants) {
        if (this.#clock.isOver()) break;
        try {
          const error = await this.#refusable(() => this.#errorOf(computation, variant, expected));
          const isRight = error !== null && error <= tolerance;
          const shown = error !== null && Number.isFinite(error) ? error : null;
          this.#note(variant, isRight ? 'skipped' : 'wrong', null, shown);
          if (isRight) right.push(variant);
        } catch {
          // A device that is lost fails everything after; one that refuses a kernel goes on.
          this.#gpu.check();
          this.#note(variant, 'failed', null, null);
        }
      }
      return right;
    });
  }

  /** Makes the pipelines of all variants side by side; which of them fail is found when they are checked. */
  async #compile(computation: TuningCase, variants: readonly string[]): Promise<void> {
    const compiled = this.#refusable(async () => {
      await Promise.all(
        variants
          .flatMap((variant) => this.#record((r) => computation.record(r, variant)).commands)
          .flatMap((command) =>
            command.kind === 'dispatch' ? [this.#gpu.pipelines.get(command.call)] : [],
          ),
      );
    });
    await compiled.catch(() => undefined);
  }

  /** Lets the device refuse what `work` asks of it, without taking that for a fault of the device. */
  async #refusable<T>(work: () => Promise<T>): Promise<T> {
    const { device } = this.#gpu;
    device.pushErrorScope('validation');
    const done = work();
    // Popped in any case, and before anybody hears of a failure.
    const refusal = await done.then(
      () => device.popErrorScope(),
      () => device.popErrorScope(),
    );
    // What was computed in spite of it does not count.
    if (refusal) throw new Error(refusal.message);
    return done;
  }

  /** The largest relative L2 distance of a variant's results; null where two runs disagree. */
  async #errorOf(
    computation: TuningCase,
    variant: string,
    expected: readonly Float64Array[],
  ): Promise<number | null> {
    const runs: Float64Array[][] = [];
    for (let run = 0; run < 2; run += 1) {
      computation.tensors.poison(this.#gpu);
      const ready = await this.#prepare(variant, (r) => computation.record(r, variant));
      try {
        ready.plan.submit();
        await this.#gpu.finished();
      } finally {
        ready.release();
      }
      const results: Float64Array[] = [];
      for (const result of computation.results) {
        results.push(await readDense(result, (tensor) => this.#read(tensor)));
      }
      runs.push(results);
    }
    const [first = [], second = []] = runs;
    const same = first.every((values, i) => sameValues(values, second[i]));
    return same ? Math.max(...first.map((values, i) => relativeL2(values, expected[i]))) : null;
  }

  async #time(sizes: KernelSizes, variants: readonly string[]): Promise<void> {
    const computation = this.#case(sizes);
    await this.#with(computation, async () => {
      const all: Ready[] = [];
      try {
        for (const variant of variants) {
          if (this.#clock.isOver()) break;
          all.push(await this.#prepare(variant, (r) => computation.record(r, variant)));
        }
        for (const ready of all) {
          if (this.#clock.isOver()) return;
          await this.#warm(ready);
        }
        for (let round = 0; round < rounds; round += 1) {
          for (const ready of all) {
            if (this.#clock.isOver()) return;
            ready.times.push(await this.#replay(ready, ready.replays));
            this.#note(
              ready.variant,
              'timed',
              median(ready.times),
              this.#errorFound(ready.variant),
            );
          }
        }
      } finally {
        this.#timed = all.filter(({ times }) => times.length > 0);
        for (const { release } of all) release();
      }
    });
  }

  #errorFound(variant: string): number | null {
    return this.#found.get(variant)?.error ?? null;
  }

  /** Finds how many runs last as long as a timing should. */
  async #warm(ready: Ready): Promise<void> {
    await this.#replay(ready, 1);
    for (;;) {
      const each = await this.#replay(ready, ready.replays);
      const total = each * ready.replays;
      if (total >= aim || ready.replays >= mostReplays || this.#clock.isOver()) return;
      const wanted = Math.ceil(aim / Math.max(each, aim / mostReplays));
      ready.replays = Math.min(mostReplays, Math.max(2 * ready.replays, wanted));
    }
  }

  /** Milliseconds of one run, from `replays` of them in one submission. */
  async #replay({ plan }: Ready, replays: number): Promise<number> {
    const encoder = this.#gpu.device.createCommandEncoder();
    for (let i = 0; i < replays; i += 1) plan.encode(encoder);
    const commands = encoder.finish();
    const started = this.#clock.now();
    this.#gpu.device.queue.submit([commands]);
    await this.#gpu.finished();
    return (this.#clock.now() - started) / replays;
  }

  /** Gives a computation its buffers and values for the time of `work`. */
  async #with<T>(computation: TuningCase, work: () => Promise<T>): Promise<T> {
    const { tensors, prepare } = computation;
    await this.#gpu.allocate(tensors.specs);
    try {
      tensors.fill(this.#gpu);
      if (prepare) {
        const ready = await this.#prepare('', prepare);
        ready.plan.submit();
        await this.#gpu.finished();
        ready.release();
      }
      return await work();
    } finally {
      this.#gpu.release(tensors.specs);
    }
  }

  async #prepare(variant: string, record: (r: PlanRecorder) => void): Promise<Ready> {
    const spec = this.#record(record);
    const pool = new ScratchPool([spec]);
    const specs: readonly BufferSpec[] = pool.specs;
    await this.#gpu.allocate(specs);
    try {
      const plan = await preparePlan(this.#gpu, spec, pool);
      const release = (): void => {
        plan.release();
        this.#gpu.release(specs);
      };
      return { variant, plan, release, times: [], replays: 1 };
    } catch (error) {
      this.#gpu.release(specs);
      throw error;
    }
  }

  #record(record: (r: PlanRecorder) => void): PlanSpec {
    const recorder = new PlanRecorder('tuning', this.#gpu.traits);
    record(recorder);
    return recorder.finish();
  }

  async #read(tensor: Tensor): Promise<Float64Array> {
    return Float64Array.from(await this.#gpu.readFloat32(tensor));
  }
}

interface Timed {
  readonly variant: string;
  readonly times: readonly number[];
}

/**
 * The fastest of those timed if it beats the default by more than noise, and in every round; the default where
 * one of the two was not timed. A default that is wrong or fails gives way to whatever is right.
 */
function chooseFastest(timed: readonly Timed[], standard: string, excluded: boolean): string {
  const [fastest] = [...timed].sort((a, b) => median(a.times) - median(b.times));
  if (!fastest) return standard;
  const usual = timed.find(({ variant }) => variant === standard);
  if (!usual) return excluded ? fastest.variant : standard;
  const faster =
    median(fastest.times) < worthwhile * median(usual.times) &&
    Math.max(...fastest.times) < Math.min(...usual.times);
  return faster ? fastest.variant : standard;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function sameValues(a: Float64Array, b: Float64Array | undefined): boolean {
  return a.length === b?.length && a.every((value, i) => Object.is(value, b[i]));
}

/** ‖actual − expected‖ / ‖expected‖; NaN where anything is NaN or missing. */
function relativeL2(actual: Float64Array, expected: Float64Array | undefined): number {
  if (actual.length !== expected?.length) return Number.NaN;
  let error = 0;
  let size = 0;
  for (const [i, value] of expected.entries()) {
    error += ((actual[i] ?? Number.NaN) - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(error / Math.max(size, Number.MIN_VALUE));
}

function shapeWords(sizes: KernelSizes): string {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight':
      return `${sizes.rows} × ${sizes.columns}, sums of ${sizes.inner}`;
    case 'attention-forward':
    case 'attention-backward':
      return `${sizes.rows} rows, ${sizes.heads}/${sizes.groups} heads of ${sizes.headSize}`;
    case 'cached-attention':
      return `${sizes.rows} rows over ${sizes.capacity}, ${sizes.heads}/${sizes.groups} heads of ${sizes.headSize}`;
    case 'norm-forward':
    case 'norm-backward':
      return `${sizes.rows} × ${sizes.columns}`;
  }
}
