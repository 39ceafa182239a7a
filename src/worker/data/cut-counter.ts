/** Counts what the limit on their length does to records, and finds the length at which nearly all of them teach. */
import type { CutCounts } from '../../contract/data.ts';
import {
  fateOf,
  lengthToTeach,
  type Limit,
  type RecordLengths,
} from '../../text/labels/truncation.ts';

/** Share of the records that giants among them may be: their needs decide nothing. */
const GIANTS = 0.02;
/** Giants need more than this many times what the others need. */
const GIANT = 2;
/** Lengths offered are multiples of this, so that they are easy to remember and to compare. */
const LENGTH_STEP = 64;

export class CutCounter {
  readonly #limit: Limit;
  readonly #context: number;
  readonly #needed: number[] = [];
  readonly #lengths: number[] = [];
  #promptCut = 0;
  #answerCut = 0;
  #nothing = 0;
  #little = 0;

  /** @param context the model's: no length beyond it is offered */
  constructor(limit: Limit, context: number) {
    this.#limit = limit;
    this.#context = context;
  }

  /** Counts a tokenised record; one without any target is none of the limit's doing. */
  count(record: RecordLengths): void {
    if (!Number.isFinite(record.firstTarget)) return;
    const { promptCut, answerCut, nothing, little } = fateOf(record, this.#limit);
    if (promptCut) this.#promptCut += 1;
    if (answerCut) this.#answerCut += 1;
    if (nothing) this.#nothing += 1;
    if (little) this.#little += 1;
    this.#lengths.push(record.length);
    this.#needed.push(lengthToTeach(record, this.#limit.truncation));
  }

  get counts(): CutCounts {
    return {
      promptCut: this.#promptCut,
      answerCut: this.#answerCut,
      nothing: this.#nothing,
      little: this.#little,
      enough: this.#enough(),
    };
  }

  /** Tokens that the records need, giants aside: to teach more than little, and to stay whole. */
  get lengths(): { readonly needed: number; readonly longest: number } {
    return { needed: withoutGiants(this.#needed), longest: withoutGiants(this.#lengths) };
  }

  #enough(): number | null {
    const needed = withoutGiants(this.#needed);
    if (needed <= this.#limit.maxLength) return null;
    const offered = Math.min(Math.ceil(needed / LENGTH_STEP) * LENGTH_STEP, this.#context);
    return offered > this.#limit.maxLength ? offered : null;
  }
}

/** The largest value, where it is no giant beside the others; else the largest but for the giants' share. */
function withoutGiants(values: readonly number[]): number {
  const sorted = Uint32Array.from(values).sort();
  const usual = sorted[Math.ceil(sorted.length * (1 - GIANTS)) - 1] ?? 0;
  const most = sorted.at(-1) ?? 0;
  return most <= GIANT * usual ? most : usual;
}

/** Counts of several sets together; the length is the one that is enough for each of them. */
export function joined(counts: readonly CutCounts[]): CutCounts {
  const sum = (of: (one: CutCounts) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  const enough = Math.max(0, ...counts.map((one) => one.enough ?? 0));
  return {
    promptCut: sum((one) => one.promptCut),
    answerCut: sum((one) => one.answerCut),
    nothing: sum((one) => one.nothing),
    little: sum((one) => one.little),
    enough: enough > 0 ? enough : null,
  };
}
