/** The scores of a run's states, from the evaluations that are stored here. */
import { overlapOf, scoreOf } from '../../archive/archive-scores.ts';
import { heldOutName } from '../evaluation/run-questions.ts';
import { nameInResults } from '../evaluation/result-name.ts';
import {
  changedAnswers,
  compareAnswers,
  type ChangedAnswer,
} from '../../engine/evaluation/comparison.ts';
import { bestStageOf } from '../../engine/training/run/snapshots.ts';
import type { Evaluations } from '../../storage/evaluations.ts';
import type { EvaluationSummary, TaskComparison } from '../../contract/evaluation.ts';
import { BOOTSTRAP_SEED } from '../../engine/evaluation/statistics/bootstrap.ts';
import type { ArchivedScore } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';

/**
 * The scores of a run: the newest evaluation here of each state and task, then scores from an archive that
 * were not measured again here.
 */
export async function scoresOfRun(
  evaluations: Evaluations,
  { id, modelId, origin }: RunSummary,
): Promise<ArchivedScore[]> {
  const found = new Map<string, ArchivedScore>();
  const put = (scored: ArchivedScore): void => {
    found.set(JSON.stringify([scored.snapshot, scored.task, scored.metric]), scored);
  };
  for (const scored of origin?.scores ?? []) put(scored);
  // Oldest first: a later evaluation replaces an earlier one.
  const all = (await evaluations.list()).filter(({ check }) => !check);
  const ofBase = all.filter(({ variant }) => variant.modelId === modelId && variant.runId === null);
  for (const evaluation of all) {
    const { variant, settings, figures, updatedAt, overlap } = evaluation;
    const label = nameInResults(evaluation.label, settings);
    const base = ofBase.includes(evaluation);
    if (!figures || (variant.runId !== id && !base)) continue;
    const compared = base ? [] : await againstBase(evaluations, evaluation, ofBase);
    for (const report of figures.tasks) {
      if (!Number.isFinite(report.value)) continue;
      const about = { snapshot: base ? 'base' : variant.snapshot, label, measuredAt: updatedAt };
      const difference = compared.find(({ task }) => task === report.task)?.difference;
      const ofRun = overlap?.runId === id ? overlap : undefined;
      put({ ...about, ...scoreOf(report, difference), ...overlapOf(ofRun, report.task) });
    }
  }
  return [...found.values()];
}

/** The paired comparison with the newest evaluation of the base on the same questions; empty where there is none. */
async function againstBase(
  evaluations: Evaluations,
  evaluation: EvaluationSummary,
  ofBase: readonly EvaluationSummary[],
): Promise<readonly TaskComparison[]> {
  const { choices } = evaluation.settings;
  const pair = await answersBesideBase(evaluations, evaluation, ofBase);
  if (!pair) return [];
  const { items, base, own } = pair;
  return compareAnswers(items, base, own, { choices, seed: BOOTSTRAP_SEED }).tasks;
}

/** The answers to the same questions, asked in the same way, of an evaluated state and of the base; else null. */
async function answersBesideBase(
  evaluations: Evaluations,
  { id, itemsId, settings: { choices, products = 'float32' } }: EvaluationSummary,
  ofBase: readonly EvaluationSummary[],
) {
  const base = ofBase.findLast(
    ({ settings, ...other }) =>
      other.itemsId === itemsId &&
      settings.choices === choices &&
      (settings.products ?? 'float32') === products,
  );
  if (!base) return null;
  const [items, first, own] = await Promise.all([
    evaluations.items(itemsId),
    evaluations.answers(base.id),
    evaluations.answers(id),
  ]);
  return { items, base: first, own };
}

/** Whether all questions behind the scores of a run are known to be its own records, kept for validation. */
export async function asksHeldOut(
  evaluations: Evaluations,
  { id, name, origin }: RunSummary,
): Promise<boolean> {
  const own = (await evaluations.list()).filter(
    ({ check, variant }) => !check && variant.runId === id,
  );
  const files = own.flatMap((evaluation) => evaluation.files);
  const elsewhere = (origin?.scores ?? []).length > 0;
  return !elsewhere && files.length > 0 && files.every((file) => file === heldOutName(name));
}

/** Every answer that changed its score from the base to the run's last measured state; null where none can be compared. */
export async function changedOfRun(
  evaluations: Evaluations,
  { id, modelId, snapshots }: RunSummary,
): Promise<readonly ChangedAnswer[] | null> {
  const all = await evaluations.list();
  const ofBase = all.filter(({ variant }) => variant.modelId === modelId && variant.runId === null);
  const own = all.filter(({ variant }) => variant.runId === id && variant.snapshot !== 'base');
  const last = snapshots.findLast(
    (state) =>
      bestStageOf(state.id) === null && own.some(({ variant }) => variant.snapshot === state.id),
  );
  const changed: ChangedAnswer[] = [];
  const compared = new Set<string>();
  // Newest first: questions that were asked again count once.
  for (const evaluation of own.reverse()) {
    const { variant, itemsId, settings } = evaluation;
    if (variant.snapshot !== last?.id || compared.has(itemsId)) continue;
    const pair = await answersBesideBase(evaluations, evaluation, ofBase);
    if (!pair) continue;
    compared.add(itemsId);
    changed.push(...changedAnswers(pair.items, pair.base, pair.own, settings));
  }
  return compared.size > 0 ? changed : null;
}
