/** Runs grids of ablations: the run keeper trains one recipe after another, and each is then measured. */
import type { ablationCalls, GridReport, StoredGrid } from '../../contract/ablation.ts';
import type { CallInput, CallOutput } from '../../contract/contract.ts';
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
import { writeCsv } from '../../formats/texts/csv.ts';
import {
  dataLock,
  gridElsewhere,
  gridLock,
  modelLock,
  whileInUse,
} from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import { storeQuestions } from '../evaluation/evaluation-items.ts';
import type { EvaluationKeeper } from '../evaluation/evaluation-keeper.ts';
import { GridKeeper } from './grid-keeper.ts';

export function ablationHandlers(
  context: WorkerContext,
  runs: RunKeeper,
  evaluations: EvaluationKeeper,
): HandlersOf<typeof ablationCalls> {
  const keeper = new GridKeeper(context, runs, evaluations);
  const { storage, tasks } = context;
  const heldAlone = <T>(id: string, work: () => Promise<T>): Promise<T> =>
    alone(storage.locks, gridLock(id), () => gridElsewhere(id), work);
  const measured = async (id: string): Promise<MeasuredCell[]> =>
    keeper.measured(await keeper.get(id));
  return {
    'ablation.recipes': async () =>
      ablations
        .filter(({ table }) => table.includes('Table'))
        .map(({ id, name, table }) => ({ id, name, tables: table })),
    'ablation.create': (asked) => createGrid(context, asked),
    'ablation.run': ({ id, task }) =>
      tasks.run(task, (running) =>
        heldAlone(id, async () => {
          // They are held for the whole grid: between two of its runs nothing else would hold them.
          const { modelId, dataSetIds } = await keeper.get(id);
          const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
          return whileInUse(storage.locks, used, () => keeper.run(id, running));
        }),
      ),
    'ablation.list': () => storage.evaluations.grids(),
    'ablation.report': async ({ id }) => reportOf(await measured(id)),
    'ablation.remove': async ({ id }) => {
      await heldAlone(id, () => storage.evaluations.removeGrid(id));
      return null;
    },
    'ablation.export': async ({ id, format }) => fileOf(await measured(id), format),
  };
}

/** Plans the cells of a grid and keeps the questions that all of them are measured on. */
async function createGrid(
  context: WorkerContext,
  {
    choice,
    files,
    columns,
    settings,
    recipe,
    name,
    modelId,
    dataSetIds,
  }: CallInput<'ablation.create'>,
): Promise<StoredGrid> {
  const base = parseRecipe(recipe);
  const planned = planGrid(base, choice);
  const { summary: model } = await context.library.open(modelId);
  const questions = await storeQuestions(context, { files, columns }, settings);
  const now = Date.now();
  const waiting = { state: 'waiting', runId: null, evaluationId: null, error: null } as const;
  const grid: StoredGrid = {
    id: crypto.randomUUID(),
    name: name.trim() === '' ? base.name : name.trim(),
    modelId,
    modelName: model.name,
    dataSetIds,
    base,
    files: questions.files,
    itemsId: questions.itemsId,
    items: questions.items.length,
    ...(questions.leftOut && { leftOut: questions.leftOut }),
    settings,
    cells: planned.map((cell) => ({ cell, ...waiting })),
    createdAt: now,
    updatedAt: now,
  };
  await context.storage.evaluations.beginGrid(grid, questions.items);
  context.emit({ type: 'ablation.changed', grid });
  return grid;
}

function reportOf(cells: readonly MeasuredCell[]): GridReport {
  return {
    tables: (['table-3', 'table-4'] as const).map((table) => gridTable(table, cells)),
    figures: gridFigures(cells),
  };
}

function fileOf(
  cells: readonly MeasuredCell[],
  format: CallInput<'ablation.export'>['format'],
): CallOutput<'ablation.export'> {
  if (format === 'csv') {
    const text = writeCsv(gridHeader, gridRows(cells));
    return { name: 'ablation.csv', blob: new Blob([text], { type: 'text/csv' }) };
  }
  const [three, four] = reportOf(cells).tables.map(tableMarkdown);
  const text = `## Table 3\n\n${three ?? ''}\n\n## Table 4\n\n${four ?? ''}\n`;
  return { name: 'ablation.md', blob: new Blob([text], { type: 'text/markdown' }) };
}
