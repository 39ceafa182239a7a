import { describe, expect, it } from 'vitest';
import { faultFrom } from '../../faults/fault.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { CallInput, CallKind, CallOutput, WorkerEvent } from '../../contract/contract.ts';
import type { RunSummary, StepMetrics } from '../../contract/runs.ts';
import {
  activeRun,
  currentStage,
  nextRunName,
  resumableRuns,
  runProgress,
  selectedRun,
  shownState,
  tookPart,
} from './run-facts.ts';
import { createRuns } from './runs.ts';

function run(id: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: id,
    modelId: 'm',
    modelName: 'M',
    dataSetIds: ['d'],
    recipe: quickRecipe(),
    state: 'done',
    stages: [
      { name: 'one', steps: 10, stepsDone: 10, records: 80 },
      { name: 'two', steps: 5, stepsDone: 1, records: 40 },
    ],
    snapshots: [],
    adapter: 'test',
    createdAt: 0,
    updatedAt: 0,
    checkpoint: null,
    error: null,
    ...change,
  };
}

function step(stage: number, index: number, milliseconds = 100): StepMetrics {
  return {
    stage,
    step: index,
    nll: index,
    orthogonal: null,
    learningRate: 0,
    gradientNorm: 0,
    targetTokens: 1,
    tokens: 1,
    milliseconds,
  };
}

/** A worker whose answers the test gives by hand. */
class ScriptedWorker implements WorkerClient {
  readonly calls: { kind: CallKind; input: unknown }[] = [];
  readonly #answers: { resolve: (output: never) => void; reject: (error: unknown) => void }[] = [];
  readonly #listeners = new Set<(event: WorkerEvent) => void>();

