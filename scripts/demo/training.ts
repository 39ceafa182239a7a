/** Recipe and run of the demo. */
import {
  train,
  type EngineGpu,
  type Model,
  type Recipe,
  type StepMetrics,
  type Trained,
  type ValidationPoint,
} from '../../src/engine/index.ts';
import { inOrder, type DemoData } from './data.ts';
import type { DemoOptions } from './options.ts';
import { smallModelRecipe } from './training-options.ts';

/** The recipe of the demo; it is never resumed, and keeps no checkpoint. */
export function demoRecipe(options: DemoOptions): Recipe {
  return smallModelRecipe(options, { name: 'MedCare demo', checkpointEverySteps: 1_000_000 });
}

export interface DemoRun {
  readonly trained: Trained;
  readonly steps: readonly StepMetrics[];
  readonly validation: readonly ValidationPoint[];
  /** Seconds by stage, validation at its end included. */
  readonly seconds: readonly number[];
}

const linesPerStage = 6;

/** Runs every stage of a recipe, printing a line now and then. */
export async function runStages(
  gpu: EngineGpu,
  model: Model,
  recipe: Recipe,
  { data, print }: { readonly data: DemoData; readonly print: (line: string) => void },
): Promise<DemoRun> {
  const steps: StepMetrics[] = [];
  const validation: ValidationPoint[] = [];
  const seconds: number[] = [];
  const [records, apart] = [inOrder(data.records), inOrder(data.validation)];
  let total = 1;
  let started = performance.now();
  let sinceLine = { tokens: 0, milliseconds: 0 };
  for await (const event of train({ gpu, model, recipe, records, validation: apart })) {
    if (event.type === 'stage-start') {
      total = event.steps;
      const { stage, name } = event;
      print(`Stage ${stage + 1}, ${name.toLowerCase()}: ${event.records} records, ${total} steps`);
    } else if (event.type === 'step') {
      steps.push(event.metrics);
      const { step, tokens, milliseconds } = event.metrics;
      sinceLine.tokens += tokens;
      sinceLine.milliseconds += milliseconds;
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
      seconds.push((performance.now() - started) / 1000);
      started = performance.now();
    } else if (event.type === 'done') {
      return { trained: event.trained, steps, validation, seconds };
    }
  }
  throw new Error('The run did not end');
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
