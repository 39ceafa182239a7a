/** Keeps submissions short: it learns how fast a device works, and says where a list of steps is cut. */
import type { Step } from './steps.ts';

/**
 * Milliseconds that a submission should take. The page's own pictures wait for the submission that a GPU works on, and
 * Windows resets a GPU that works on one for two seconds. A software adapter draws on other threads, and is too slow for more
 * than its watchdog.
 */
const budgets = { hardware: 50, software: 500 };

/** Cost per millisecond that a device is thought to do before it was measured: little for either kind. */
const firstRates = { hardware: 1e8, software: 1e7 };

/** Cost of a byte, beside that of a multiplication: what GPUs compute while they move one. */
export const byteCost = 8;

/** Shorter measurements count for nothing: what waiting and the clock add would be too large a part of them. */
const leastMilliseconds = 20;

/** The fastest of so many measurements counts. */
const remembered = 5;

/** What a step is thought to cost, in multiplications. */
export function costOf(work: number, bytes: number): number {
  return work + byteCost * bytes;
}

interface PaceOptions {
  readonly software: boolean;
  /** Milliseconds that a submission should take. */
  readonly budget?: number;
  /** Milliseconds of any clock. */
  readonly now?: () => number;
}

/** Neighbouring steps for one submission. */
interface PacedSteps {
  readonly steps: readonly Step[];
  /** The steps before them. */
  readonly first: number;
  readonly cost: number;
}

/** How much work a device is given at a time. */
export class Pace {
  /** Milliseconds that a submission should take. */
  readonly budget: number;
  readonly #now: () => number;
  readonly #rates: number[] = [];
  #rate: number;
  /** Whether the end of some submitted work is waited for. */
  #measuring = false;
  /** Cost submitted after the work whose end is waited for, and when the first of it was submitted. */
  #waiting = 0;
  #since = 0;
  /** When the last measured work had ended. */
  #ended = Number.NEGATIVE_INFINITY;

  constructor({ software, budget, now = () => performance.now() }: PaceOptions) {
    const kind = software ? 'software' : 'hardware';
    this.budget = budget ?? budgets[kind];
    this.#rate = firstRates[kind];
    this.#now = now;
  }

  /** Cost per millisecond. */
  get rate(): number {
    return this.#rate;
  }

  /** A rate that was measured otherwise; it counts until work is measured here. */
  expect(rate: number): void {
    if (this.#rates.length === 0 && rate > 0) this.#rate = rate;
  }

  /** The steps in lists that each stay within the budget, or hold one step that does not. */
  cut(steps: readonly Step[]): PacedSteps[] {
    const most = this.budget * this.#rate;
    const parts: PacedSteps[] = [];
    let first = 0;
    let cost = 0;
    for (const [index, step] of steps.entries()) {
      if (index > first && cost + step.cost > most) {
        parts.push({ steps: steps.slice(first, index), first, cost });
        first = index;
        cost = 0;
      }
      cost += step.cost;
    }
    if (first < steps.length) {
      parts.push({ steps: first === 0 ? steps : steps.slice(first), first, cost });
    }
    return parts;
  }

  /**
   * Notes that steps were submitted, and measures how long they take together with all that was submitted since the
   * measurement before.
   * @param done asks for the end of everything submitted so far
   */
  submitted(cost: number, done: () => Promise<unknown>): void {
    if (this.#waiting === 0) this.#since = this.#now();
    this.#waiting += cost;
    if (this.#measuring) return;
    const measured = this.#waiting;
    // A device that was busy began this work when it had ended the work before.
    const began = Math.max(this.#since, this.#ended);
    this.#waiting = 0;
    this.#measuring = true;
    done().then(
      () => {
        this.#ended = this.#now();
        this.#measuring = false;
        this.#observe(measured, this.#ended - began);
      },
      // A lost device is reported elsewhere.
      () => undefined,
    );
  }

  /** Whatever else a device does only adds time: the fastest of the last measurements is nearest to its rate. */
  #observe(cost: number, milliseconds: number): void {
    if (!(milliseconds >= leastMilliseconds)) return;
    this.#rates.push(cost / milliseconds);
    if (this.#rates.length > remembered) this.#rates.shift();
    this.#rate = Math.max(...this.#rates);
  }
}