  call<K extends CallKind>(kind: K, input: CallInput<K>): Promise<CallOutput<K>> {
    this.calls.push({ kind, input });
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  subscribe(listener: (event: WorkerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => undefined;
  }

  emit(event: WorkerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Answers the oldest open call and lets its awaiting code run. */
  async answer(output: unknown): Promise<void> {
    this.#answers.shift()?.resolve(output as never);
    await new Promise((resolve) => setTimeout(resolve));
  }

  async refuse(error: unknown): Promise<void> {
    this.#answers.shift()?.reject(error);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe('runs', () => {
  it('lists newest first and follows what the worker tells', async () => {
    const worker = new ScriptedWorker();
    const { useRuns } = createRuns(worker);
    void useRuns.getState().load();
    await worker.answer([run('old', { createdAt: 1 }), run('new', { createdAt: 2 })]);
    expect(useRuns.getState().runs.map(({ id }) => id)).toEqual(['new', 'old']);
    worker.emit({ type: 'runs.changed', run: run('old', { createdAt: 1, state: 'running' }) });
    expect(useRuns.getState().runs.map(({ state }) => state)).toEqual(['done', 'running']);
    worker.emit({ type: 'runs.changed', run: run('newest', { createdAt: 3 }) });
    expect(useRuns.getState().runs).toHaveLength(3);
  });

  it('starts one run at a time, selects it, and shows why it could not', async () => {
    const worker = new ScriptedWorker();
    const { useRuns } = createRuns(worker);
    const input = { name: 'a', modelId: 'm', dataSetIds: [], recipe: quickRecipe() };
    const first = useRuns.getState().start(input);
    expect(useRuns.getState().starting).toBe(true);
    expect(await useRuns.getState().start(input)).toBeNull();
    await worker.answer(run('r1', { state: 'preparing' }));
    expect((await first)?.id).toBe('r1');
    expect(useRuns.getState().selectedId).toBe('r1');
    const second = useRuns.getState().start(input);
    worker.emit({ type: 'runs.changed', run: run('r2', { state: 'preparing' }) });
    await worker.refuse(faultFrom({ code: 'no-records', message: 'x', remedy: 'y' }));
    expect(await second).toBeNull();
    expect(useRuns.getState().error?.code).toBe('no-records');
    expect(useRuns.getState().starting).toBe(false);
    // The run that was being set up is gone.
    await worker.answer([run('r1')]);
    expect(useRuns.getState().runs.map(({ id }) => id)).toEqual(['r1']);
    expect(useRuns.getState().error?.code).toBe('no-records');
  });

  it('marks a command until it is answered', async () => {
    const worker = new ScriptedWorker();
    const { useRuns } = createRuns(worker);
    void useRuns.getState().command('r', 'pause');
    expect(useRuns.getState().commands).toEqual({ r: 'pause' });
    void useRuns.getState().command('r', 'stop');
    expect(worker.calls.map(({ kind }) => kind)).toEqual(['runs.pause']);
    await worker.answer(null);
    expect(useRuns.getState().commands).toEqual({});
  });

  it('reads curves once and appends what comes after', async () => {
    const worker = new ScriptedWorker();
    const { curvesOf } = createRuns(worker);
    const source = curvesOf('r');
    expect(curvesOf('r')).toBe(source);
    let told = 0;
    source.subscribe(() => (told += 1));
    // The answer may be older than the steps reported while it was on its way.
    worker.emit({ type: 'runs.steps', runId: 'r', steps: [step(0, 1)] });
    expect(source.book.length).toBe(0);
    await worker.answer({ steps: [step(0, 0)], validation: [] });
    expect(source.status).toBe('ready');
    expect([...source.book.curve('nll')]).toEqual([0, 1]);
    worker.emit({ type: 'runs.steps', runId: 'r', steps: [step(0, 2)] });
    worker.emit({ type: 'runs.steps', runId: 'other', steps: [step(0, 9)] });
    expect([...source.book.curve('nll')]).toEqual([0, 1, 2]);
    const point = { stage: 0, step: 3, knowledge: 1, alignment: null, snapshot: 'base' };
    worker.emit({ type: 'runs.validation', runId: 'r', point });
    expect(source.book.validation).toEqual([point]);
    expect(told).toBe(3);
  });

  it('reads curves anew when steps were missed', async () => {
    const worker = new ScriptedWorker();
    const { curvesOf } = createRuns(worker);
    const source = curvesOf('r');
    await worker.answer({ steps: [step(0, 0)], validation: [] });
    worker.emit({ type: 'runs.steps', runId: 'r', steps: [step(0, 5)] });
    expect(worker.calls).toHaveLength(2);
    await worker.answer({ steps: [0, 1, 2, 3, 4, 5].map((i) => step(0, i)), validation: [] });
    expect(source.book.length).toBe(6);
    expect(source.book.missing).toBe(false);
  });

  it('says why curves could not be read', async () => {
    const worker = new ScriptedWorker();
    const { curvesOf } = createRuns(worker);
    const source = curvesOf('r');
    await worker.refuse(faultFrom({ code: 'gone', message: 'x', remedy: 'y' }));
    expect(source.status).toMatchObject({ code: 'gone' });
  });
});

describe('about runs', () => {
  it('chooses what to look at', () => {
    const runs = [run('a'), run('b', { state: 'paused' })];
    expect(selectedRun({ runs, selectedId: 'a' })?.id).toBe('a');
    expect(selectedRun({ runs, selectedId: 'gone' })?.id).toBe('b');
    expect(activeRun({ runs })?.id).toBe('b');
    expect(selectedRun({ runs: [], selectedId: null })).toBeNull();
  });

  it('offers only runs that can go on', () => {
    const checkpoint = { stage: 0, step: 5 };
    const runs = [
      run('cut', { state: 'interrupted', checkpoint }),
      run('lost', { state: 'interrupted' }),
      run('done', { checkpoint }),
    ];
    expect(resumableRuns({ runs }).map(({ id }) => id)).toEqual(['cut']);
  });

  it('counts steps over all stages', () => {
    const under = run('r');
    expect(runProgress(under)).toEqual({ done: 11, total: 15 });
    expect(currentStage(under)).toBe(1);
  });

  it('numbers names that are taken', () => {
    expect(nextRunName('Quick look', [])).toBe('Quick look');
    expect(nextRunName('Quick look', [{ name: 'Quick look' }, { name: 'Quick look 2' }])).toBe(
      'Quick look 3',
    );
  });
});

it('calls a run paused that a person paused before its tab was closed, and no other', () => {
  const error = { code: 'device-lost', message: '', kept: '', remedy: '', data: {} };
  const gone = { state: 'interrupted', paused: true } as const;
  expect(shownState(run('a', gone))).toBe('paused');
  expect(shownState(run('b', { ...gone, paused: false }))).toBe('interrupted');
  expect(shownState(run('c', { ...gone, error }))).toBe('interrupted');
  expect(shownState(run('d', { state: 'running', paused: true }))).toBe('running');
});

it('knows whether knowledge took part, and does not deny it where a set is gone', () => {
  const sets = [
    { id: 'd', kind: 'alignment' },
    { id: 'k', kind: 'knowledge' },
  ] as const;
  expect(tookPart(run('a'), sets, 'knowledge')).toBe(false);
  expect(tookPart(run('a', { dataSetIds: ['d', 'k'] }), sets, 'knowledge')).toBe(true);
  expect(tookPart(run('a', { dataSetIds: ['d', 'gone'] }), sets, 'knowledge')).toBe(true);
});
