/**
 * The curves of a run with 10,000 steps drawn, one more step at a time, as the Train page draws them.
 * `charts.mjs` serves this page and reads the times; see there for what they mean.
 */
import { createRoot } from 'react-dom/client';
import { CurveBook } from '../../src/studio/curves.ts';
import type { LiveCurves } from '../../src/studio/runs.ts';
import { RunCharts } from '../../src/views/charts/RunCharts.tsx';
import { TooltipProvider } from '../../src/views/shared/Tooltip.tsx';
import type { StepMetrics } from '../../src/worker/protocol.ts';
import '../../src/views/shared/tokens.css';

const stageSteps = 5500;
const drawnSteps = 10_000;

/** A number in 0 … 1 that looks random and is the same every time. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

/** A course like that of a real run: falling, noisy, with spikes. */
function metrics(index: number): StepMetrics {
  const stage = index < stageSteps ? 0 : 1;
  const step = index - stage * stageSteps;
  const spike = index % 997 === 0 ? 2 : 0;
  return {
    stage,
    step,
    nll: 1.2 + 3 * Math.exp(-index / 2500) + 0.4 * noise(index) + spike,
    orthogonal: stage === 0 ? null : 10 * Math.exp(-step / 1000) + 0.2 * noise(index + 1),
    learningRate: 1e-4 * (1 + Math.cos((Math.PI * step) / stageSteps)),
    gradientNorm: 0.6 + noise(index + 2) + spike,
    targetTokens: 700,
    tokens: 2048,
    milliseconds: 180 + 40 * noise(index + 3),
  };
}

class GrowingCurves implements LiveCurves {
  readonly book = new CurveBook();
  readonly status = 'ready';
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  grow(): void {
    this.book.append([metrics(this.book.length)]);
    for (const listener of this.#listeners) listener();
  }
}

const source = new GrowingCurves();
source.book.append(Array.from({ length: drawnSteps }, (_, index) => metrics(index)));
const stages = ['Knowledge aggregation', 'Downstream alignment'].map((name) => ({
  name,
  steps: stageSteps,
  stepsDone: 0,
  records: 0,
}));

const root = document.getElementById('root');
if (!root) throw new Error('the page has a root');
document.documentElement.dataset['theme'] = 'light';
createRoot(root).render(
  <TooltipProvider>
    <RunCharts source={source} stages={stages} />
  </TooltipProvider>,
);

/** Milliseconds of every animation-frame callback from now on: what the page itself does in a frame. */
const frameTimes: number[] = [];
const ask = globalThis.requestAnimationFrame.bind(globalThis);
globalThis.requestAnimationFrame = (callback) =>
  ask((time) => {
    const start = performance.now();
    callback(time);
    // Style and layout belong to the update; painting is added by the trace in charts.mjs.
    document.body.getBoundingClientRect();
    frameTimes.push(performance.now() - start);
  });

const charts = 5;

/** Adds steps one by one, each when all charts have drawn the one before. */
async function measure(updates: number): Promise<readonly number[]> {
  frameTimes.length = 0;
  const nextFrame = () => new Promise<void>((resolve) => void ask(() => resolve()));
  for (let update = 0; update < updates; update += 1) {
    source.grow();
    const until = (update + 1) * charts;
    while (frameTimes.length < until) await nextFrame();
  }
  return frameTimes;
}

declare global {
  interface Window {
    readonly measureCharts: typeof measure;
    readonly drawnPoints: () => number;
  }
}

Object.assign(window, {
  measureCharts: measure,
  drawnPoints: () =>
    [...document.querySelectorAll('.chart__lines path')]
      .map((path) => (path.getAttribute('d') ?? '').split(/[ML]/).length - 1)
      .reduce((most, count) => Math.max(most, count), 0),
});
