/** Runs grids of ablations: one recipe after another is trained by the run keeper and then measured. */
import { planGrid } from '../../engine/evaluation/grid/grid-plan.ts';
import {
  gridFigures,
  gridHeader,
  gridRows,
  gridTable,
  tableMarkdown,
  type MeasuredCell,
} from '../../engine/evaluation/grid/grid-tables.ts';
import { ablations } from '../../engine/training/recipe/ablations.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { asStudioError, fault, faultFrom, type StudioError } from '../../faults/fault.ts';
import { writeCsv } from '../../formats/texts/csv.ts';
import {
  dataLock,
  gridElsewhere,
  gridLock,
  modelLock,
  whileInUse,
} from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type {
  ablationCalls,
  GridCellState,
  GridReport,
  StoredGrid,
} from '../../contract/ablation.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { storeQuestions } from '../evaluation/evaluation-items.ts';
import type { EvaluationKeeper } from '../evaluation/evaluation-keeper.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { Task } from '../tasks/tasks.ts';

/** How often a run is looked at while it trains. */
const LOOK_MS = 300;

/** Faults that would meet every further cell too: the grid stops, and goes on when they are gone. */
const STOPPING: ReadonlySet<string> = new Set([
  'cancelled',
  'run-active',
  'profile-active',
  'device-lost',
  'model-missing',
  'data-missing',
  'storage-full',
  'run-storage-full',
  'storage-changing',
  'run-elsewhere',
]);

class GridKeeper {
  readonly #context: WorkerContext;
  readonly #runs: RunKeeper;
  readonly #evaluations: EvaluationKeeper;

  constructor(context: WorkerContext, runs: RunKeeper, evaluations: EvaluationKeeper) {
    this.#context = context;
    this.#runs = runs;
    this.#evaluations = evaluations;
  }

  /** @throws StudioError `grid-missing` */
  async get(id: string): Promise<StoredGrid> {
    const found = await this.#context.storage.evaluations.grid(id);
    if (found) return found;
    throw fault('grid-missing', { id }, { kept: 'runs-and-evaluations' });
  }

  async #setCell(id: string, index: number, change: Partial<GridCellState>): Promise<StoredGrid> {
    const grid = await this.#context.storage.evaluations.changeGrid(id, (known) => ({
      ...known,
      cells: known.cells.map((cell, i) => (i === index ? { ...cell, ...change } : cell)),
      updatedAt: Date.now(),
    }));
    if (!grid) return this.get(id);
    this.#context.emit({ type: 'ablation.changed', grid });
    return grid;
  }

  /** Cells that are not done, in turn. @throws StudioError one of STOPPING */
  async run(id: string, task: Task): Promise<StoredGrid> {
    const { cells } = await this.get(id);
    for (const [index, { state }] of cells.entries()) {
      if (state === 'done') continue;
      task.check();
      try {
        await this.#runCell(id, index, task);
      } catch (thrown) {
        const error = asStudioError(thrown);
        if (STOPPING.has(error.code)) {
          // What it has is kept; its turn comes again.
          await this.#setCell(id, index, { state: 'waiting' });
          throw error;
        }
        await this.#setCell(id, index, { state: 'failed', error: error.describe() });
      }
    }
    return this.get(id);
  }

  async #runCell(id: string, index: number, task: Task): Promise<void> {
    const grid = await this.get(id);
    const state = grid.cells[index];
    if (!state) return;
    const { cell } = state;
    let { runId } = state;
    if (cell.snapshot !== 'base') {
      await this.#setCell(id, index, { state: 'training', error: null });
      task.progress(null, { code: 'setting-up-run' });
      const run = await this.#train(grid, index, task);
      runId = run.id;
    }
    await this.#setCell(id, index, { state: 'measuring', runId, error: null });
    const { evaluations } = this.#context.storage;
    const { itemsId, files, modelId, settings, name, leftOut } = grid;
    const evaluation = await this.#evaluations.measure(
      {
        state: { modelId, runId, snapshot: cell.snapshot },
        label: `${name} · ${cell.name}`,
        questions: { itemsId, files, leftOut, items: await evaluations.items(itemsId) },
        settings,
        gridId: id,
      },
      task,
    );
    await this.#setCell(id, index, { state: 'done', evaluationId: evaluation.id });
  }

  /** The cell's run, done: begun, taken up or only looked at, as it stands. */
  async #train(grid: StoredGrid, index: number, task: Task): Promise<RunSummary> {
    const state = grid.cells[index];
    if (!state) throw new RangeError(`The grid has no cell ${index}`);
    const earlier = state.runId === null ? null : await this.#find(state.runId);
    if (earlier?.state === 'done') return earlier;
    const run = await this.#go(grid, state, earlier);
    await this.#setCell(grid.id, index, { runId: run.id });
    return this.#wait(run.id, task);
  }

  async #find(runId: string): Promise<RunSummary | null> {
    return (await this.#runs.list()).find(({ id }) => id === runId) ?? null;
  }

  async #go(
    { name, modelId, dataSetIds }: StoredGrid,
    { cell }: GridCellState,
    earlier: RunSummary | null,
  ): Promise<RunSummary> {
    if (earlier?.state === 'running') return earlier;
    const stands = earlier?.state === 'paused' || earlier?.checkpoint;
    // A run that failed or was cut off goes on where it has something to go on from.
    if (earlier && stands && earlier.state !== 'stopped') return this.#runs.resume(earlier.id);
    if (earlier && earlier.state !== 'stopped') await this.#runs.remove(earlier.id);
    const { recipe } = cell;
    return this.#runs.start({ name: `${name} · ${cell.name}`, modelId, dataSetIds, recipe });
  }

  /** Until a run has ended; Cancel pauses it. */
  async #wait(runId: string, task: Task): Promise<RunSummary> {
    for (;;) {
      const run = await this.#find(runId);
      if (run?.state === 'done') return run;
      if (!run || run.state === 'stopped') throw stopped(runId);
      if (run.state === 'failed' || run.state === 'interrupted') throw faultOf(run);
      if (task.signal.aborted) {
        // Paused with a checkpoint, it goes on with the grid, also after a reload.
        if (run.state === 'running') await this.#runs.pause(runId).catch(() => undefined);
        task.check();
      }
      const done = run.stages.reduce((sum, { stepsDone }) => sum + stepsDone, 0);
      const steps = run.stages.reduce((sum, stage) => sum + stage.steps, 0);
      task.progress(steps === 0 ? null : done / steps, { code: 'steps', done, total: steps });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async measured({ cells }: StoredGrid): Promise<MeasuredCell[]> {
    const { evaluations } = this.#context.storage;
    return Promise.all(
      cells.map(async ({ cell, evaluationId, state }) => {
        const found = evaluationId === null ? null : await evaluations.find(evaluationId);
        return { cell, figures: state === 'done' ? (found?.figures ?? null) : null };
      }),
    );
  }
}

