/**
 * Runs the main job without a display: from data to a merged model and its evaluation.
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
import { withOwnDevice } from './device.ts';
import {
  exportModel,
  openState,
  type EngineGpu,
  type Model,
  type ModelState,
  type Recipe,
} from '../src/engine/index.ts';
import { writeFiles } from '../src/engine/node/index.ts';
import { branchScale } from '../src/engine/training/recipe/recipe.ts';
import { chooseItems, chooseRecords, type DemoData, type DemoTask } from './demo/data.ts';
import { evaluateState } from './demo/evaluation.ts';
import { openDemoModel } from './demo/model.ts';
import { tellTokensApart } from './demo/untrained-tokens.ts';
import { readOptions, usage, type DemoOptions } from './demo/options.ts';
import { markdownTable, type StateReport } from './demo/report.ts';
import { demoRecipe, runStages, type DemoRun } from './demo/training.ts';

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
  return withOwnDevice((gpu) => demonstrate(gpu, options));
}

/** @returns the exit code */
async function demonstrate(gpu: EngineGpu, options: DemoOptions): Promise<number> {
  const adapter = gpu.adapter.description || gpu.adapter.device;
  heading(`Adapter: ${adapter}${gpu.adapter.software ? ' (software)' : ''}`);

  const model = await openModel(options);

  heading(`Choosing records from ${options.data} by seed ${options.seed}`);
  const data = await chooseRecords(model, options.data, options);
  printData(data, options);
  const tasks = await chooseItems(model, options.data, options);
  printTasks(tasks, options);

  const recipe = demoRecipe(options);
  heading('Training');
  printRecipe(recipe);
  const run = await runStages(gpu, model, recipe, { data, print });

  const out = options.out ?? (await mkdtemp(join(tmpdir(), 'medcare-demo-')));
  try {
    heading(
      options.out === null
        ? 'Writing the merged model to a temporary folder (--out DIR keeps it)'
        : `Writing the merged model to ${options.out}`,
    );
    const job = { gpu, model, run, out };
    const difference = await writeAndCompare(job, data);
    const equal = difference <= mergeBound;
    print(
      `After reading it again, its logits are within ${difference.toExponential(1)} of the unmerged model's ` +
        `(${promptsCompared} prompts, every logit; bound ${mergeBound}): ${equal ? 'equal' : 'NOT EQUAL'}`,
    );

    const reports = await evaluateAll(job, tasks);
    printReport(adapter, reports, run, options);
    if (options.json !== null) {
      const report = { adapter: gpu.adapter, options, recipe, sets: data.sets, reports };
      await mkdir(dirname(options.json), { recursive: true });
      await writeFile(options.json, jsonReport(run, { ...report, mergeDifference: difference }));
      print(`Every figure, step by step: ${options.json}`);
    }
    return equal ? 0 : 1;
  } finally {
    if (options.out === null) await rm(out, { recursive: true });
  }
}

/** The model to train, whose tokens can be told apart unless that is not wanted; says what it is. */
async function openModel({ model: folder, keepTokens, seed }: DemoOptions): Promise<Model> {
  const { model, ids } = keepTokens
    ? { model: await openDemoModel(folder), ids: [] }
    : await tellTokensApart(folder, seed);
  print(
    `Model: ${folder}, ${model.architecture}, ${model.parameters.toLocaleString('en')} parameters, ` +
      `${model.layers} layers, hidden ${model.hiddenSize}, vocabulary ${model.vocabularySize}`,
  );
  if (ids.length === 0) return model;
  const known = model.endIds.filter((id) => ids.includes(id)).map((id) => model.tokenText(id));
  print(
    `  ${ids.length} tokens, ${known.join(', ')} among them, share one embedding, because pretraining never showed them. ` +
      'As embedding and head stay frozen, no branch could tell them apart and no answer could end. ' +
      `Each gets an embedding of its own, drawn by seed (--keep-tokens leaves them as they are).`,
  );
  return model;
}

function printData({ sets, records, validation }: DemoData, { maxLength }: DemoOptions): void {
  for (const set of sets) {
    const { name, kind, rows, problems, trained, validated, tooLong, leftOut } = set;
    const passed = leftOut
      ? `left out: hardly any of its records has at most ${maxLength} tokens`
      : `${trained} to train on, ${validated} for validation` +
        (tooLong > 0 ? `, ${tooLong} left out because they exceed ${maxLength} tokens` : '');
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

/** What there is once both stages are over, and the folder that the merged model goes to. */
interface Job {
  readonly gpu: EngineGpu;
  readonly model: Model;
  readonly run: DemoRun;
  readonly out: string;
}

/** Does something with a state of the model, for as long as it is on the device. */
async function withState<T>(
  { gpu, model, run }: Pick<Job, 'gpu' | 'model'> & { readonly run: DemoRun | null },
  snapshot: string,
  work: (state: ModelState) => Promise<T>,
): Promise<T> {
  const trained = run && { trained: run.trained };
  const state = await openState({ gpu, model, ...trained, snapshot, context: evaluationContext });
  try {
    return await work(state);
  } finally {
    state.close();
  }
}

/** The merged model as it was written. */
async function asWritten({ gpu, out }: Job): Promise<Parameters<typeof withState>[0]> {
  return { gpu, model: await openDemoModel(out), run: null };
}

/** Writes the merged model, reads it as any model folder is read, and compares it with the unmerged one. */
async function writeAndCompare(job: Job, data: DemoData): Promise<number> {
  const prompts = data.validation.slice(-promptsCompared).map(({ ids }) => ids);
  const logitsOf = async (state: ModelState): Promise<Float32Array[]> => {
    const all: Float32Array[] = [];
    for (const ids of prompts) all.push(await state.logits(ids));
    return all;
  };
  await withState(job, 'merged', async (state) => {
    await writeFiles(job.out, await exportModel({ state, format: 'F32' }));
  });
  const expected = await withState(job, 'stage2.end', logitsOf);
  const found = await withState(await asWritten(job), 'base', logitsOf);
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
async function evaluateAll(job: Job, tasks: readonly DemoTask[]): Promise<StateReport[]> {
  const states = [
    { id: 'base', label: 'base' },
    { id: 'stage1.end', label: 'stage 1 with NA' },
    { id: 'stage1.after', label: 'stage 1 without NA' },
    { id: 'merged', label: 'merged (after stage 2)' },
  ];
  const written = await asWritten(job);
  const reports: StateReport[] = [];
  for (const { id, label } of states) {
    heading(`Evaluating: ${label}`);
    const [from, snapshot] = id === 'merged' ? [written, 'base'] : [job, id];
    const evaluation = await withState(from, snapshot, (state) =>
      evaluateState(from.model, state, tasks),
    );
    for (const { task, metric, by, value } of evaluation.figures) {
      print(`  ${task}: ${metric} by ${by} ${(100 * value).toFixed(1)} %`);
    }
    const validation = job.run.validation.find(({ snapshot }) => snapshot === id) ?? null;
    reports.push({ id, label, validation, evaluation });
  }
  return reports;
}

function printReport(
  adapter: string,
  reports: readonly StateReport[],
  { seconds }: DemoRun,
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
  const [first = 0, second = 0] = seconds;
  print(
    `\nStage 1 ${first.toFixed(0)} s, stage 2 ${second.toFixed(0)} s, all ${elapsed()} (min:s)`,
  );
}

/** The report as JSON; branch files stay out of it. */
function jsonReport(
  { steps, validation, seconds }: DemoRun,
  report: Record<string, unknown>,
): string {
  return `${JSON.stringify({ ...report, trained: { steps, validation, seconds } }, null, 2)}\n`;
}
