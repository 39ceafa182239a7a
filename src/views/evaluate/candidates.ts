/** Model states that can be measured: the base, and what every run left behind. */
import type { Candidate } from '../../studio/evaluation/evaluation.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { snapshotName } from '../shared/snapshot-name.ts';
import { evaluateText } from './text.ts';

/** The states of one run, or the base model alone. */
export interface CandidateGroup {
  readonly run: RunSummary | null;
  readonly candidates: readonly Candidate[];
}

function baseOf(modelId: string, modelName: string): Candidate {
  return {
    state: { modelId, runId: null, snapshot: 'base' },
    label: evaluateText().base(modelName),
  };
}

/** The base models first, then every run's states in the order of training; the selected run leads. */
export function candidateGroups(
  model: ModelSummary | null,
  runs: readonly RunSummary[],
  selectedId: string | null,
): CandidateGroup[] {
  const ordered = [...runs].sort(
    (a, b) => Number(b.id === selectedId) - Number(a.id === selectedId),
  );
  const leading = ordered[0];
  const modelId = leading?.modelId ?? model?.id;
  const modelName = leading?.modelName ?? model?.name;
  const bases = new Map<string, string>();
  if (modelId !== undefined && modelName !== undefined) bases.set(modelId, modelName);
  for (const run of ordered) bases.set(run.modelId, run.modelName);
  const base: CandidateGroup = {
    run: null,
    candidates: [...bases].map(([id, name]) => baseOf(id, name)),
  };
  const trained = ordered.map((run) => ({
    run,
    candidates: run.snapshots
      .filter(({ id }) => id !== 'base')
      .map(({ id }) => ({
        state: { modelId: run.modelId, runId: run.id, snapshot: id },
        label: `${run.name} · ${snapshotName(id, run)}`,
      })),
  }));
  return [base, ...trained.filter(({ candidates }) => candidates.length > 0)];
}
