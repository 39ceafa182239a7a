/** The shortcut check of an evaluation: asks its questions in every variation, and reports what changed. */
import { findShortcut } from '../../engine/evaluation/shortcuts/shortcut-report.ts';
import { SHORTCUTS, vary } from '../../engine/evaluation/shortcuts/variations.ts';
import type { Evaluations } from '../../storage/evaluations.ts';
import type { EvaluationSummary, ShortcutState } from '../../contract/evaluation.ts';
import type { Task } from '../tasks/tasks.ts';
import { sealOf } from './evaluation-items.ts';
import type { EvaluationKeeper } from './evaluation-keeper.ts';

/** Seed of the moves of options, so that a check asks the same questions each time. */
const SEED = 42;

/**
 * Asks the varied questions, one variation after the other.
 * @throws StudioError `evaluation-missing`, `cancelled` with the answers so far stored, and what answering throws
 */
export async function checkShortcuts(
  keeper: EvaluationKeeper,
  evaluations: Evaluations,
  id: string,
  task: Task,
): Promise<readonly ShortcutState[]> {
  const evaluation = await keeper.get(id);
  const items = await evaluations.items(evaluation.itemsId);
  const known = await evaluations.checksOf(id);
  for (const [index, shortcut] of SHORTCUTS.entries()) {
    const varied = vary(shortcut, items, SEED).map(({ item }) => item);
    const itemsId = sealOf(varied);
    const done = known.find(({ check }) => check?.shortcut === shortcut);
    if (varied.length === 0 || (done && isCurrent(done, evaluation, itemsId))) continue;
    if (done && done.itemsId !== itemsId) await keeper.remove([done.id]);
    const { variant: state, label, files, settings } = evaluation;
    await keeper.measure(
      {
        ...{ state, label, gridId: null, check: { of: id, shortcut } },
        settings: { ...settings, perplexity: false },
        questions: { items: varied, itemsId, files, leftOut: undefined },
      },
      partOf(task, index),
    );
  }
  return shortcutsOf(evaluations, evaluation);
}

/** Whether a variation is answered in full, and after the questions as they are. */
function isCurrent(
  { itemsId, answered, total, createdAt }: EvaluationSummary,
  evaluation: EvaluationSummary,
  asked: string,
): boolean {
  return itemsId === asked && answered >= total && createdAt >= evaluation.updatedAt;
}

/** A task whose progress is that of one variation among all. */
function partOf(task: Task, index: number): Task {
  return {
    ...task,
    progress: (fraction, note) => {
      const done = fraction === null ? null : (index + fraction) / SHORTCUTS.length;
      task.progress(done, note);
    },
  };
}

/** What the check found so far, by variation. */
export async function shortcutsOf(
  evaluations: Evaluations,
  { id, itemsId, settings: { choices } }: EvaluationSummary,
): Promise<readonly ShortcutState[]> {
  const [items, answers, checks] = await Promise.all([
    evaluations.items(itemsId),
    evaluations.answers(id),
    evaluations.checksOf(id),
  ]);
  return Promise.all(
    SHORTCUTS.map(async (shortcut): Promise<ShortcutState> => {
      const varied = vary(shortcut, items, SEED);
      const asked = sealOf(varied.map(({ item }) => item));
      const check = checks.find((one) => one.check?.shortcut === shortcut && one.itemsId === asked);
      const about = { shortcut, applies: varied.length, answered: check?.answered ?? 0 };
      if (!check || check.answered === 0) return { ...about, finding: null };
      const variation = { varied, answers: await evaluations.answers(check.id) };
      return { ...about, finding: findShortcut(shortcut, { items, answers }, variation, choices) };
    }),
  );
}
