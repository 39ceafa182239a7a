/**
 * The main job without a display: from data to a merged model and its evaluation.
 *
 *   npm run demo [-- --help]
 *
 * Trains both stages of MedCare on a small model, measures the validation loss at every turn, writes the
 * merged model, reads it again, checks that it computes what the unmerged one does, and compares base,
 * stage 1 with and without its noise aggregator, and the merged model. Exit code 1 when the check fails.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openOwnDevice } from './device.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { StateModel } from '../src/engine/inference/state-model.ts';
import { parameterCount } from '../src/engine/model/weights.ts';
import { branchScale, type Recipe } from '../src/engine/training/recipe/recipe.ts';
import { promptText } from '../src/engine/evaluation/prompt-text.ts';
import { chooseItems, chooseRecords, type DemoData, type DemoTask } from './demo/data.ts';
import { evaluateModel } from './demo/evaluation.ts';
import { openDemoModel, writeModelFolder, type DemoModel } from './demo/model.ts';
import { findUntrainedTokens, withOwnRows } from './demo/untrained-tokens.ts';
import { readOptions, usage, type DemoOptions } from './demo/options.ts';
import { markdownTable, type ModelReport } from './demo/report.ts';
import { demoRecipe, train, type TrainedModel } from './demo/training.ts';

/** Longest sequence while evaluating: prompt and answer. */
const evaluationContext = 512;
/** How far merged logits may be from unmerged ones. */
const mergeBound = 1e-3;
const promptsCompared = 16;

const started = performance.now();
const elapsed = (): string => {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
const print = (line: string): void => console.log(line);
const heading = (line: string): void => console.log(`\n[${elapsed()}] ${line}`);

export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    print(usage);
    return 0;
  }
  const gpu = await openOwnDevice();
  const adapter = gpu.adapter.description || gpu.adapter.device;
  heading(`Adapter: ${adapter}${gpu.adapter.software ? ' (software)' : ''}`);

  const original = await openDemoModel(options.model);
  const { config } = original;
  print(
    `Model: ${options.model}, ${config.architecture}, ${parameterCount(config).toLocaleString('en')} parameters, ` +
      `${config.layers} layers, hidden ${config.hiddenSize}, vocabulary ${config.vocabularySize}`,
  );

  const model = options.keepTokens ? original : await tellTokensApart(original, options.seed);

  heading(`Choosing records from ${options.data} by seed ${options.seed}`);
  const data = await chooseRecords(model, options.data, options);
  printData(data, options);
  const { items, maxLength, seed } = options;
  const tasks = await chooseItems(model, options.data, items, maxLength, seed);
  printTasks(tasks, options);

  const recipe = demoRecipe(options);
  heading('Training');
  printRecipe(recipe);
  const trained = await train(gpu, model, recipe, data, print);

  const out = options.out ?? (await mkdtemp(join(tmpdir(), 'medcare-demo-')));
  try {
    heading(
      options.out === null
        ? 'Writing the merged model to a temporary folder (--out DIR keeps it)'
        : `Writing the merged model to ${options.out}`,
    );
    const difference = await writeAndCompare(gpu, model, recipe, trained, data, out);
    const equal = difference <= mergeBound;
    print(
      `Read again, its logits are within ${difference.toExponential(1)} of the unmerged model's ` +
        `(${promptsCompared} prompts, every logit; bound ${mergeBound}): ${equal ? 'equal' : 'NOT EQUAL'}`,
    );

    const reports = await evaluateAll(gpu, model, recipe, trained, tasks, out);
    printReport(adapter, reports, trained, options);
    gpu.check();
    if (options.json !== null) {
      const report = { adapter: gpu.adapter, options, recipe, sets: data.sets, trained, reports };
      await mkdir(dirname(options.json), { recursive: true });
      await writeFile(options.json, jsonReport({ ...report, mergeDifference: difference }));
      print(`Every figure, step by step: ${options.json}`);
    }
    return equal ? 0 : 1;
  } finally {
    if (options.out === null) await rm(out, { recursive: true });
    gpu.close();
  }
}

