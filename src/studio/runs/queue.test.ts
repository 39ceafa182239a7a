import { beforeEach, expect, test } from 'vitest';
import { create } from 'zustand';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { faultFrom } from '../../faults/fault.ts';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { createQueue } from './queue.ts';
import type { NewRun, RunsState } from './runs.ts';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  Object.assign(globalThis, {
    localStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
  });
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

const run = (name: string): NewRun => ({
  ...{ name, modelId: 'nano', dataSetIds: ['a'] },
  recipe: quickRecipe(),
});

/** The queue works only in microtasks: none is left when the next turn begins. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('queued runs follow each other when one ends or fails; one that cannot start stands aside', async () => {
  const { useRuns, started, end } = fakeRuns();
  const useQueue = createQueue(useRuns);
  for (const name of ['first', 'broken', 'second', 'third']) useQueue.getState().add(run(name));
  await settled();
  expect(started).toEqual(['first']);
  const third = useQueue.getState().waiting.find(({ name }) => name === 'third');
  useQueue.getState().move(third?.id ?? '', -1);
  end('failed');
  await settled();
  expect(started).toEqual(['first', 'third']);
  expect(useQueue.getState().waiting.map(({ name, failed }) => [name, failed])).toEqual([
    ['broken', 'no model'],
    ['second', undefined],
  ]);
  useQueue.getState().hold();
  end('done');
  await settled();
  expect(started).toEqual(['first', 'third']);
});

test('the queue is there after a reload and waits to be told', async () => {
  const before = fakeRuns();
  const first = createQueue(before.useRuns);
  first.getState().add(run('one'));
  first.getState().add(run('two'));
  await settled();
  const after = fakeRuns();
  const second = createQueue(after.useRuns);
  await settled();
  expect(second.getState().waiting.map(({ name }) => name)).toEqual(['two']);
  expect(second.getState().going).toBe(false);
  expect(after.started).toEqual([]);
  second.getState().go();
  await settled();
  expect(after.started).toEqual(['two']);
  expect(kept.size).toBe(0);
});
