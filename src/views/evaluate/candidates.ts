import type { Candidate } from '../../studio/evaluation.ts';
import type { ModelSummary, RunSummary } from '../../worker/protocol.ts';

/** The base model, then every state that the run left behind, in the order of training. */
export function candidatesOf(model: ModelSummary | null, run: RunSummary | null): Candidate[] {
  const modelId = run?.modelId ?? model?.id;
  const modelName = run?.modelName ?? model?.name;
  if (modelId === undefined || modelName === undefined) return [];
  const base: Candidate = {
    variant: { modelId, runId: null, snapshot: 'base' },
    label: `${modelName} · Base`,
  };
  const trained = (run?.snapshots ?? [])
    .filter(({ id }) => id !== 'base')
    .map(({ id, label }) => ({
      variant: { modelId, runId: run?.id ?? null, snapshot: id },
      label: `${run?.name ?? ''} · ${label}`,
    }));
  return [base, ...trained];
}
