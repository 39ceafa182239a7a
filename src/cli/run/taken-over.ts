/** Stages that a new run takes over from another one, which trained them alike. */
import { inputsHash, ORDER } from '../../archive/fingerprints.ts';
import type { ValidationPoint } from '../../contract/runs.ts';
import { sharedStages } from '../../engine/evaluation/grid/grid-plan.ts';
import type { ResumePoint } from '../../engine/index.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { fault } from '../../faults/fault.ts';
import { openRun, type OpenedRun } from './opened-run.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunInputs } from './run-inputs.ts';
import { fingerprintOf } from './same-inputs.ts';

export interface TakenOver {
  readonly run: OpenedRun;
  /** How many of its stages count, from the first. */
  readonly stages: number;
}

/**
 * Finds the stages that a run has trained as these inputs would train them.
 * @throws StudioError `stages-not-alike` where there are none, and what opening a run throws
 */
export async function findAlike(place: string, inputs: RunInputs): Promise<TakenOver> {
  const run = await openRun(place);
  await run.check(inputs.base.model.folder.config);
  const alike = sharedStages(run.summary.recipe, inputs.recipe);
  const stages = sameBegin(run, inputs) ? Math.min(run.stages, alike) : 0;
  if (stages === 0) throw fault('stages-not-alike', { path: place });
  return { run, stages };
}

/** Whether it saw the same model, the same records and the same rules. */
function sameBegin(run: OpenedRun, { base, sets }: RunInputs): boolean {
  const { recipe, precision } = run.summary;
  const { source: template } = base.model.chat;
  const own = inputsHash({ tokenizer: base.tokenizer, template, dataSets: sets, recipe }, ORDER);
  const sameBase = run.base.fingerprint === base.base.fingerprint;
  return sameBase && precision === base.model.precision && fingerprintOf(run) === own;
}

/** Puts them into the folder of the new run. @returns the point from which it goes on */
export async function takeOver(
  folder: RunFolder,
  { run, stages }: TakenOver,
): Promise<ResumePoint> {
  const stageBranches = (await run.stageBranches()).slice(0, stages);
  const { recipe, stages: planned } = folder.summary;
  await folder.rewrite(
    (await run.steps()).filter(({ metrics }) => metrics.stage < stages),
    (await run.validation()).filter((point) => holds(point, run.summary.recipe, recipe, stages)),
    (await run.growth()).filter(({ point }) => point.stage < stages),
  );
  for (const [stage, branches] of stageBranches.entries()) await folder.saveStage(stage, branches);
  for (const { stage, step, loss } of run.summary.best ?? []) {
    if (stage >= stages) continue;
    await folder.saveBest({ stage, step, loss }, await run.bestBranches(stage));
  }
  await folder.change(
    { routing: await run.routing() },
    {
      stages: planned.map((stage, i) =>
        i < stages ? { ...stage, stepsDone: stage.steps } : stage,
      ),
    },
  );
  return { checkpoint: null, stageBranches, bestLoss: null };
}

/** Whether a loss was measured of weights that the new run passes through, too: its last stage may end otherwise. */
function holds(
  { stage, snapshot }: ValidationPoint,
  before: Recipe,
  recipe: Recipe,
  stages: number,
): boolean {
  if (stage !== stages - 1) return stage < stages;
  const ends = (one: Recipe): string => JSON.stringify(one.stages[stage]?.after);
  return (
    ends(before) === ends(recipe) || ['base', 'training', `stage${stages}.end`].includes(snapshot)
  );
}