function stopped(runId: string): StudioError {
  return fault('grid-run-stopped', { runId }, { kept: 'measured-recipes' });
}

function faultOf({ id, error }: RunSummary): StudioError {
  if (error) return faultFrom(error);
  return fault('grid-run-interrupted', { runId: id }, { kept: 'checkpoints-and-recipes' });
}

function reportOf(cells: readonly MeasuredCell[]): GridReport {
  return {
    tables: (['table-3', 'table-4'] as const).map((table) => gridTable(table, cells)),
    figures: gridFigures(cells),
  };
}

export function ablationHandlers(
  context: WorkerContext,
  runs: RunKeeper,
  evaluations: EvaluationKeeper,
): HandlersOf<typeof ablationCalls> {
  const keeper = new GridKeeper(context, runs, evaluations);
  const { storage, tasks, library } = context;
  const heldAlone = <T>(id: string, work: () => Promise<T>): Promise<T> =>
    alone(storage.locks, gridLock(id), () => gridElsewhere(id), work);
  return {
    'ablation.recipes': async () =>
      ablations
        .filter(({ table }) => table.includes('Table'))
        .map(({ id, name, table }) => ({ id, name, tables: table })),
    'ablation.create': async ({ choice, files, settings, recipe, ...input }) => {
      const base = parseRecipe(recipe);
      const planned = planGrid(base, choice);
      const { summary: model } = await library.open(input.modelId);
      const {
        items,
        itemsId,
        files: names,
        leftOut,
      } = await storeQuestions(context, files, settings);
      const now = Date.now();
      const waiting = { state: 'waiting', runId: null, evaluationId: null, error: null } as const;
      const grid: StoredGrid = {
        id: crypto.randomUUID(),
        name: input.name.trim() === '' ? base.name : input.name.trim(),
        modelId: input.modelId,
        modelName: model.name,
        dataSetIds: input.dataSetIds,
        base,
        files: names,
        itemsId,
        items: items.length,
        ...(leftOut && { leftOut }),
        settings,
        cells: planned.map((cell) => ({ cell, ...waiting })),
        createdAt: now,
        updatedAt: now,
      };
      await storage.evaluations.beginGrid(grid, items);
      context.emit({ type: 'ablation.changed', grid });
      return grid;
    },
    'ablation.run': ({ id, task }) =>
      tasks.run(task, (running) =>
        heldAlone(id, async () => {
          // For all of it: between two of its runs nothing else would hold them.
          const { modelId, dataSetIds } = await keeper.get(id);
          const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
          return whileInUse(storage.locks, used, () => keeper.run(id, running));
        }),
      ),
    'ablation.list': () => storage.evaluations.grids(),
    'ablation.report': async ({ id }) => reportOf(await keeper.measured(await keeper.get(id))),
    'ablation.remove': async ({ id }) => {
      await heldAlone(id, () => storage.evaluations.removeGrid(id));
      return null;
    },
    'ablation.export': async ({ id, format }) => {
      const cells = await keeper.measured(await keeper.get(id));
      if (format === 'csv') {
        const text = writeCsv(gridHeader, gridRows(cells));
        return { name: 'ablation.csv', blob: new Blob([text], { type: 'text/csv' }) };
      }
      const [three, four] = reportOf(cells).tables.map(tableMarkdown);
      const text = `## Table 3\n\n${three ?? ''}\n\n## Table 4\n\n${four ?? ''}\n`;
      return { name: 'ablation.md', blob: new Blob([text], { type: 'text/markdown' }) };
    },
  };
}
