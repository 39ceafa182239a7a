/** What shortcut checks found of a run's states, from the evaluations that are stored here. */
import type { ArchivedShortcut } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { Evaluations } from '../../storage/evaluations.ts';
import { nameInResults } from '../evaluation/result-name.ts';
import { shortcutsOf } from '../evaluation/shortcut-check.ts';

/**
 * The findings of a run: those of the newest check here of each state and its tasks, then those from an archive that
 * were not found again here.
 */
export async function shortcutsOfRun(
  evaluations: Evaluations,
  { id, modelId, origin }: RunSummary,
): Promise<ArchivedShortcut[]> {
  const found = new Map<string, ArchivedShortcut>();
  const put = (one: ArchivedShortcut): void => {
    found.set(JSON.stringify([one.snapshot, one.shortcut, one.tasks]), one);
  };
  for (const one of origin?.shortcuts ?? []) put(one);
  const all = await evaluations.list();
  const checked = new Set(all.flatMap(({ check }) => (check ? [check.of] : [])));
  // Oldest first: a later check replaces an earlier one.
  for (const evaluation of all) {
    const { variant, settings, figures } = evaluation;
    const base = variant.modelId === modelId && variant.runId === null;
    if (!checked.has(evaluation.id) || (variant.runId !== id && !base)) continue;
    const about = {
      snapshot: base ? 'base' : variant.snapshot,
      label: nameInResults(evaluation.label, settings),
      // Only answers chosen from a few are checked.
      tasks: (figures?.tasks ?? []).flatMap(({ task, baseline }) => (baseline ? [task] : [])),
    };
    for (const { finding } of await shortcutsOf(evaluations, evaluation)) {
      if (finding && finding.items > 0) put({ ...about, ...finding });
    }
  }
  return [...found.values()];
}
