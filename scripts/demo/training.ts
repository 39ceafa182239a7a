/** Trains the demo's run with `medcare train`, and prints what it says. */
import type { StepMetrics, ValidationPoint } from '../../src/engine/index.ts';
import { medcare, type Said } from '../cli/call.ts';
import { recordArguments, type RecordFiles } from './files.ts';

export interface DemoRun {
  readonly folder: string;
  readonly adapter: string;
  readonly steps: readonly StepMetrics[];
  readonly validation: readonly Omit<ValidationPoint, 'records'>[];
  /** Seconds by stage, the measurements before and after it included. */
  readonly seconds: readonly number[];
}

const linesPerStage = 6;

interface Job {
  /** Folder of the base model. */
  readonly model: string;
  /** Path of the recipe. */
  readonly recipe: string;
  readonly records: RecordFiles;
  /** Where the run goes. */
  readonly folder: string;
}

export async function trainRun(job: Job, print: (line: string) => void): Promise<DemoRun> {
  const { model, recipe, records, folder } = job;
  const log = new TrainingLog(print);
  await medcare(
    [
      ...['train', recipe, '--model', model, '--precision', 'float32'],
      ...[...recordArguments(records), '--out', folder],
    ],
    (said) => log.hear(said),
  );
  const { adapter, steps, validation, seconds } = log;
  return { folder, adapter, steps, validation, seconds };
}

/** Keeps the curves of a run and prints a line now and then. */
class TrainingLog {
  adapter = '';
  readonly steps: StepMetrics[] = [];
  readonly validation: Omit<ValidationPoint, 'records'>[] = [];
  readonly seconds: number[] = [];
  readonly #print: (line: string) => void;
  #total = 1;
  #began = performance.now();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  hear(said: Said): void {
    switch (said.type) {
      case 'run':
        this.adapter = said.adapter ?? '';
        this.#print(`Adapter: ${this.adapter}${said.software === true ? ' (software)' : ''}`);
        break;
      case 'stage-start':
        this.#endStage();
        this.#total = said.steps;
        this.#print(
          `Stage ${said.stage + 1}, ${said.name.toLowerCase()}: ${said.records} records, ${said.steps} steps`,
        );
        break;
      case 'step':
        this.#step(said);
        break;
      case 'validation': {
        const { type: _type, ...point } = said;
        this.validation.push(point);
        this.#print(validationLine(point));
        break;
      }
      case 'done':
        this.#endStage();
        break;
      default:
        break;
    }
  }

  /** Counts the time since the last stage began, if one did. */
  #endStage(): void {
    const now = performance.now();
    if (this.steps.length > 0) this.seconds.push((now - this.#began) / 1000);
    this.#began = now;
  }

  #step(said: Extract<Said, { type: 'step' }>): void {
    const { type: _type, tokensPerSecond, millisecondsLeft: _left, ...metrics } = said;
    this.steps.push(metrics);
    const { step } = metrics;
    const every = Math.ceil(this.#total / linesPerStage);
    if (step !== 0 && (step + 1) % every !== 0 && step + 1 !== this.#total) return;
    this.#print(stepLine(metrics, this.#total, tokensPerSecond));
  }
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

function validationLine({
  snapshot,
  knowledge,
  alignment,
}: Omit<ValidationPoint, 'records'>): string {
  return `  validation of ${snapshot}: knowledge ${loss(knowledge)}, alignment ${loss(alignment)}`;
}
