/** Runs grids of ablations: one recipe after another is trained by the run keeper and then measured. */
import type { GridCellState, StoredGrid } from '../../contract/ablation.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { MeasuredCell } from '../../engine/evaluation/grid/grid-tables.ts';
import { asStudioError, fault, faultFrom, type StudioError } from '../../faults/fault.ts';
import type { WorkerContext } from '../context.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { Task } from '../tasks/tasks.ts';
import type { EvaluationKeeper } from '../evaluation/evaluation-keeper.ts';

/** How often a run is looked at while it trains. */
const LOOK_MS = 300;

/** Faults that would also hit every further cell: the grid stops, and can go on when they are gone. */
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

/** Works through the cells of a grid in turn, and stores the progress of each. */
export class GridKeeper {
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

  /** Runs the unfinished cells in turn. @throws StudioError one of STOPPING */
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
          // The cell keeps its results so far; its turn comes again.
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

  /** Gives the finished run of a cell: starts it, resumes it or finds it already done. */
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
    if (earlier?.state === 'running' || earlier?.state === 'reopening') return earlier;
    const stands = earlier?.state === 'paused' || earlier?.checkpoint;
    // A failed or interrupted run goes on if it has a checkpoint.
    if (earlier && stands && earlier.state !== 'stopped') return this.#runs.resume(earlier.id);
    if (earlier && earlier.state !== 'stopped') await this.#runs.remove(earlier.id);
    const { recipe } = cell;
    return this.#runs.start({ name: `${name} · ${cell.name}`, modelId, dataSetIds, recipe });
  }

  /** Waits until a run has ended; Cancel pauses it. */
  async #wait(runId: string, task: Task): Promise<RunSummary> {
    for (;;) {
      const run = await this.#find(runId);
      if (run?.state === 'done') return run;
      if (!run || run.state === 'stopped') throw stopped(runId);
      if (run.state === 'failed' || run.state === 'interrupted') throw faultOf(run);
      if (task.signal.aborted) {
        // The paused run has a checkpoint, so it can go on with the grid, even after a reload.
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
