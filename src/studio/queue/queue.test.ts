import { beforeEach, expect, test } from 'vitest';
import { create } from 'zustand';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { faultFrom } from '../../faults/fault.ts';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import type { NewRun, RunsState } from '../runs/runs.ts';
import type { MeasurementWork, RunWork, Work } from './queued-work.ts';
import { createQueue, type Jobs } from './queue.ts';
import { stubStorage } from '../testing/stub-storage.ts';

let kept: Map<string, string>;

beforeEach(() => {
  kept = stubStorage();
});

/** Runs that start at once, unless their name says that they cannot, and end when a test tells them to. */
function fakeRuns() {
  const started: string[] = [];
  const useRuns = create<RunsState>()(
    (set) =>
      ({
        phase: 'ready',
        runs: [],
        starting: false,
        error: null,
        start: async ({ name }: NewRun) => {
          if (name === 'broken') {
            const error = faultFrom({ code: 'x', message: 'no model', remedy: '' });
            set({ error });
            return null;
          }
          started.push(name);
          const run = { name, id: name, state: 'running' } as RunSummary;
          set(({ runs }) => ({ runs: [...runs, run] }));
          return run;
        },
      }) as unknown as RunsState,
  );
  const end = (state: RunState) =>
    useRuns.setState(({ runs }) => ({ runs: runs.map((run) => ({ ...run, state })) }));
  return { useRuns, started, end };
}

/** Work that begins at once and ends when a test tells it to. */
function fakeJobs(runsOf: Jobs['runsOf'] = () => []) {
  const begun: string[] = [];
  const dropped: string[] = [];
  let ended: () => void = () => undefined;
  const jobs: Jobs = {
    busy: () => false,
    runsOf,
    subscribe: () => undefined,
    work: ({ kind }) => {
      begun.push(kind);
      return new Promise<void>((resolve) => (ended = resolve));
    },
    dropped: (id) => void dropped.push(id),
  };
  return { jobs, begun, dropped, end: () => ended() };
}

const run = (name: string): RunWork => ({
  ...{ kind: 'run', name, modelId: 'nano', dataSetIds: ['a'] },
  recipe: quickRecipe(),
});
const grid: Work = { kind: 'grid', gridId: 'g', name: 'Ablations' };
const measurement: MeasurementWork = {
  kind: 'measurement',
  states: [{ state: { modelId: 'nano', runId: null, snapshot: 'base' }, label: 'Base' }],
  bundled: ['exam.jsonl'],
  own: ['ward.jsonl'],
  settings: { maxItems: 20, choices: 'likelihood', perplexity: false },
};
const kindsOf = ({ waiting }: { waiting: readonly Work[] }) => waiting.map(({ kind }) => kind);
const nameOf = (work: Work) => ('name' in work ? work.name : work.kind);

/** The queue works only in microtasks: none is left when the next turn begins. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('queued runs follow each other when one ends or fails; one that cannot start stands aside', async () => {
  const { useRuns, started, end } = fakeRuns();
  const useQueue = createQueue(useRuns, fakeJobs().jobs);
  for (const name of ['first', 'broken', 'second', 'third']) useQueue.getState().add(run(name));
  await settled();
  expect(started).toEqual(['first']);
  const third = useQueue.getState().waiting.find((work) => nameOf(work) === 'third');
  useQueue.getState().move(third?.id ?? '', -1);
  end('failed');
  await settled();
  expect(started).toEqual(['first', 'third']);
  expect(useQueue.getState().waiting.map((work) => [nameOf(work), work.failed])).toEqual([
    ['broken', 'no model'],
    ['second', undefined],
  ]);
  useQueue.getState().hold();
  end('done');
  await settled();
  expect(started).toEqual(['first', 'third']);
});

test('what begins is told from what waits behind it', async () => {
  const { useRuns } = fakeRuns();
  const useQueue = createQueue(useRuns, fakeJobs().jobs);
  const whileIsBegun: (string | null)[] = [];
  useRuns.subscribe(() => whileIsBegun.push(useQueue.getState().beginningId));
  const id = useQueue.getState().add(run('one'));
  await settled();
  expect(whileIsBegun).toEqual([id]);
  expect(useQueue.getState()).toMatchObject({ beginningId: null, waiting: [] });
});

test('the queue is there after a reload and waits to be told', async () => {
  const before = fakeRuns();
  const first = createQueue(before.useRuns, fakeJobs().jobs);
  first.getState().add(run('one'));
  await settled();
  for (const work of [run('two'), grid, measurement]) first.getState().add(work);
  await settled();
  const [after, jobs] = [fakeRuns(), fakeJobs()];
  const second = createQueue(after.useRuns, jobs.jobs);
  await settled();
  const waiting = second.getState().waiting.map(({ id: _id, ...work }) => work);
  expect(waiting).toEqual([measurement, run('two'), grid]);
  expect(second.getState().going).toBe(false);
  expect([after.started, jobs.begun]).toEqual([[], []]);
  second.getState().go();
  await settled();
  expect([after.started, jobs.begun]).toEqual([[], ['measurement']]);
  jobs.end();
  await settled();
  after.end('done');
  await settled();
  expect([after.started, jobs.begun]).toEqual([['two'], ['measurement', 'grid']]);
  expect(kept.size).toBe(0);
});

test('runs that version 0.1.0 queued are read, and nothing else', () => {
  const { kind: _kind, ...plain } = run('earlier');
  const others = [{ id: 'b', ...plain, recipe: {} }, { id: 'c', kind: 'dance' }, null, 7];
  kept.set('medcare-studio.run-queue', JSON.stringify([{ id: 'a', ...plain }, ...others]));
  const useQueue = createQueue(fakeRuns().useRuns, fakeJobs().jobs);
  expect(useQueue.getState().waiting).toEqual([{ id: 'a', ...run('earlier') }]);
});

test('measurements and grids begin where the device is free, and wait behind a run; one can leave', async () => {
  const { useRuns, end } = fakeRuns();
  const { jobs, begun, dropped, end: jobEnds } = fakeJobs();
  const useQueue = createQueue(useRuns, jobs);
  const { begin, remove, add } = useQueue.getState();
  expect(begin(measurement)).toBeNull();
  expect(begun).toEqual(['measurement']);
  // A run waits for the measurement, a grid for both, and a second measurement goes first.
  add(run('one'));
  begin(grid);
  const second = begin(measurement) ?? '';
  await settled();
  expect(kindsOf(useQueue.getState())).toEqual(['measurement', 'run', 'grid']);
  remove(second);
  expect(dropped).toEqual([second]);
  jobEnds();
  await settled();
  expect(kindsOf(useQueue.getState())).toEqual(['grid']);
  end('done');
  await settled();
  expect(begun).toEqual(['measurement', 'grid']);
  expect(useQueue.getState().waiting).toEqual([]);
});

test('beside a paused run a measurement goes on, and a grid only with a run of its own', async () => {
  const { useRuns, end } = fakeRuns();
  const own: string[] = [];
  const { jobs, begun, end: jobEnds } = fakeJobs(() => own);
  const useQueue = createQueue(useRuns, jobs);
  useQueue.getState().add(run('one'));
  await settled();
  end('paused');
  const { begin } = useQueue.getState();
  expect(begin(grid)).not.toBeNull();
  expect(begin(measurement)).toBeNull();
  jobEnds();
  await settled();
  expect(begun).toEqual(['measurement']);
  own.push('one');
  useQueue.getState().go();
  await settled();
  expect(begun).toEqual(['measurement', 'grid']);
});
