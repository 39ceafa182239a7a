/** Finds the mixture of a run, and the model state that has it attached. */
import type { RecipeBranch } from '../../engine/training/recipe/recipe.ts';
import { fault } from '../../faults/fault.ts';
import type { RunSummary } from '../../contract/runs.ts';

type Mixture = Extract<RecipeBranch, { type: 'mixture' }>;

/** @throws StudioError `mixture-missing` */
export function mixtureOf({ recipe }: Pick<RunSummary, 'recipe'>): Mixture {
  for (const branch of recipe.stages.flatMap(({ attach }) => attach)) {
    if (branch.type === 'mixture') return branch;
  }
  throw fault('mixture-missing', {}, { kept: 'run' });
}

/** @throws StudioError `mixture-missing`, `mixture-untrained` while the stage that trains it goes on */
export function mixtureState(run: RunSummary): {
  readonly mixture: Mixture;
  readonly snapshot: string;
} {
  const mixture = mixtureOf(run);
  const found = run.snapshots.findLast(({ branches }) => branches.includes(mixture.name));
  if (found) return { mixture, snapshot: found.id };
  throw fault('mixture-untrained', { runId: run.id }, { kept: 'run' });
}
