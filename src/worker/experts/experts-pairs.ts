/** Scores questions with routing forced to each pair of experts; each pair is kept as it comes. */
import type { pairCalls, PairEvaluation } from '../../contract/experts.ts';
import { askAll } from '../../engine/evaluation/answering.ts';
import type { EvaluationItem } from '../../engine/evaluation/items.ts';
import {
  expertPairs,
  packQuestions,
  scoreQuestions,
  type PairQuestion,
  type RoutedScore,
} from '../../engine/evaluation/routing-pairs.ts';
import type { Scorer } from '../../engine/inference/scorer.ts';
import { fault } from '../../faults/fault.ts';
import type { StoredPairEvaluation } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { readQuestions, type QuestionFiles } from '../evaluation/evaluation-items.ts';
import { mixtureState } from './mixture.ts';
import { cancelled, type Task } from '../tasks/tasks.ts';
import type { LoadedState, StateShelf } from '../models/state-shelf.ts';

/** Fewest rows in a pass. */
const PASS_ROWS = 512;
/** Items are stored with the evaluation, so that it can be resumed without its files. */
const MOST_ITEMS = 5000;

async function readItems(
  context: WorkerContext,
  source: QuestionFiles,
  most: number,
  task: Task,
): Promise<EvaluationItem[]> {
  const { items } = await readQuestions(context.publicFiles, source, task);
  const wanted = most === 0 ? MOST_ITEMS : Math.min(most, MOST_ITEMS);
  return limitItems(items, wanted);
}

/** Whether an item is decided between option letters, one of which is right. */
function isChoice({ choices = [], answer }: EvaluationItem): boolean {
  return choices.every((choice) => /^[A-Z]$/.test(choice)) && choices.includes(answer);
}

async function questionsOf(
  context: WorkerContext,
  { model, template }: LoadedState,
  items: readonly EvaluationItem[],
  task: Task,
): Promise<PairQuestion[]> {
  const text = await context.tokeniser.text(model, template, task.signal).questions();
  return askAll(items, async (item) => {
    const choices = isChoice(item) ? (item.choices ?? []) : [item.answer];
    const [prompt, options] = await Promise.all([
      text.prompt(item.prompt),
      askAll(choices, (choice) => text.answer(choice)),
    ]);
    return { task: item.task, prompt, options, answer: choices.indexOf(item.answer) };
  });
}

/** Measures the missing scores: first with the routers' own choices, then pair by pair. */
async function measure(
  context: WorkerContext,
  loaded: LoadedState,
  begun: StoredPairEvaluation,
  task: Task,
): Promise<PairEvaluation> {
  const { items } = begun;
  let { evaluation } = begun;
  const all = expertPairs(evaluation.experts);
  const total = all.length + 1;
  task.progress(0, { code: 'tokenising-questions' });
  const questions = await questionsOf(context, loaded, items, task);
  const packed = packQuestions(questions, PASS_ROWS, loaded.weights.context);
  const keep = async (change: Partial<PairEvaluation>): Promise<void> => {
    evaluation = { ...evaluation, ...change };
    // An evaluation that was removed meanwhile does not come back, and no more of it is computed.
    if (!(await context.storage.experts.keepPairs({ evaluation, items }))) throw cancelled();
    context.emit({ type: 'experts.pairs', evaluation });
  };
  const done = (): number => evaluation.pairs.length + (evaluation.routed ? 1 : 0);
  const score = async (scorer: Scorer, pair: RoutedScore['pair']): Promise<RoutedScore> => {
    const before = done();
    const tasks = await scoreQuestions(scorer, packed, (passes) => {
      task.check();
      const within = passes / packed.parts.length;
      task.progress((before + within) / total, { code: 'pairs', done: before, total });
    });
    return { pair, tasks };
  };
  const { weights } = loaded;
  if (!evaluation.routed) {
    const routed = await weights.withScorer(packed.rows, null, (scorer) => score(scorer, null));
    await keep({ routed });
  }
  const missing = all.slice(evaluation.pairs.length);
  const [first] = missing;
  if (first) {
    await weights.withScorer(packed.rows, first, async (scorer) => {
      for (const pair of missing) {
        scorer.force(pair);
        await keep({ pairs: [...evaluation.pairs, await score(scorer, pair)] });
      }
    });
  }
  return evaluation;
}

export function pairHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof pairCalls> {
  const { experts, runs } = context.storage;
  const go = async (begun: StoredPairEvaluation, task: Task): Promise<PairEvaluation> => {
    const { runId, snapshot } = begun.evaluation;
    const { modelId } = (await runs.get(runId)).summary;
    task.progress(0, { code: 'loading-model' });
    return shelf.use({ modelId, runId, snapshot }, (loaded) =>
      measure(context, loaded, begun, task),
    );
  };
  return {
    'experts.pairEvaluations': async ({ runId }) => {
      await runs.get(runId);
      return experts.listPairs(runId);
    },
    'experts.scorePairs': ({ runId, files, columns, maxItems, task: name }) =>
      context.tasks.run(name, async (task) => {
        const { mixture, snapshot } = mixtureState((await runs.get(runId)).summary);
        const items = await readItems(context, { files, columns }, maxItems, task);
        const evaluation: PairEvaluation = {
          id: crypto.randomUUID(),
          runId,
          snapshot,
          createdAt: Date.now(),
          experts: mixture.experts,
          files: files.map((file) => file.name),
          items: items.length,
          choices: items.filter(isChoice).length,
          tasks: [...new Set(items.map((item) => item.task))],
          routed: null,
          pairs: [],
        };
        await experts.addPairs({ evaluation, items });
        context.emit({ type: 'experts.pairs', evaluation });
        return go({ evaluation, items }, task);
      }),
    'experts.resumePairs': ({ runId, id, task: name }) =>
      context.tasks.run(name, async (task) => {
        const begun = await experts.pairs(runId, id);
        if (begun) return go(begun, task);
        throw fault('pairs-missing', { runId, id }, { kept: 'run-and-results' });
      }),
    'experts.removePairs': async ({ runId, id }) => {
      await experts.removePairs(runId, id);
      return null;
    },
  };
}
