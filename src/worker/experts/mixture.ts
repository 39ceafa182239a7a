/** The mixture of experts of a run, and the state of the model that has it attached. */
import type { RecipeBranch } from '../../engine/training/recipe/recipe.ts';
import { StudioError } from '../../errors.ts';
import type { RunSummary } from '../../contract/runs.ts';

type Mixture = Extract<RecipeBranch, { type: 'mixture' }>;

/** @throws StudioError `mixture-missing` */
export function mixtureOf({ recipe }: Pick<RunSummary, 'recipe'>): Mixture {
  for (const branch of recipe.stages.flatMap(({ attach }) => attach)) {
    if (branch.type === 'mixture') return branch;
  }
  throw new StudioError({
    code: 'mixture-missing',
    message: 'The recipe of this run has no mixture of experts.',
    kept: 'The run as it is.',
    remedy: 'Choose a run whose recipe attaches one, as the paper’s does in stage 1.',
  });
}

/** @throws StudioError `mixture-missing`, `mixture-untrained` while the stage that trains it goes on */
export function mixtureState(run: RunSummary): {
  readonly mixture: Mixture;
  readonly snapshot: string;
} {
  const mixture = mixtureOf(run);
  const found = run.snapshots.findLast(({ branches }) => branches.includes(mixture.name));
  if (found) return { mixture, snapshot: found.id };
  throw new StudioError({
    code: 'mixture-untrained',
    message: 'The stage that trains the experts has not ended yet.',
    kept: 'The run as it is.',
    remedy: 'Wait for the stage to end; counts so far are shown above.',
    data: { runId: run.id },
  });
}
