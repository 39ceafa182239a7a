/** Trains what a recipe of the grid needs, except what an earlier recipe has trained already. */
import { train, type EngineGpu, type Model, type Recipe } from '../../src/engine/index.ts';
import { trainingKey } from '../../src/engine/evaluation/grid/grid-plan.ts';
import { inOrder, type DemoData } from '../demo/data.ts';
import { smallModelRecipe } from '../demo/training-options.ts';
import type { AblationOptions } from './options.ts';
import { digest, type GridState, type StageFacts } from './state.ts';

/** What every recipe of the grid is made from. */
export function gridBase(options: AblationOptions): Recipe {
  return smallModelRecipe(options, { checkpointEverySteps: 10 });
}

export interface TrainedCell {
  readonly stageBranches: readonly Uint8Array[];
  readonly facts: readonly StageFacts[];
}

/** What the recipes of a grid are trained with, and where it goes. */
export interface GridTraining {
  readonly gpu: EngineGpu;
  readonly model: Model;
  readonly data: DemoData;
  readonly state: GridState;
  readonly print: (line: string) => void;
}

/** Branches of every stage of a recipe: those that another recipe trained alike are taken over. */
export async function trainCell(grid: GridTraining, recipe: Recipe): Promise<TrainedCell> {
  const stageBranches: Uint8Array[] = [];
  const facts: StageFacts[] = [];
  for (const stage of recipe.stages.keys()) {
    const key = digest(trainingKey(recipe, stage));
    const known = await grid.state.stage(key);
    const done = known ?? (await trainStage(grid, recipe, { stage, key, stageBranches }));
    stageBranches.push(done.branches);
    facts.push(done.facts);
  }
  return { stageBranches, facts };
}

interface StageToTrain {
  readonly stage: number;
  /** What its results are kept by. */
  readonly key: string;
  /** Branches of the stages before it. */
  readonly stageBranches: readonly Uint8Array[];
}

/** Trains one stage behind those before it, from its last checkpoint where it was begun. */
async function trainStage(
  { gpu, model, data, state, print }: GridTraining,
  recipe: Recipe,
  { stage, key, stageBranches }: StageToTrain,
): Promise<{ readonly branches: Uint8Array; readonly facts: StageFacts }> {
  const started = performance.now();
  const losses: number[] = [];
  let [steps, records] = [0, 0];
  for await (const event of train({
    ...{ gpu, model },
    recipe: { ...recipe, stages: recipe.stages.slice(0, stage + 1) },
    records: inOrder(data.records),
    validation: [],
    resume: { checkpoint: await state.checkpoint(key), stageBranches, bestLoss: null },
  })) {
    if (event.type === 'stage-start') ({ steps, records } = event);
    else if (event.type === 'step') {
      losses.push(event.metrics.nll);
      const { step, nll } = event.metrics;
      if (step % 5 === 0)
        print(`    stage ${stage + 1}, step ${step + 1}/${steps}: ${nll.toFixed(3)}`);
    } else if (event.type === 'checkpoint' && event.resume.checkpoint) {
      await state.saveCheckpoint(key, event.resume.checkpoint);
    } else if (event.type === 'stage-end') {
      const facts: StageFacts = {
        ...{ steps, records },
        seconds: (performance.now() - started) / 1000,
        firstLoss: losses[0] ?? Number.NaN,
        lastLoss: losses.at(-1) ?? Number.NaN,
      };
      await state.saveStage(key, event.branches, facts);
      return { branches: event.branches, facts };
    }
  }
  throw new Error('the stage ended without its branches');
}