/** Gives tokens that pretraining never showed embeddings of their own, and says so. */
async function tellTokensApart(model: DemoModel, seed: number): Promise<DemoModel> {
  const ids = await findUntrainedTokens(model);
  if (ids.length === 0) return model;
  const { tokenizer, config, weights } = model;
  const known = tokenizer.eosIds
    .filter((id) => ids.includes(id))
    .map((id) => tokenizer.tokenText(id));
  print(
    `  ${ids.length} tokens, ${known.join(', ')} among them, have one and the same embedding: pretraining never showed them. ` +
      'As embedding and head stay frozen, no branch could tell them apart and no answer could end. ' +
      `They get embeddings of their own, drawn by seed (--keep-tokens leaves them).`,
  );
  return { ...model, weights: withOwnRows(weights, ids, config.hiddenSize, seed) };
}

function printData({ sets, records, validation }: DemoData, { maxLength }: DemoOptions): void {
  for (const set of sets) {
    const { name, kind, rows, problems, trained, validated, tooLong, leftOut } = set;
    const passed = leftOut
      ? `left out: hardly any of its records has at most ${maxLength} tokens`
      : `${trained} to train on, ${validated} for validation` +
        (tooLong > 0 ? `, ${tooLong} passed over as longer than ${maxLength} tokens` : '');
    const bad = problems > 0 ? `, ${problems} lines left out` : '';
    print(`  ${name} (${kind}): ${rows} records${bad}; ${passed}`);
  }
  const tokens = records.reduce((sum, { ids }) => sum + ids.length, 0);
  print(`Together ${records.length} records (${tokens} tokens) and ${validation.length} held out`);
}

function printTasks(tasks: readonly DemoTask[], { maxLength }: DemoOptions): void {
  for (const { name, items, rows, fitting } of tasks) {
    print(
      `  evaluation ${name}: ${items.length} of ${fitting} items with prompts of at most ${maxLength} tokens (${rows} in all)`,
    );
  }
}

function printRecipe(recipe: Recipe): void {
  for (const stage of recipe.stages) {
    const branches = stage.attach.map((branch) => {
      const scale = branchScale(recipe, branch.rank);
      const experts =
        branch.type === 'mixture' ? `${branch.experts} experts, ${branch.active} active, ` : '';
      return `${branch.name} on ${branch.targets.join('/')} (${experts}rank ${branch.rank}, scale ${scale})`;
    });
    print(
      `  ${stage.name}: ${stage.data.kinds.join(' and ')} records, epochs ${stage.epochs}; adds ${branches.join(', ')}; ` +
        `trains ${stage.train.join(', ')}` +
        (stage.orthogonal ? `; orthogonal loss, weight ${stage.orthogonal.weight}` : '') +
        `; then ${stage.after.map(({ action, branch }) => `${action} ${branch}`).join(', ')}`,
    );
  }
  const { learningRate, schedule, warmupRatio } = recipe.optimizer;
  print(
    `  AdamW, rate ${learningRate}, ${schedule} after a warm-up of ${100 * warmupRatio} %; ` +
      `${recipe.batch.records} records a step, in micro-batches of ${recipe.batch.microBatchTokens} tokens`,
  );
}

function snapshotOf(
  gpu: Gpu,
  model: DemoModel,
  recipe: Recipe,
  trained: TrainedModel,
  snapshot: string,
): Promise<StateModel> {
  const { config, weights } = model;
  const { stageBranches } = trained;
  const run = { recipe, stageBranches, snapshot };
  return StateModel.load({ gpu, config, weights, run, context: evaluationContext });
}

