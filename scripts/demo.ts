/**
 * Runs the main job without a display, with the command line `medcare`: from data to a merged model and its evaluation.
 *
 *   npm run demo [-- --help]
 *
 * Chooses records and questions by seed, writes them as files, and has `medcare` do the rest: train both stages of
 * MedCare on a small model with the validation loss at every turn, write the merged model, compare it as it was
 * written with the unmerged one, and score base, stage 1 with and without its noise aggregator, and the merged model.
 * Exit code 1 when the merged model does not compute what the unmerged one does.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Recipe } from '../src/engine/index.ts';
import { branchScale } from '../src/engine/training/recipe/recipe.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { Interrupted, lastOf, medcare } from './cli/call.ts';
import { chooseItems, chooseRecords, type DemoData, type DemoTask } from './demo/data.ts';
import { columnName, evaluateState } from './demo/evaluation.ts';
import { openDemoModel } from './demo/model.ts';
import { mostHeldOut, splitLike, writeQuestions, writeRecipe, writeRecords } from './demo/files.ts';
import { readOptions, usage, type DemoOptions } from './demo/options.ts';
import { markdownTable, type StateReport } from './demo/report.ts';
import { trainRun, type DemoRun } from './demo/training.ts';
import { smallModelRecipe } from './demo/training-options.ts';
import { folderToldApart, type FolderToldApart } from './demo/untrained-tokens.ts';
import { elapsed } from './cli/elapsed.ts';

/** How far merged logits may be from unmerged ones. */
const mergeBound = 1e-3;
/** Written answers of each task to look at. */
const examples = 3;

const print = (line: string): void => console.log(line);
const heading = (line: string): void => console.log(`\n[${elapsed()}] ${line}`);

export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    print(usage);
    return 0;
  }
  const work = await mkdtemp(join(tmpdir(), 'medcare-demo-'));
  try {
    return await demonstrate(options, work);
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    return EXIT.interrupted;
  } finally {
    await rm(work, { recursive: true });
  }
}

/** @param work folder of the files that only this run needs @returns the exit code */
async function demonstrate(options: DemoOptions, work: string): Promise<number> {
  const { model, folder } = await openModel(options, work);

  heading(`Choosing records from ${options.data} by seed ${options.seed}`);
  const { knowledge, alignment } = options;
  const validation = mostHeldOut(options.validation, [knowledge, alignment]);
  const data = await chooseRecords(model, options.data, { ...options, validation });
  printData(data, options);
  const tasks = await chooseItems(model, options.data, options);
  printTasks(tasks, options);

  const split = splitLike(demoRecipe(options), data);
  const records = await writeRecords(work, split.sets);
  const recipe = await writeRecipe(join(work, 'recipe.json'), split.recipe);
  const items = tasks.flatMap(({ items: own }) => own);
  const questions = await writeQuestions(join(work, 'questions.jsonl'), items);

  heading('Training');
  printRecipe(split.recipe);
  const run = await trainRun({ model: folder, recipe, records, folder: join(work, 'run') }, print);

  const job = { run, questions, work, out: options.out ?? join(work, 'merged') };
  heading(
    options.out === null
      ? 'Writing the merged model to a temporary folder (--out DIR keeps it)'
      : `Writing the merged model to ${options.out}`,
  );
  const { difference, prompts } = await writeAndCompare(job);
  const equal = difference <= mergeBound;
  print(
    `After reading it again, its logits are within ${difference.toExponential(1)} of the unmerged model's ` +
      `(${prompts} prompts, every logit; bound ${mergeBound}): ${equal ? 'equal' : 'NOT EQUAL'}`,
  );

  const reports = await evaluateAll(job);
  printReport(reports, run, options);
  if (options.json !== null) {
    const { adapter, folder: _folder, ...trained } = run;
    const about = { adapter, options, recipe: split.recipe, sets: data.sets, reports };
    const report = { ...about, mergeDifference: difference, trained };
    await mkdir(dirname(options.json), { recursive: true });
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    print(`Every figure, step by step: ${options.json}`);
  }
  return equal ? 0 : 1;
}

/** The recipe of the demo; it is never resumed, and keeps no checkpoint. */
function demoRecipe(options: DemoOptions): Recipe {
  return smallModelRecipe(options, { name: 'MedCare demo', checkpointEverySteps: 1_000_000 });
}

