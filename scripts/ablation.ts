/**
 * Runs the ablation grid without a display: Tables 3 and 4 and figures 5 and 6 of the paper, on your own data.
 *
 *   npm run ablation [-- --help]
 *
 * Chooses records and questions by seed and has the command line `medcare` train and measure one recipe after another;
 * writes the results page after each. Everything that is finished is kept on disk, and a run that was interrupted goes
 * on from its checkpoint; the same command goes on where it stopped.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BOOTSTRAP_SEED } from '../src/engine/evaluation/statistics/bootstrap.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import type { EvaluationItem } from '../src/engine/index.ts';
import { planGrid, type GridCell } from '../src/engine/evaluation/grid/grid-plan.ts';
import { gridFigures, gridHeader, gridRows } from '../src/engine/evaluation/grid/grid-tables.ts';
import { compareAnswers } from '../src/engine/evaluation/comparison.ts';
import type { KnownAnswers } from '../src/engine/evaluation/report.ts';
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
import { trainCell, type GridTraining } from './ablation/training.ts';
import { Interrupted } from './cli/call.ts';
import { elapsed } from './cli/elapsed.ts';
import { chooseItems, chooseRecords } from './demo/data.ts';
import { answerTokens, evaluateState, readAnswers, type Evaluation } from './demo/evaluation.ts';
import { splitLike, writeQuestions, writeRecords } from './demo/files.ts';
import { smallModelRecipe } from './demo/training-options.ts';
import { folderToldApart } from './demo/untrained-tokens.ts';
import { withOwnDevice } from './device.ts';

const print = (line: string): void => console.log(`[${elapsed()}] ${line}`);

export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(usage);
    return EXIT.done;
  }
  try {
    await runGrid(options);
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    print('Interrupted. The same command goes on where this one stopped.');
    return EXIT.interrupted;
  }
  return EXIT.done;
}

/** A grid that is ready to be trained and measured. */
interface Grid extends GridTraining {
  readonly settings: GridSettings;
  readonly cells: readonly GridCell[];
  readonly items: readonly EvaluationItem[];
  /** The file of questions. */
  readonly questions: string;
}

async function runGrid(options: AblationOptions): Promise<void> {
  const grid = await openGrid(options);
  const { cells, items, settings } = grid;
  print(`${settings.adapter}: ${cells.length} recipes, ${items.length} items`);
  const known = new Map<string, KnownAnswers>();
  const results: CellResult[] = cells.map((cell) => ({ cell, figures: null, stages: [] }));
  for (const [index, cell] of cells.entries()) {
    print(`${index + 1}/${cells.length} ${cell.name}`);
    const stages = await trainCell(grid, cell, cells.slice(0, index));
    const { figures, answers } = await evaluateCell(grid, cell);
    known.set(
      cell.id,
      answers.map(({ said }) => ({ text: said, written: null, reference: null })),
    );
    results[index] = { cell, figures, stages };
    const shown = (value: number | undefined): string => ((value ?? 0) * 100).toFixed(1);
    print(
      `    knowledge ${shown(figures.knowledge?.value)}, alignment ${shown(figures.alignment?.value)}`,
    );
    await writeResults(settings, results, contrastsOf(items, known, cells));
  }
}

/** Chooses records and questions, and writes them where the grid keeps what it has finished. */
async function openGrid(options: AblationOptions): Promise<Grid> {
  const { seed, recipes, fractions } = options;
  const name = basename(options.model);
  const place = join(options.state, 'models', `${name}-${seed}`);
  const { model, ids, folder } = await folderToldApart(options.model, seed, place);
  const data = await chooseRecords(model, options.data, { ...options, validation: 0 });
  const tasks = await chooseItems(model, options.data, options);
  const items = tasks.flatMap(({ items: own }) => own);
  const base = smallModelRecipe(options, { checkpointEverySteps: 10 });
  const split = splitLike(base, data);
  const places = data.records.map(({ dataSet, row }) => [dataSet, row]);
  const sets = data.sets.map(({ name: set }) => set);
  const identity = [name, split.recipe, sets, places, items, answerTokens];
  const state = new GridState(options.state, JSON.stringify(identity));
  await state.open();
  const { adapter } = await withOwnDevice((gpu) => Promise.resolve(gpu));
  return {
    ...{ model: folder, state, items, print },
    records: await writeRecords(state.folder, split.sets),
    questions: await writeQuestions(join(state.folder, 'questions.jsonl'), items),
    cells: planGrid(split.recipe, { ablations: recipes, fractions: [fractions, fractions] }),
    settings: {
      ...{ options, answerTokens, modelName: name, parameters: model.parameters },
      ...{ adapter: adapter.description || adapter.device, software: adapter.software },
      sets: data.sets,
      tasks: tasks.map(({ name: task, items: own, fitting }) => {
        return { name: task, items: own.length, fitting };
      }),
      ownRows: ids.length,
      date: new Date().toISOString().slice(0, 10),
    },
  };
}

/** Scores and answers of the state that a recipe ends in, measured unless they were before. */
async function evaluateCell(
  { model, state, questions, items }: Grid,
  { id, recipe, snapshot }: GridCell,
): Promise<Evaluation> {
  const path = state.answers(id);
  const figures = await state.scores(id);
  if (figures) return { figures, answers: await readAnswers(path) };
  const trained = recipe.stages.length > 0;
  const place = trained ? [state.run(id), '--state', snapshot] : ['--model', model];
  const evaluation = await evaluateState(place, questions, path);
  if (evaluation.answers.length !== items.length) throw new Error(`${path} lacks answers`);
  await state.saveScores(id, evaluation.figures);
  return evaluation;
}

/** Those comparisons of which both sides are measured. */
function contrastsOf(
  items: readonly EvaluationItem[],
  known: ReadonlyMap<string, KnownAnswers>,
  cells: readonly GridCell[],
): Contrast[] {
  const nameOf = (id: string): string => cells.find((cell) => cell.id === id)?.name ?? id;
  return contrasts.flatMap(({ claim, first, second }) => {
    const [one, other] = [known.get(first), known.get(second)];
    if (!one || !other) return [];
    const { knowledge, alignment } = compareAnswers(items, one, other, {
      choices: 'likelihood',
      seed: BOOTSTRAP_SEED,
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
