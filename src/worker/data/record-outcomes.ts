/** Counts what becomes of the records of a run between import and batch, by reason. */
import type { RecordPlace } from '../../engine/training/run/data-order.ts';
import type { FaultDescription } from '../../faults/catalogue.ts';
import { fault } from '../../faults/fault.ts';
import { RECORD_MARKS } from '../../storage/token-cache.ts';
import type { LeftOut, RunData } from '../../contract/runs.ts';
import type { Limit } from '../../text/labels/truncation.ts';
import type { TokenBook } from '../tokens/token-book.ts';
import { CutCounter, joined } from './cut-counter.ts';

/** Most reasons named for a run; rarer reasons are counted with the last named one. */
const MOST_NAMED = 32;

interface Split {
  readonly records: readonly RecordPlace[];
  readonly validation: readonly RecordPlace[];
}

/** What a run does with records that are too long for it. */
export interface RunLimit extends Limit {
  /** The model's context, in tokens. */
  readonly context: number;
}

/**
 * Counts records by outcome; a record that is not tokenised yet counts as having a target. What the cut does is counted
 * in the records that train; of those kept apart to measure on, only how many are cut.
 */
export function outcomesOf(
  books: readonly TokenBook[],
  { records, validation }: Split,
  limit: RunLimit,
): RunData {
  const { maxLength } = limit;
  const truncated = { training: 0, validation: 0 };
  let tokenised = 0;
  let withoutEnd = 0;
  let reasoningDropped = 0;
  let otherPrompt = 0;
  const reasons = new Reasons();
  const sets = books.map(() => ({ records: 0, counter: new CutCounter(limit, limit.context) }));
  const teaching = (places: readonly RecordPlace[], part: 'training' | 'validation'): number => {
    let teach = 0;
    for (const { dataSet, row } of places) {
      const book = books[dataSet];
      const length = book?.lengthOf(row);
      if (!book || length === undefined) {
        teach += 1;
        continue;
      }
      tokenised += 1;
      const set = sets[dataSet];
      if (set && part === 'training') {
        set.records += 1;
        set.counter.count(book.lengthsOf(row));
      }
      if (length > maxLength) truncated[part] += 1;
      if (book.teaches(row, limit)) {
        teach += 1;
        const marks = book.marksOf(row);
        if (marks & RECORD_MARKS.noEnd) withoutEnd += 1;
        if (marks & RECORD_MARKS.reasoningDropped) reasoningDropped += 1;
        if (marks & RECORD_MARKS.otherPrompt) otherPrompt += 1;
      } else {
        reasons.count(book, row, maxLength);
      }
    }
    return teach;
  };
  const training = teaching(records, 'training');
  const kept = teaching(validation, 'validation');
  const total = records.length + validation.length;
  const cutBySet = sets.map((set, i) => ({
    dataSet: books[i]?.summary.name ?? '',
    records: set.records,
    ...set.counter.counts,
  }));
  return {
    ...{
      maxLength,
      truncated: truncated.training,
      validationTruncated: truncated.validation,
      withoutTargets: total - training - kept,
      training,
      validation: kept,
    },
    ...{ cut: joined(cutBySet), cutBySet },
    ...{ leftOut: reasons.list(), withoutEnd, reasoningDropped, otherPrompt },
    ...(tokenised < total ? { tokenised } : {}),
  };
}

/** Why records have no target to learn, with the number of records for each reason. */
class Reasons {
  readonly #counts = new Map<string, { reason: FaultDescription; count: number }>();

  count(book: TokenBook, row: number, maxLength: number): void {
    const refusal = book.refusalOf(row);
    const code = refusal
      ? `${refusal.code}\n${refusal.message}`
      : book.hasTarget(row)
        ? 'too-long'
        : 'no-target';
    const known = this.#counts.get(code);
    if (known) {
      known.count += 1;
      return;
    }
    const reason = refusal ?? (code === 'too-long' ? beyondCut(maxLength) : withoutTarget());
    const data = { ...reason.data, dataSet: book.summary.name };
    this.#counts.set(code, { reason: { ...reason, data }, count: 1 });
  }

  list(): LeftOut[] {
    const all = [...this.#counts.values()].sort((a, b) => b.count - a.count);
    const named = all.slice(0, MOST_NAMED);
    const last = named.at(-1);
    const rest = all.slice(MOST_NAMED).reduce((sum, { count }) => sum + count, 0);
    return named.map((one) => (one === last ? { ...one, count: one.count + rest } : one));
  }
}

function beyondCut(maxLength: number): FaultDescription {
  return fault('record-beyond-cut', { maxLength }).describe();
}

function withoutTarget(): FaultDescription {
  return fault('record-without-target').describe();
}
