/**
 * Draws a run that grows to 100,000 steps as the Train page does: progress, five charts, validation, log and
 * the list of runs. `charts.mjs` serves this page and reads the times; see there for what they mean.
 */
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { CurveBook } from '../../src/studio/runs/curves.ts';
import { originRecipe } from '../../src/studio/runs/recipe.ts';
import { selectedRun } from '../../src/studio/runs/run-facts.ts';
import type { LiveCurves } from '../../src/studio/runs/live-curves.ts';
import { useRuns } from '../../src/studio/runs/runs.ts';
import { TooltipProvider } from '../../src/views/shared/controls/Tooltip.tsx';
import { RunList } from '../../src/views/train/RunList.tsx';
import { RunView } from '../../src/views/train/run/RunView.tsx';
import type { RunSummary, StepMetrics } from '../../src/contract/runs.ts';
import '../../src/views/shared/tokens.css';

const stageSteps = 55_000;
const drawnSteps = 100_000;

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
    nll: 1.2 + 3 * Math.exp(-index / 25_000) + 0.4 * noise(index) + spike,
    orthogonal: stage === 0 ? null : 10 * Math.exp(-step / 10_000) + 0.2 * noise(index + 1),
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
source.book.addValidation({
  stage: 0,
  step: 0,
  knowledge: 4.4,
  alignment: 4.9,
  snapshot: 'base',
});

/** The run as the worker would describe it after some steps. */
function summary(stepsDone: number): RunSummary {
  return {
    id: 'bench',
    name: 'Bench',
    modelId: 'bench',
    modelName: 'Bench',
    dataSetIds: [],
    recipe: originRecipe({ preset: 'quick', ablation: null }),
    state: 'running',
    stages: ['Knowledge aggregation', 'Downstream alignment'].map((name, stage) => ({
      name,
      steps: stageSteps,
      stepsDone: Math.max(0, Math.min(stageSteps, stepsDone - stage * stageSteps)),
      records: 100_000,
    })),
    snapshots: [{ id: 'base', label: 'Base', branches: [] }],
    adapter: 'none',
    createdAt: 0,
    updatedAt: stepsDone,
    checkpoint: { stage: 0, step: 20 },
    error: null,
  };
}

useRuns.setState({ phase: 'ready', runs: [summary(drawnSteps)], selectedId: 'bench' });

function Watch() {
  const run = useRuns(selectedRun);
  return (
    run && (
      <>
        <RunView run={run} source={source} onCompare={() => undefined} />
        <RunList />
      </>
    )
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has a root');
document.documentElement.dataset['theme'] = 'light';
createRoot(root).render(
  <TooltipProvider>
    <Watch />
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

/** Followers of the curves, each drawn in a separate frame: five charts, progress, validation, log. */
const followers = 8;

interface Times {
  /** Milliseconds of every frame that drew something. */
  readonly frames: readonly number[];
  /** Milliseconds of every change of the run's summary: stage cards, bars, list of runs. */
  readonly summaries: readonly number[];
}

/** Adds steps one by one, each when everything has been drawn for the one before. */
async function measure(updates: number): Promise<Times> {
  frameTimes.length = 0;
  const summaries: number[] = [];
  const nextFrame = () => new Promise<void>((resolve) => void ask(() => resolve()));
  for (let update = 0; update < updates; update += 1) {
    source.grow();
    const until = (update + 1) * followers;
    while (frameTimes.length < until) await nextFrame();
    const start = performance.now();
    flushSync(() => useRuns.setState({ runs: [summary(source.book.length)] }));
    document.body.getBoundingClientRect();
    summaries.push(performance.now() - start);
  }
  return { frames: frameTimes, summaries };
}

/** Milliseconds between two frames, for every frame of a stretch of time. */
type Intervals = readonly number[];

/**
 * A run that goes on while somebody watches: a step ten times a second, the summary twice, the cursor moved
 * across the charts in every frame and, if asked, the window made wider and narrower all the time.
 */
async function watchRun(milliseconds: number, resized: boolean): Promise<Intervals> {
  const page = document.getElementById('root');
  if (!page) throw new Error('the page has a root');
  const intervals: number[] = [];
  const start = performance.now();
  let last = start;
  let grown = start;
  let told = start;
  for (;;) {
    const now = await new Promise<number>((resolve) => void ask(resolve));
    intervals.push(now - last);
    last = now;
    if (now - start > milliseconds) break;
    if (now - grown >= 100) {
      grown = now;
      source.grow();
    }
    if (now - told >= 500) {
      told = now;
      useRuns.setState({ runs: [summary(source.book.length)] });
    }
    const cursor = document.querySelector('[role=slider]');
    const box = cursor?.getBoundingClientRect();
    if (cursor && box) {
      const clientX = box.left + box.width * (0.5 + 0.45 * Math.sin(now / 700));
      cursor.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX }));
    }
    if (resized) page.style.width = `${1100 + Math.round(300 * Math.sin(now / 400))}px`;
  }
  page.style.width = '';
  return intervals.slice(1);
}

declare global {
  interface Window {
    readonly measureRun: typeof measure;
    readonly watchRun: typeof watchRun;
    readonly drawnPoints: () => number;
  }
}

Object.assign(window, {
  measureRun: measure,
  watchRun,
  drawnPoints: () =>
    [...document.querySelectorAll('path[data-line]')]
      .map((path) => (path.getAttribute('d') ?? '').split(/[ML]/).length - 1)
      .reduce((most, count) => Math.max(most, count), 0),
});
