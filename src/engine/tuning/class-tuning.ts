/** Checks and times the variants of one kernel class. */
import {
  caseError,
  callsOf,
  expectedOf,
  isRight,
  onDevice,
  readyPlan,
  type ReadyPlan,
} from '../checks/case-check.ts';
import type { Gpu } from '../gpu/device.ts';
import { candidateVariants } from '../kernels/kernel-class.ts';
import { classOf, kernelClass, type KernelSizes } from '../kernels/kernel-classes.ts';
import type { KernelCase } from '../kernels/kernel-case.ts';
import { chooseFastest, median, type Timed } from './fastest.ts';
import type { TunedCandidate, TunedClass } from './record.ts';
import { timingSizes } from './timing-sizes.ts';

/** Rounds in which candidates take turns; an odd number has a middle. */
const rounds = 3;
/** Browser clocks tick in tenths of milliseconds or in whole ones: one timing lasts several ticks. */
const aim = 5;
const mostReplays = 1024;
/** A variant that first takes this many times as long as the fastest is not timed again. */
const hopeless = 3;

/** A clock, and the time already spent on timing. */
export interface Clock {
  readonly now: () => number;
  timing: number;
}

export interface Session {
  readonly clock: Clock;
  readonly makeCase: (sizes: KernelSizes) => KernelCase;
  readonly together: boolean;
  /** Milliseconds of timing that one class may take. */
  readonly budget: number;
  readonly signal: AbortSignal;
}

/** A variant that is timed. */
interface Ready extends ReadyPlan {
  readonly variant: string;
  readonly times: number[];
  replays: number;
}

/** Checks and times the variants of one class. */
export class ClassTuning {
  readonly #gpu: Gpu;
  readonly #sizes: KernelSizes;
  readonly #session: Session;
  readonly #found = new Map<string, TunedCandidate>();
  #timed: readonly Timed[] = [];

  constructor(gpu: Gpu, sizes: KernelSizes, session: Session) {
    this.#gpu = gpu;
    this.#sizes = sizes;
    this.#session = session;
  }

