/** How large a bundle will be, before it is made: from records whose length is known, and the files of the run. */
import type { BundleSize } from '../../contract/handoff.ts';
import { recordLimit } from '../../engine/training/run/lengths.ts';
import type { StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import { sampledBooks, type PrepareHooks } from '../data/prepare.ts';
import type { RunInputs } from '../data/run-inputs.ts';
import type { TokenBook } from '../tokens/token-book.ts';
import { sampledRows } from '../tokens/tokenise.ts';

/** A token of a record is one word; length and task are two. */
const WORD_BYTES = 4;
const WORDS_A_RECORD = 2;
/** A step as a line of the curves. */
const STEP_BYTES = 250;
/** Texts are deflated: code and figures shrink to about so much. */
const TEXT_SHARE = 0.45;

/** @param stored null for a run that has not begun */
export async function bundleSize(
  context: WorkerContext,
  inputs: RunInputs,
  stored: StoredRun | null,
  hooks: PrepareHooks,
): Promise<BundleSize> {
  const { maxLength } = recordLimit(inputs.model.config, inputs.recipe);
  const books = await sampledBooks(context, inputs, hooks);
  const records = books.reduce((sum, { summary }) => sum + summary.records, 0);
  const tokens = books.reduce((sum, book) => sum + tokensOf(book, maxLength), 0);
  return {
    records: Math.round(WORD_BYTES * (tokens + WORDS_A_RECORD * records)),
    rest: Math.round(await restOf(context, stored)),
  };
}

/** Tokens that the records of a set keep; those whose length is not known count as long as the others. */
function tokensOf(book: TokenBook, maxLength: number): number {
  const { records } = book.summary;
  const known = [...sampledRows(records)].map((row) => book.lengthOf(row) ?? 0);
  const sum = known.reduce((all, length) => all + Math.min(length, maxLength), 0);
  return (sum / Math.max(1, known.length)) * records;
}

/** The trainer, and what the run has done so far. */
async function restOf({ storage }: WorkerContext, stored: StoredRun | null): Promise<number> {
  // Its text is long, and nothing else needs it.
  const { trainerFiles } = await import('../../archive/hand-off/trainer-files.ts');
  const trainer = trainerFiles().reduce((sum, { text }) => sum + text.length, 0);
  if (!stored) return TEXT_SHARE * trainer;
  const { summary, stages, best = [], checkpoint } = stored;
  const growth = JSON.stringify(await storage.experts.growth(summary.id)).length;
  const steps = summary.stages.reduce((sum, { stepsDone }) => sum + stepsDone, 0);
  const files = [
    ...stages,
    ...best.map(({ file }) => file),
    ...(checkpoint ? [checkpoint.file] : []),
  ];
  return (
    files.reduce((sum, { bytes }) => sum + bytes, 0) +
    TEXT_SHARE * (trainer + growth + STEP_BYTES * steps)
  );
}
