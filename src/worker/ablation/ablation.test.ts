import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { ItemAnswer } from '../../engine/evaluation/items.ts';
import { reportAnswers } from '../../engine/evaluation/report.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { faultFrom } from '../../faults/fault.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import { ablationHandlers } from './ablation.ts';
import type { GridCellState, StoredGrid } from '../../contract/ablation.ts';
import type { WorkerContext } from '../context.ts';
import type { EvaluationSummary } from '../../contract/evaluation.ts';
import type { EvaluationKeeper, EvaluationOrder } from '../evaluation/evaluation-keeper.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import { cancelled, Tasks, type Task } from '../tasks/tasks.ts';

/**
 * The grid over runs and evaluations that are made to fail, which no real device does at a chosen moment.
 * e2e/evaluate.spec.ts shows that a grid trains and measures.
 */

const lines = ['A', 'B', 'A', 'B']
  .map((answer, i) => ({
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: `q${i}`, answer },
    choices: ['A', 'B'],
  }))
  .map((item) => JSON.stringify(item));
const settings = { maxItems: 0, choices: 'likelihood', perplexity: false } as const;

type Faults = Map<string, 'run' | 'evaluation' | 'cancel'>;

async function openGrid(faults: Faults) {
  const storage = await openMemoryStorage(`grid-${crypto.randomUUID()}`);
  const runs: RunSummary[] = [];
  const started: string[] = [];
  const measuredCells: string[] = [];
  const runKeeper = {
    list: async () => runs,
    start: async ({ name, recipe }: { name: string; recipe: RunSummary['recipe'] }) => {
      started.push(name);
      const fails = faults.get(name) === 'run';
      const error = fails
        ? faultFrom({ code: 'loss-not-finite', message: 'm', remedy: 'r' })
        : null;
      const run = {
        ...{ id: `run ${started.length}`, name, recipe, stages: [], checkpoint: null },
        ...{ state: fails ? 'failed' : 'done', error: error?.describe() ?? null },
      } as unknown as RunSummary;
      runs.push(run);
      return run;
    },
    remove: async (id: string) => {
      runs.splice(
        runs.findIndex((run) => run.id === id),
        1,
      );
    },
  } as unknown as RunKeeper;
  const evaluations = {
    measure: async ({ label, questions, state, ...order }: EvaluationOrder, _task: Task) => {
      if (faults.get(label) === 'cancel') throw cancelled();
      if (faults.get(label) === 'evaluation') throw new RangeError('no memory');
      measuredCells.push(label);
      const answer: ItemAnswer = { text: 'A', written: null, reference: null };
      const answers = questions.items.map(() => answer);
      const evaluation: EvaluationSummary = {
        ...{ id: label, label, variant: state, ...order, itemsId: questions.itemsId, files: [] },
        ...{ total: answers.length, answered: answers.length, createdAt: 1, updatedAt: 1 },
        figures: reportAnswers(questions.items, answers, { choices: 'likelihood', seed: 1 }),
      };
      await storage.evaluations.begin(evaluation, questions.items);
      return evaluation;
    },
  } as unknown as EvaluationKeeper;
  const context = {
    storage,
    tasks: new Tasks(() => undefined),
    library: { open: async () => ({ summary: { name: 'M' } }) },
    emit: () => undefined,
  } as unknown as WorkerContext;
  const handlers = ablationHandlers(context, runKeeper, evaluations);
  const grid = await handlers['ablation.create']({
    ...{ name: 'g', modelId: 'm', dataSetIds: ['d'], recipe: quickRecipe(), settings },
    choice: { ablations: ['base', 'mka-keep-na', 'mka-drop-na'], fractions: [[], []] },
    files: [new File([lines.join('\n')], 'items.jsonl')],
  });
  const run = (): Promise<StoredGrid> => handlers['ablation.run']({ id: grid.id, task: 't' });
  return { handlers, grid, run, storage, started, measuredCells };
}

const states = ({ cells }: StoredGrid): GridCellState['state'][] => cells.map(({ state }) => state);
const keepNa = 'g · MKA, NA kept';
const dropNa = 'g · MKA, NA dropped (w/o DA)';

test('a cell that fails is shown and does not stop the others; it is tried again, they are kept', async () => {
  const faults: Faults = new Map([[keepNa, 'run']]);
  const { run, started, measuredCells, handlers, grid } = await openGrid(faults);
  const first = await run();
  expect(states(first)).toEqual(['done', 'failed', 'done']);
  expect(first.cells[1]?.error?.code).toBe('loss-not-finite');
  const before = await handlers['ablation.report']({ id: grid.id });
  expect(before.tables[0]?.rows.map(({ values }) => values[0]?.value ?? null)).toEqual([
    ...[0.5, null, 0.5],
  ]);
  faults.clear();
  expect(states(await run())).toEqual(['done', 'done', 'done']);
  // The base needs no run; only the failed cells were trained and measured again.
  expect(started).toEqual([keepNa, dropNa, keepNa]);
  expect(measuredCells).toEqual(['g · Base model', dropNa, keepNa]);
});

test('Cancel keeps what is measured and what is trained; the cell waits for its turn', async () => {
  const faults: Faults = new Map([[keepNa, 'cancel']]);
  const { run, started, storage, grid } = await openGrid(faults);
  await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  const stored = await storage.evaluations.grid(grid.id);
  if (!stored) throw new Error('the grid is kept');
  expect(states(stored)).toEqual(['done', 'waiting', 'waiting']);
  faults.clear();
  expect(states(await run())).toEqual(['done', 'done', 'done']);
  // Its run had already ended: it was not trained again.
  expect(started).toEqual([keepNa, dropNa]);
});

test('a measurement that fails fails its cell', async () => {
  const { run } = await openGrid(new Map([[dropNa, 'evaluation']]));
  const grid = await run();
  expect(states(grid)).toEqual(['done', 'done', 'failed']);
  expect(grid.cells[2]?.error?.code).toBe('internal');
});