/** Writes the merged model, reads it as any model folder is read, and compares it with the unmerged one. */
async function writeAndCompare(
  gpu: Gpu,
  model: DemoModel,
  recipe: Recipe,
  trained: TrainedModel,
  data: DemoData,
  out: string,
): Promise<number> {
  const prompts = data.validation.slice(-promptsCompared).map(({ ids }) => ids);
  const logitsOf = async (state: StateModel): Promise<Float32Array[]> => {
    const all: Float32Array[] = [];
    for (const ids of prompts) all.push(await state.logits(ids));
    return all;
  };
  const merged = await snapshotOf(gpu, model, recipe, trained, 'merged');
  await writeModelFolder(out, model, merged);
  merged.release();

  const unmerged = await snapshotOf(gpu, model, recipe, trained, 'stage2.end');
  const expected = await logitsOf(unmerged);
  unmerged.release();

  const again = await openDemoModel(out);
  const { config, weights } = again;
  const read = await StateModel.load({
    gpu,
    config,
    weights,
    run: null,
    context: evaluationContext,
  });
  const found = await logitsOf(read);
  read.release();
  let largest = 0;
  found.forEach((logits, i) => {
    logits.forEach((value, j) => {
      const difference = Math.abs(value - (expected[i]?.[j] ?? Number.NaN));
      // Written so that a NaN on either side is a difference without bound.
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    });
  });
  return found.length === prompts.length ? largest : Infinity;
}

/** Base, stage 1 with and without NA, and the merged model as it was written. */
async function evaluateAll(
  gpu: Gpu,
  model: DemoModel,
  recipe: Recipe,
  trained: TrainedModel,
  tasks: readonly DemoTask[],
  out: string,
): Promise<ModelReport[]> {
  const states = [
    { id: 'base', label: 'base' },
    { id: 'stage1.end', label: 'stage 1 with NA' },
    { id: 'stage1.after', label: 'stage 1 without NA' },
    { id: 'merged', label: 'merged (after stage 2)' },
  ];
  const text = promptText(model.tokenizer, model.template);
  const written = await openDemoModel(out);
  const reports: ModelReport[] = [];
  for (const { id, label } of states) {
    heading(`Evaluating: ${label}`);
    const { config, weights } = written;
    const state =
      id === 'merged'
        ? await StateModel.load({ gpu, config, weights, run: null, context: evaluationContext })
        : await snapshotOf(gpu, model, recipe, trained, id);
    const evaluation = await evaluateModel(state, text, tasks);
    state.release();
    for (const { task, metric, by, value } of evaluation.figures) {
      print(`  ${task}: ${metric} by ${by} ${(100 * value).toFixed(1)} %`);
    }
    const validation = trained.validation.find(({ snapshot }) => snapshot === id) ?? null;
    reports.push({ id, label, validation, evaluation });
  }
  return reports;
}

function printReport(
  adapter: string,
  reports: readonly ModelReport[],
  trained: TrainedModel,
  options: DemoOptions,
): void {
  heading('Result');
  print(
    `${adapter}; ${options.model}; seed ${options.seed}; losses in nats per target token, scores in per cent\n`,
  );
  print(markdownTable(reports));
  const last = reports.at(-1)?.evaluation.examples ?? [];
  if (last.length > 0) print('\nAnswers of the merged model:');
  for (const { task, prompt, wanted, answer } of last) {
    print(`  ${task}: …${JSON.stringify(prompt.slice(-100))}`);
    print(`    wanted  ${JSON.stringify(wanted)}`);
    print(`    given   ${JSON.stringify(answer)}`);
  }
  const [first = 0, second = 0] = trained.seconds;
  print(
    `\nStage 1 ${first.toFixed(0)} s, stage 2 ${second.toFixed(0)} s, all ${elapsed()} (min:s)`,
  );
}

/** The report as JSON; branch files stay out of it. */
function jsonReport(report: { readonly trained: TrainedModel } & Record<string, unknown>): string {
  const { steps, validation, seconds } = report.trained;
  return `${JSON.stringify({ ...report, trained: { steps, validation, seconds } }, null, 2)}\n`;
}