/** The model to train, whose tokens can be told apart unless that is not wanted; says what it is. */
async function openModel(
  { model: folder, keepTokens, seed }: DemoOptions,
  work: string,
): Promise<FolderToldApart> {
  const told = keepTokens
    ? { model: await openDemoModel(folder), ids: [], folder }
    : await folderToldApart(folder, seed, join(work, 'model'));
  const { model, ids } = told;
  print(
    `Model: ${folder}, ${model.architecture}, ${model.parameters.toLocaleString('en')} parameters, ` +
      `${model.layers} layers, hidden ${model.hiddenSize}, vocabulary ${model.vocabularySize}`,
  );
  if (ids.length === 0) return told;
  const known = model.endIds.filter((id) => ids.includes(id)).map((id) => model.tokenText(id));
  print(
    `  ${ids.length} tokens, ${known.join(', ')} among them, share one embedding, because pretraining never showed them. ` +
      'As embedding and head stay frozen, no branch could tell them apart and no answer could end. ' +
      `Each gets an embedding of its own, drawn by seed (--keep-tokens leaves them as they are).`,
  );
  return told;
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

/** What there is once both stages are over. */
interface Job {
  readonly run: DemoRun;
  /** The file of questions. */
  readonly questions: string;
  readonly work: string;
  /** The folder that the merged model goes to. */
  readonly out: string;
}

/** Writes the merged model, and compares it, read as any model folder is read, with the unmerged one. */
async function writeAndCompare({
  run,
  questions,
  out,
}: Job): Promise<{ readonly difference: number; readonly prompts: number }> {
  await medcare(['export', run.folder, '--state', 'merged', '--format', 'F32', '--out', out]);
  const lines = await medcare([
    ...['compare', run.folder, '--state', 'stage2.end', '--with', out],
    ...['--precision', 'float32', '--questions', questions],
  ]);
  const { largest, questions: prompts } = lastOf(lines, 'comparison');
  return { difference: largest ?? Infinity, prompts };
}

/** Base, stage 1 with and without NA, and the merged model as it was written. */
async function evaluateAll({ run, questions, work, out }: Job): Promise<StateReport[]> {
  const states = [
    { id: 'base', label: 'base' },
    { id: 'stage1.end', label: 'stage 1 with NA' },
    { id: 'stage1.after', label: 'stage 1 without NA' },
    { id: 'merged', label: 'merged (after stage 2)' },
  ];
  const reports: StateReport[] = [];
  for (const { id, label } of states) {
    heading(`Evaluating: ${label}`);
    const state = id === 'merged' ? ['--model', out] : [run.folder, '--state', id];
    const evaluation = await evaluateState(state, questions, join(work, `${id}.jsonl`));
    for (const task of evaluation.figures.tasks) {
      print(`  ${columnName(task)} ${(100 * task.value).toFixed(1)} %`);
    }
    const validation = run.validation.find(({ snapshot }) => snapshot === id) ?? null;
    reports.push({ id, label, validation, evaluation });
  }
  return reports;
}

function printReport(
  reports: readonly StateReport[],
  { adapter, seconds }: DemoRun,
  options: DemoOptions,
): void {
  heading('Result');
  print(
    `${adapter}; ${options.model}; seed ${options.seed}; losses in nats per target token, scores in per cent\n`,
  );
  print(markdownTable(reports));
  print('\nAnswers of the merged model:');
  const { figures, answers } = reports.at(-1)?.evaluation ?? {
    figures: { tasks: [] },
    answers: [],
  };
  for (const { task } of figures.tasks.filter(({ method }) => method === 'written')) {
    for (const { prompt, answer, said } of answers
      .filter((item) => item.task === task)
      .slice(0, examples)) {
      print(`  ${task}: …${JSON.stringify(prompt.slice(-100))}`);
      print(`    wanted  ${JSON.stringify(answer)}`);
      print(`    given   ${JSON.stringify(said)}`);
    }
  }
  const [first = 0, second = 0] = seconds;
  print(
    `\nStage 1 ${first.toFixed(0)} s, stage 2 ${second.toFixed(0)} s, all ${elapsed()} (min:s)`,
  );
}
