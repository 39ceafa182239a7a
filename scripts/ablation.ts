/**
 * Runs the ablation grid without a display: Tables 3 and 4 and figures 5 and 6 of the paper, on your own data.
 *
 *   npm run ablation [-- --help]
 *
 * Trains and measures one recipe after another and writes the results page after each. Everything that is
 * finished is kept on disk, down to single batches of answers; the same command goes on where it stopped.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withOwnDevice } from './device.ts';
import { evaluate, openState, type EngineGpu, type EvaluationItem } from '../src/engine/index.ts';
import { planGrid, type GridCell } from '../src/engine/evaluation/grid/grid-plan.ts';
import { gridFigures, gridHeader, gridRows } from '../src/engine/evaluation/grid/grid-tables.ts';
import { compareAnswers } from '../src/engine/evaluation/comparison.ts';
import { reportAnswers, type KnownAnswers } from '../src/engine/evaluation/report.ts';
import { writeCsv } from '../src/formats/texts/csv.ts';
import { figureSvg } from './ablation/figure.ts';
import { readOptions, usage, type AblationOptions } from './ablation/options.ts';
import {
  contrasts,
  measured,
  resultsPage,
  type CellResult,
  type Contrast,
  type GridSettings,
} from './ablation/page.ts';
import { GridState } from './ablation/state.ts';
import { gridBase, trainCell, type GridTraining, type TrainedCell } from './ablation/training.ts';
import { chooseItems, chooseRecords } from './demo/data.ts';
import { tellTokensApart } from './demo/untrained-tokens.ts';

/** Longest sequence while evaluating, and longest written answer, in tokens. */
const evaluationContext = 512;
const answerTokens = 64;
/** Answered at once, and then kept. */
const batchSize = 16;

const started = performance.now();
const print = (line: string): void => {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}] ${line}`);
};

export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(usage);
    return 0;
  }
  await withOwnDevice((gpu) => runGrid(gpu, options));
  return 0;
}

async function runGrid(gpu: EngineGpu, options: AblationOptions): Promise<void> {
  const { seed } = options;
  const { model, ids } = await tellTokensApart(options.model, seed);
  const data = await chooseRecords(model, options.data, { ...options, validation: 0 });
  const tasks = await chooseItems(model, options.data, options);
  const items = tasks.flatMap(({ items: own }) => own);
  const base = gridBase(options);
  const { recipes, fractions } = options;
  const cells = planGrid(base, { ablations: recipes, fractions: [fractions, fractions] });
  const places = data.records.map(({ dataSet, row }) => [dataSet, row]);
  const sets = data.sets.map(({ name }) => name);
  const identity = [basename(options.model), base, sets, places, items, answerTokens];
  const state = new GridState(options.state, JSON.stringify(identity));
  await state.open();
  const settings: GridSettings = {
    options,
    adapter: gpu.adapter.description || gpu.adapter.device,
    software: gpu.adapter.software,
    modelName: basename(options.model),
    parameters: model.parameters,
    sets: data.sets,
    tasks: tasks.map(({ name, items: own, fitting }) => ({ name, items: own.length, fitting })),
    answerTokens,
    ownRows: ids.length,
    date: new Date().toISOString().slice(0, 10),
  };
  print(
    `${settings.adapter}: ${cells.length} recipes, ${data.records.length} records, ${items.length} items`,
  );
  const grid: GridTraining = { gpu, model, data, state, print };
  const known = new Map<string, KnownAnswers>();
  const results: CellResult[] = cells.map((cell) => ({ cell, figures: null, stages: [] }));
  for (const [index, cell] of cells.entries()) {
    print(`${index + 1}/${cells.length} ${cell.name}`);
    const trained = await trainCell(grid, cell.recipe);
    const answers = await answerCell(grid, cell, trained, items);
    const figures = reportAnswers(items, answers, { choices: 'likelihood', seed });
    known.set(cell.id, answers);
    results[index] = { cell, figures, stages: trained.facts };
    const shown = (value: number | undefined): string => ((value ?? 0) * 100).toFixed(1);
    print(
      `    knowledge ${shown(figures.knowledge?.value)}, alignment ${shown(figures.alignment?.value)}`,
    );
    await writeResults(settings, results, contrastsOf(items, known, cells, seed));
  }
}

/** Answers of the state that a recipe ends in; those already given are kept. */
async function answerCell(
  { gpu, model, state: kept }: GridTraining,
  { id, recipe, snapshot }: GridCell,
  { stageBranches }: TrainedCell,
  items: readonly EvaluationItem[],
): Promise<KnownAnswers> {
  const answers = await kept.answers(id);
  if (items.every((_item, place) => answers[place] !== undefined)) return answers;
  const trained = { recipe, stageBranches };
  const state = await openState({ gpu, model, trained, snapshot, context: evaluationContext });
  try {
    await evaluate({
      ...{ state, items, maxTokens: answerTokens, batchSize },
      known: answers,
      onAnswers: (batch) => kept.addAnswers(id, batch),
    });
  } finally {
    state.close();
  }
  return kept.answers(id);
}

/** Those comparisons of which both sides are measured. */
function contrastsOf(
  items: readonly EvaluationItem[],
  known: ReadonlyMap<string, KnownAnswers>,
  cells: readonly GridCell[],
  seed: number,
): Contrast[] {
  const nameOf = (id: string): string => cells.find((cell) => cell.id === id)?.name ?? id;
  return contrasts.flatMap(({ claim, first, second }) => {
    const [one, other] = [known.get(first), known.get(second)];
    if (!one || !other) return [];
    const { knowledge, alignment } = compareAnswers(items, one, other, {
      choices: 'likelihood',
      seed,
    });
    return [{ claim, first: nameOf(first), second: nameOf(second), knowledge, alignment }];
  });
}

async function writeResults(
  settings: GridSettings,
  results: readonly CellResult[],
  compared: readonly Contrast[],
): Promise<void> {
  const { out } = settings.options;
  await mkdir(out, { recursive: true });
  const cells = measured(results);
  await writeFile(join(out, 'README.md'), resultsPage(settings, results, compared));
  await writeFile(join(out, 'results.csv'), writeCsv(gridHeader, gridRows(cells)));
  await writeFile(
    join(out, 'results.json'),
    `${JSON.stringify({ settings, results, contrasts: compared }, null, 2)}\n`,
  );
  for (const figure of gridFigures(cells)) {
    await writeFile(join(out, `${figure.id}.svg`), figureSvg(figure));
  }
}
