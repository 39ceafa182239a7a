/** Finds the run that has just ended and that nobody has measured or ticked yet. */
import type { EvaluationSummary } from '../../contract/evaluation.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { isOver, trainedSnapshots } from '../runs/run-facts.ts';

/**
 * @param runs newest first; only the newest is meant
 * @param picked keys of the ticked states
 * @returns null also where the run was brought by an archive, which has its own scores
 */
export function endedUnmeasured(
  runs: readonly RunSummary[],
  results: readonly Pick<EvaluationSummary, 'variant'>[],
  picked: ReadonlySet<string> | null,
): RunSummary | null {
  const [run] = runs;
  if (!run || !isOver(run) || run.origin) return null;
  const states = trainedSnapshots(run);
  if (states.length === 0 || results.some(({ variant }) => variant.runId === run.id)) return null;
  const ticked = states.some(({ id }) =>
    picked?.has(modelStateKey({ modelId: run.modelId, runId: run.id, snapshot: id })),
  );
  return ticked ? null : run;
}
