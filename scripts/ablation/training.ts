/** Trains what a recipe of the grid needs and no earlier one has left behind. */
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { trainingKey } from '../../src/engine/evaluation/grid/grid-plan.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { TrainingRun } from '../../src/engine/training/run/run.ts';
import type { DemoData } from '../demo/data.ts';
import type { DemoModel } from '../demo/model.ts';
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

/** Branches of every stage of a recipe: those that another recipe trained alike are taken over. */
export async function trainCell(
  gpu: Gpu,
  model: DemoModel,
  recipe: Recipe,
  data: DemoData,
  state: GridState,
  print: (line: string) => void,
): Promise<TrainedCell> {
  const stageBranches: Uint8Array[] = [];
  const facts: StageFacts[] = [];
  for (const stage of recipe.stages.keys()) {
    const key = digest(trainingKey(recipe, stage));
    const known = await state.stage(key);
    const done =
      known ??
      (await trainStage({ gpu, model, recipe, data, state, print, stage, key, stageBranches }));
    stageBranches.push(done.branches);
    facts.push(done.facts);
  }
  return { stageBranches, facts };
}

interface StageInput {
  readonly gpu: Gpu;
  readonly model: DemoModel;
  readonly recipe: Recipe;
  readonly data: DemoData;
  readonly state: GridState;
  readonly print: (line: string) => void;
  readonly stage: number;
  readonly key: string;
  readonly stageBranches: readonly Uint8Array[];
}

async function trainStage(
  input: StageInput,
): Promise<{ readonly branches: Uint8Array; readonly facts: StageFacts }> {
  const { gpu, model, recipe, data, state, print, stage, key, stageBranches } = input;
  const checkpoint = await state.checkpoint(key);
  const started = performance.now();
  const run = await TrainingRun.create({
    gpu,
    config: model.config,
    weights: model.weights,
    recipe: { ...recipe, stages: recipe.stages.slice(0, stage + 1) },
    tasks: data.tasks,
    records: data.records,
    validation: [],
    ...(stage > 0 || checkpoint ? { resume: { checkpoint, stageBranches } } : {}),
  });
  const losses: number[] = [];
  let branches: Uint8Array | null = null;
  try {
    while (!run.done) {
      for (const event of await run.advance()) {
        if (event.type === 'step') {
          losses.push(event.metrics.nll);
          const { step, nll } = event.metrics;
          const steps = run.stages[stage]?.steps ?? 0;
          if (step % 5 === 0)
            print(`    stage ${stage + 1}, step ${step + 1}/${steps}: ${nll.toFixed(3)}`);
        } else if (event.type === 'checkpoint') await state.saveCheckpoint(key, event.data);
        else if (event.type === 'stage-end') branches = event.branches;
      }
    }
    if (!branches) throw new Error('the stage ended without its branches');
    const facts: StageFacts = {
      steps: run.stages[stage]?.steps ?? 0,
      records: run.stages[stage]?.records ?? 0,
      seconds: (performance.now() - started) / 1000,
      firstLoss: losses[0] ?? Number.NaN,
      lastLoss: losses.at(-1) ?? Number.NaN,
    };
    await state.saveStage(key, branches, facts);
    return { branches, facts };
  } finally {
    run.release();
  }
}
