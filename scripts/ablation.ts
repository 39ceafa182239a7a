/**
 * The ablation grid without a display: Tables 3 and 4 and figures 5 and 6 of the paper on one's own data.
 *
 *   npm run ablation [-- --help]
 *
 * Trains and measures one recipe after another and writes the results page after each. Everything that is
 * finished is kept on disk, down to single batches of answers; the same command goes on where it stopped.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openOwnDevice } from './device.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { planGrid, type GridCell } from '../src/engine/evaluation/grid/grid-plan.ts';
import { gridFigures, gridHeader, gridRows } from '../src/engine/evaluation/grid/grid-tables.ts';
import type { EvaluationItem } from '../src/engine/evaluation/items.ts';
import {
  compareAnswers,
  reportAnswers,
  type KnownAnswers,
} from '../src/engine/evaluation/report.ts';
import { answerItems } from '../src/engine/evaluation/tasks.ts';
import { StateModel } from '../src/engine/inference/state-model.ts';
import { parameterCount } from '../src/engine/model/weights.ts';
import { writeCsv } from '../src/formats/texts/csv.ts';
import { promptText } from '../src/engine/evaluation/prompt-text.ts';
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
import { gridBase, trainCell, type TrainedCell } from './ablation/training.ts';
import { chooseItems, chooseRecords } from './demo/data.ts';
import { openDemoModel, type DemoModel } from './demo/model.ts';
import { findUntrainedTokens, withOwnRows } from './demo/untrained-tokens.ts';

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
  const gpu = await openOwnDevice();
  try {
    await runGrid(gpu, options);
    gpu.check();
  } finally {
    gpu.close();
  }
  return 0;
}

async function runGrid(gpu: Gpu, options: AblationOptions): Promise<void> {
  const { seed, maxLength } = options;
  const original = await openDemoModel(options.model);
  const ids = await findUntrainedTokens(original);
  const { hiddenSize } = original.config;
  const model: DemoModel =
    ids.length === 0
      ? original
      : { ...original, weights: withOwnRows(original.weights, ids, hiddenSize, seed) };
  const data = await chooseRecords(model, options.data, { ...options, validation: 0 });
  const tasks = await chooseItems(model, options.data, options.items, maxLength, seed);
  const items = tasks.flatMap(({ items: own }) => own);
  const base = gridBase(options);
  const { recipes, fractions } = options;
  const cells = planGrid(base, { ablations: recipes, fractions: [fractions, fractions] });
  const places = data.records.map(({ dataSet, row }) => [dataSet, row]);
  const identity = [basename(options.model), base, data.tasks, places, items, answerTokens];
  const state = new GridState(options.state, JSON.stringify(identity));
  await state.open();
  const settings: GridSettings = {
    options,
    adapter: gpu.adapter.description || gpu.adapter.device,
    software: gpu.adapter.software,
    modelName: basename(options.model),
    parameters: parameterCount(model.config),
    sets: data.sets,
    tasks: tasks.map(({ name, items: own, fitting }) => ({ name, items: own.length, fitting })),
    answerTokens,
    ownRows: ids.length,
    date: new Date().toISOString().slice(0, 10),
  };
  print(
    `${settings.adapter}: ${cells.length} recipes, ${data.records.length} records, ${items.length} items`,
  );
  const known = new Map<string, KnownAnswers>();
  const results: CellResult[] = cells.map((cell) => ({ cell, figures: null, stages: [] }));
  for (const [index, cell] of cells.entries()) {
    print(`${index + 1}/${cells.length} ${cell.name}`);
    const { recipe } = cell;
    const line = (text: string): void => print(text);
    const trained = await trainCell(gpu, model, recipe, data, state, line);
    const answers = await answerCell(gpu, model, cell, trained, items, state);
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
  gpu: Gpu,
  model: DemoModel,
  { id, recipe, snapshot }: GridCell,
  { stageBranches }: TrainedCell,
  items: readonly EvaluationItem[],
  state: GridState,
) {
  const answers = await state.answers(id);
  if (items.every((_item, place) => answers[place] !== undefined)) return answers;
  const { config, weights, tokenizer, template } = model;
  const answering = await StateModel.load({
    gpu,
    config,
    weights,
    run: snapshot === 'base' ? null : { recipe, stageBranches, snapshot },
    context: evaluationContext,
  });
  try {
    const adapted = {
      generateBatch: answering.generateBatch.bind(answering),
      score: (records: readonly { ids: Uint32Array; labels: Int32Array }[]) =>
        answering.score(records.map((record) => ({ ...record, task: 0 }))),
    };
    const batches = answerItems(
      adapted,
      promptText(tokenizer, template),
      items,
      { maxTokens: answerTokens, contextLength: answering.context, batchSize },
      (place) => answers[place] !== undefined,
    );
    for await (const batch of batches) {
      await state.addAnswers(id, batch);
      for (const [place, answer] of batch) answers[place] = answer;
    }
    return answers;
  } finally {
    answering.release();
  }
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