  /** @throws the signal's reason when aborted, the device's fault */
  async run(): Promise<TunedClass> {
    const timed = timingSizes(this.#sizes, this.#gpu.traits);
    const of = classOf(this.#sizes);
    const variants = candidateVariants(of, this.#gpu.traits, timed);
    const right = await this.#check(variants);
    try {
      if (right.length > 1) await this.#time(timed, right);
    } catch {
      // No room for these sizes, say: nothing is timed. A lost device ends everything.
      this.#session.signal.throwIfAborted();
      this.#gpu.check();
    }
    const standard = variants[0] ?? '';
    return {
      kernelClass: kernelClass(this.#sizes),
      shape: of.shape(timed),
      work: of.work(timed),
      standard,
      chosen: chooseFastest(this.#timed, standard, right),
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

  /** Runs each variant twice at small sizes; returns the correct ones. */
  async #check(variants: readonly string[]): Promise<string[]> {
    const { makeCase, together, signal } = this.#session;
    const computation = makeCase(classOf(this.#sizes).checkSizes(this.#sizes));
    return onDevice(this.#gpu, computation, async () => {
      const expected = await expectedOf(this.#gpu, computation);
      const right: string[] = [];
      if (together) await this.#compile(computation, variants);
      for (const variant of variants) {
        signal.throwIfAborted();
        if (!together) await this.#compile(computation, [variant]);
        try {
          const error = await this.#refusable(() =>
            caseError(this.#gpu, computation, variant, { expected, runs: 2 }),
          );
          const shown = error !== null && Number.isFinite(error) ? error : null;
          this.#note(variant, isRight(error, computation) ? 'checked' : 'wrong', null, shown);
          if (isRight(error, computation)) right.push(variant);
        } catch {
          // A lost device fails everything after; a device that refuses one kernel goes on.
          this.#gpu.check();
          this.#note(variant, 'failed', null, null);
        }
      }
      return right;
    });
  }

  /**
   * Makes the pipelines of some variants side by side; checking them shows which of them fail.
   * Compiling continues after tuning has been cancelled, and its pipelines are there the next time.
   */
  async #compile(computation: KernelCase, variants: readonly string[]): Promise<void> {
    const { signal } = this.#session;
    const compiled = this.#refusable(async () => {
      const calls = variants.flatMap((variant) =>
        callsOf(this.#gpu.traits, (r) => computation.record(r, variant)),
      );
      await untilAborted(
        signal,
        Promise.all(calls.map((call) => this.#gpu.answer(this.#gpu.pipelines.get(call)))),
      );
    });
    await compiled.catch(() => undefined);
    signal.throwIfAborted();
  }

  /** Lets the device refuse the requests of `work` without taking that for a fault of the device. */
  async #refusable<T>(work: () => Promise<T>): Promise<T> {
    const { device } = this.#gpu;
    device.pushErrorScope('validation');
    const done = work();
    // Pop the error scope in any case, before a failure is passed on.
    const refusal = await done.then(
      () => this.#gpu.answer(device.popErrorScope()),
      () => this.#gpu.answer(device.popErrorScope()),
    );
    // Results computed in spite of the refusal do not count.
    if (refusal) throw new Error(refusal.message);
    return done;
  }

  async #time(sizes: KernelSizes, variants: readonly string[]): Promise<void> {
    const { makeCase, signal } = this.#session;
    const computation = makeCase(sizes);
    await onDevice(this.#gpu, computation, async () => {
      const all: Ready[] = [];
      try {
        for (const variant of variants) {
          signal.throwIfAborted();
          all.push(await this.#prepare(computation, variant));
        }
        const worthRepeating = await this.#tryEach(all);
        for (let round = 0; round < rounds; round += 1) {
          for (const ready of worthRepeating) {
            ready.times.push(await this.#replay(ready, ready.replays));
            this.#noteTime(ready.variant, median(ready.times));
          }
        }
        this.#timed = worthRepeating;
      } finally {
        for (const { release } of all) release();
      }
    });
  }

  /**
   * Runs each until its time is roughly known; returns those near the fastest. A device so slow that the
   * class's time runs out skips the variants after the first two.
   */
  async #tryEach(all: readonly Ready[]): Promise<readonly Ready[]> {
    const { clock, budget } = this.#session;
    const begun = clock.timing;
    const rough = new Map<Ready, number>();
    for (const ready of all) {
      if (rough.size >= 2 && clock.timing - begun >= budget) break;
      const each = await this.#warm(ready);
      rough.set(ready, each);
      this.#noteTime(ready.variant, each);
    }
    const fastest = Math.min(...rough.values());
    const worth = [...rough].filter(([, each], place) => place === 0 || each <= hopeless * fastest);
    return worth.map(([ready]) => ready);
  }

  #noteTime(variant: string, milliseconds: number): void {
    this.#note(variant, 'timed', milliseconds, this.#errorFound(variant));
  }

  #errorFound(variant: string): number | null {
    return this.#found.get(variant)?.error ?? null;
  }

  /** Finds how many runs fill one timing; also returns the rough milliseconds of one run. */
  async #warm(ready: Ready): Promise<number> {
    await this.#replay(ready, 1);
    for (;;) {
      const each = await this.#replay(ready, ready.replays);
      if (each * ready.replays >= aim || ready.replays >= mostReplays) return each;
      const wanted = Math.ceil(aim / Math.max(each, aim / mostReplays));
      ready.replays = Math.min(mostReplays, Math.max(2 * ready.replays, wanted));
    }
  }

  /** Milliseconds of one run, from `replays` of them in one submission. */
  async #replay({ plan }: Ready, replays: number): Promise<number> {
    const { clock, signal } = this.#session;
    signal.throwIfAborted();
    const encoder = this.#gpu.device.createCommandEncoder();
    for (let i = 0; i < replays; i += 1) plan.encode(encoder);
    const commands = encoder.finish();
    const started = clock.now();
    this.#gpu.device.queue.submit([commands]);
    await this.#gpu.finished();
    const took = clock.now() - started;
    clock.timing += took;
    return took / replays;
  }

  async #prepare(computation: KernelCase, variant: string): Promise<Ready> {
    const ready = await readyPlan(this.#gpu, (r) => computation.record(r, variant));
    return { ...ready, variant, times: [], replays: 1 };
  }
}

/** The result of `work`, or the signal's reason as soon as it is aborted. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    const settle = (): void => signal.removeEventListener('abort', leave);
    work.then(resolve, reject).finally(settle);
  });
}
