/** Recipe and run of the demo. */
import type { Gpu } from '../../src/engine/gpu/device.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import type { StepMetrics, ValidationPoint } from '../../src/engine/training/run/run-events.ts';
import { TrainingRun } from '../../src/engine/training/run/run.ts';
import type { Snapshot } from '../../src/engine/training/run/snapshots.ts';
import type { DemoData } from './data.ts';
import type { DemoModel } from './model.ts';
import type { DemoOptions } from './options.ts';
import { smallModelRecipe } from './training-options.ts';

/** The recipe of the demo; it is never taken up again, and keeps no checkpoint. */
export function demoRecipe(options: DemoOptions): Recipe {
  return smallModelRecipe(options, { name: 'MedCare demo', checkpointEverySteps: 1_000_000 });
}

export interface TrainedModel {
  readonly steps: readonly StepMetrics[];
  readonly validation: readonly ValidationPoint[];
  readonly stageBranches: readonly Uint8Array[];
  readonly snapshots: readonly Snapshot[];
  /** Seconds by stage, validation at its end included. */
  readonly seconds: readonly number[];
}

const linesPerStage = 6;

/** Runs every stage of a recipe, printing a line now and then. */
export async function train(
  gpu: Gpu,
  model: DemoModel,
  recipe: Recipe,
  data: DemoData,
  print: (line: string) => void,
): Promise<TrainedModel> {
  const run = await TrainingRun.create({
    gpu,
    config: model.config,
    weights: model.weights,
    recipe,
    tasks: data.tasks,
    records: data.records,
    validation: data.validation,
  });
  const steps: StepMetrics[] = [];
  const validation: ValidationPoint[] = [];
  const stageBranches: Uint8Array[] = [];
  const seconds: number[] = [];
  let snapshots: readonly Snapshot[] = [];
  let started = performance.now();
  let sinceLine = { tokens: 0, milliseconds: 0 };
  const announce = (index: number): void => {
    const stage = run.stages[index];
    if (!stage) return;
    print(
      `Stage ${index + 1}, ${stage.name.toLowerCase()}: ${stage.records} records, ${stage.steps} steps`,
    );
  };
  announce(0);
  try {
    while (!run.done) {
      for (const event of await run.advance()) {
        if (event.type === 'step') {
          steps.push(event.metrics);
          const { stage, step, tokens, milliseconds } = event.metrics;
          sinceLine.tokens += tokens;
          sinceLine.milliseconds += milliseconds;
          const total = run.stages[stage]?.steps ?? 1;
          const every = Math.ceil(total / linesPerStage);
          if (step === 0 || (step + 1) % every === 0 || step + 1 === total) {
            const speed = (1000 * sinceLine.tokens) / sinceLine.milliseconds;
            print(stepLine(event.metrics, total, speed));
            sinceLine = { tokens: 0, milliseconds: 0 };
          }
        } else if (event.type === 'validation') {
          validation.push(event.point);
          print(validationLine(event.point));
        } else if (event.type === 'stage-end') {
          stageBranches.push(event.branches);
          seconds.push((performance.now() - started) / 1000);
          started = performance.now();
          announce(event.stage + 1);
        } else if (event.type === 'done') {
          snapshots = event.snapshots;
        }
      }
    }
  } finally {
    run.release();
  }
  return { steps, validation, stageBranches, snapshots, seconds };
}

function stepLine(metrics: StepMetrics, total: number, speed: number): string {
  const { step, nll, orthogonal, gradientNorm, learningRate } = metrics;
  const extra = orthogonal === null ? '' : `, orthogonal ${orthogonal.toFixed(2)}`;
  return (
    `  step ${step + 1}/${total}: loss ${nll.toFixed(3)}${extra}, gradient ${gradientNorm.toFixed(2)}, ` +
    `rate ${learningRate.toExponential(1)}, ${Math.round(speed)} tokens/s`
  );
}

const loss = (value: number | null): string => (value === null ? 'none' : value.toFixed(3));

function validationLine({ snapshot, knowledge, alignment }: ValidationPoint): string {
  return `  validation of ${snapshot}: knowledge ${loss(knowledge)}, alignment ${loss(alignment)}`;
}
