/** How far a training is, from its steps: rate, time left, and a line for people. */
import type { RunSummary } from '../contract/runs.ts';
import type { StepMetrics } from '../engine/index.ts';
import { duration, loss, whole } from './words/figures.ts';
import { inLanguages } from './words/language.ts';

const text = inLanguages({
  en: {
    place: (stage: number, stages: number, step: number, steps: number) =>
      `stage ${stage} of ${stages}, step ${step} of ${steps}`,
    loss: (value: string) => `loss ${value}`,
    rate: (tokens: string) => `${tokens} tokens/s`,
    left: (time: string) => `${time} left`,
  },
  zh: {
    place: (stage, stages, step, steps) => `阶段 ${stage}/${stages}，第 ${step}/${steps} 步`,
    loss: (value) => `损失 ${value}`,
    rate: (tokens) => `${tokens} 词元/秒`,
    left: (time) => `还需 ${time}`,
  },
});

/** Steps that the rate is taken from. */
const RECENT = 32;

export interface Progress {
  readonly tokensPerSecond: number;
  /** Of all stages; null until a step was taken. */
  readonly millisecondsLeft: number | null;
}

export class TrainingProgress {
  #stages: RunSummary['stages'] = [];
  readonly #recent: StepMetrics[] = [];

  /** @param stages with the step taken */
  step(metrics: StepMetrics, stages: RunSummary['stages']): void {
    this.#stages = stages;
    // Steps of another stage take another time.
    if (this.#recent.at(-1)?.stage !== metrics.stage) this.#recent.length = 0;
    this.#recent.push(metrics);
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  get now(): Progress {
    const tokens = this.#recent.reduce((sum, step) => sum + step.tokens, 0);
    const milliseconds = this.#recent.reduce((sum, step) => sum + step.milliseconds, 0);
    const left = this.#stages.reduce((sum, { steps, stepsDone }) => sum + steps - stepsDone, 0);
    return {
      tokensPerSecond: milliseconds > 0 ? (1000 * tokens) / milliseconds : 0,
      millisecondsLeft:
        this.#recent.length > 0 ? (left * milliseconds) / this.#recent.length : null,
    };
  }

  get line(): string {
    const last = this.#recent.at(-1);
    if (!last) return '';
    const words = text();
    const { tokensPerSecond, millisecondsLeft } = this.now;
    const { steps = 0, stepsDone = 0 } = this.#stages[last.stage] ?? {};
    return [
      words.place(last.stage + 1, this.#stages.length, stepsDone, steps),
      words.loss(loss(last.nll)),
      words.rate(whole(tokensPerSecond)),
      ...(millisecondsLeft === null ? [] : [words.left(duration(millisecondsLeft))]),
    ].join(' · ');
  }
}
