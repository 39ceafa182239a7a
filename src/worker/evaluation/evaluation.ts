/** Answers calls of the Evaluate page: measure, list, look at answers, compare, save. */
import { askedOf, type EvaluationItem, type ItemAnswer } from '../../engine/evaluation/items.ts';
import { harnessResults } from '../../engine/evaluation/harness/results.ts';
import { extractionOf } from '../../engine/evaluation/multiple-choice.ts';
import { compareAnswers } from '../../engine/evaluation/comparison.ts';
import { readTasks } from '../../engine/evaluation/report.ts';
import { fault } from '../../faults/fault.ts';
import { answerMediaTypes } from '../../formats/texts/answer-files.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { writeCsv } from '../../formats/texts/csv.ts';
import type { Evaluations } from '../../storage/evaluations.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { CallInput, CallOutput } from '../../contract/contract.ts';
import type {
  AnswerSample,
  EvaluationSummary,
  evaluationCalls,
} from '../../contract/evaluation.ts';
import { forecast } from './evaluation-pace.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { previewQuestions, readQuestions, storeQuestions } from './evaluation-items.ts';
import { nameInResults } from './result-name.ts';
import type { EvaluationKeeper } from './evaluation-keeper.ts';
import { BOOTSTRAP_SEED } from '../../engine/evaluation/statistics/bootstrap.ts';
import { heldOutRepeats } from './question-overlap.ts';
import { heldOutQuestions, repeatedQuestions } from './run-questions.ts';
import { checkShortcuts, shortcutsOf } from './shortcut-check.ts';

/** Every answer of an evaluation, parsed, in the order of the tasks. */
async function samplesOf(
  evaluations: Evaluations,
  { id, itemsId, settings }: EvaluationSummary,
): Promise<AnswerSample[]> {
  const [items, answers] = await Promise.all([evaluations.items(itemsId), evaluations.answers(id)]);
  return readTasks(items, answers, settings.choices).flatMap((read) =>
    read.readings.map((reading, i): AnswerSample => {
      const item: EvaluationItem | undefined = read.items[i];
      const answer: ItemAnswer | undefined = read.answers[i];
      const { wanted, given, value, adheres, reference } = reading;
      const named = (letters: string): string => (item ? optionNamed(item, letters) : letters);
      return {
        place: read.places[i] ?? 0,
        ...{ task: read.task, metric: read.metric, method: read.method },
        prompt: item?.prompt ?? '',
        reference: named(item?.answer ?? ''),
        answer: named(answer?.text ?? ''),
        written: answer?.written ?? null,
        ...{ wanted: wanted.map(named), given: given.map(named), value, adheres },
        extraction: item && answer ? extractionOf(item, answer, settings.choices) : null,
        referenceLoss: reference && reference.nll / reference.tokens,
      };
    }),
  );
}

/** The letter of an option that the prompt does not list, with its words; any other answer as it is. */
function optionNamed({ choices = [], harness }: EvaluationItem, answer: string): string {
  const option = harness?.options[choices.indexOf(answer)];
  return option === undefined || option === answer ? answer : `${answer}. ${option}`;
}

const exportHeader = [
  ...['model state', 'task', 'metric', 'method', 'place', 'prompt', 'reference', 'answer'],
  ...['written', 'wanted', 'given', 'value', 'in the form asked for', 'reference loss per token'],
  ...['asked', 'read by', 'words that decided'],
];

function csvRow(label: string, sample: AnswerSample): (string | number | boolean | null)[] {
  const { wanted, given, value, adheres, referenceLoss, extraction } = sample;
  const { asked = '', by = '', quote = '' } = extraction ?? {};
  return [
    ...[label, sample.task, sample.metric, sample.method, sample.place],
    ...[sample.prompt, sample.reference, sample.answer, sample.written],
    ...[wanted.join(' | '), given.join(' | '), value, adheres, referenceLoss],
    ...[asked, by, quote],
  ];
}

export function evaluationHandlers(
  context: WorkerContext,
  keeper: EvaluationKeeper,
): HandlersOf<typeof evaluationCalls> {
  const { tasks, storage } = context;
  const { evaluations } = storage;
  return {
    'evaluation.run': ({ state, label, files, columns, settings, task }) =>
      tasks.run(task, async (running) => {
        const questions = await storeQuestions(context, { files, columns }, settings, running);
        return keeper.measure({ state, label, questions, settings, gridId: null }, running);
      }),
    'evaluation.preview': ({ files, columns, ...how }) =>
      previewQuestions(context.publicFiles, { files, columns }, how),
    'evaluation.forecast': async ({ files, columns, ...toMeasure }) => {
      const { maxItems, ...how } = toMeasure.settings;
      const { items } = await readQuestions(context.publicFiles, { files, columns }, null, how);
      return forecast(limitItems(items, maxItems), toMeasure, await evaluations.list());
    },
    'evaluation.heldOut': ({ runId }) => heldOutQuestions(storage, runId),
    'evaluation.heldOutRepeats': ({ runId, task }) =>
      tasks.run(task, (running) => heldOutRepeats(storage, runId, running)),
    'evaluation.repeats': async ({ files, columns, runId }) => {
      const { items } = await readQuestions(context.publicFiles, { files, columns }, null);
      const prompts = items.map(askedOf);
      return repeatedQuestions(storage, runId, prompts);
    },
    'evaluation.overlap': ({ id, runId, task }) =>
      tasks.run(task, (running) => keeper.findOverlap(id, runId, running)),
    'evaluation.continue': ({ id, task }) =>
      tasks.run(task, (running) => keeper.resume(id, running)),
    'evaluation.checkShortcuts': ({ id, task }) =>
      tasks.run(task, (running) => checkShortcuts(keeper, evaluations, id, running)),
    'evaluation.shortcuts': async ({ id }) => shortcutsOf(evaluations, await keeper.get(id)),
    'evaluation.list': () => keeper.list(),
    'evaluation.remove': async ({ ids }) => {
      await keeper.remove(ids);
      return null;
    },
    'evaluation.samples': async ({ id, task, order, count }) => {
      const samples = await samplesOf(evaluations, await keeper.get(id));
      const own = samples.filter((sample) => sample.task === task);
      return ranked(own, order).slice(0, count);
    },
    'evaluation.compare': async ({ first, second }) =>
      compare(evaluations, await keeper.get(first), await keeper.get(second)),
    'evaluation.export': async ({ ids, format }) => {
      if (format === 'lm-eval') return harnessFile(evaluations, await keeper.get(ids[0] ?? ''));
      const measured = await Promise.all(
        ids.map(async (id) => {
          const evaluation = await keeper.get(id);
          return { evaluation, samples: await samplesOf(evaluations, evaluation) };
        }),
      );
      return format === 'csv' ? csvFile(measured) : jsonLinesFile(measured);
    },
  };
}

/** Best or worst answers first; equal ones stay in the order of the file. */
function ranked(
  samples: readonly AnswerSample[],
  order: CallInput<'evaluation.samples'>['order'],
): AnswerSample[] {
  const sign = order === 'best' ? -1 : 1;
  // A perplexity task has no value per answer: the reference's loss is used instead, lower is better.
  const rank = ({ value, referenceLoss }: AnswerSample): number => value ?? -(referenceLoss ?? 0);
  return [...samples].sort((a, b) => sign * (rank(a) - rank(b)) || a.place - b.place);
}

/** Compares two evaluations item by item. @throws StudioError `evaluation-mismatch` */
async function compare(
  evaluations: Evaluations,
  first: EvaluationSummary,
  second: EvaluationSummary,
): Promise<CallOutput<'evaluation.compare'>> {
  const { choices } = first.settings;
  if (first.itemsId !== second.itemsId || choices !== second.settings.choices) {
    throw fault('evaluation-mismatch', {}, { kept: 'both-results' });
  }
  const [items, one, other] = await Promise.all([
    evaluations.items(first.itemsId),
    evaluations.answers(first.id),
    evaluations.answers(second.id),
  ]);
  return compareAnswers(items, one, other, { choices, seed: BOOTSTRAP_SEED });
}

/** Results in lm-eval's JSON. @throws StudioError `evaluation-no-harness` where no task is one of lm-eval's */
async function harnessFile(
  evaluations: Evaluations,
  { id, itemsId, label, settings, updatedAt }: EvaluationSummary,
): Promise<CallOutput<'evaluation.export'>> {
  const [items, answers] = await Promise.all([evaluations.items(itemsId), evaluations.answers(id)]);
  const model = nameInResults(label, settings);
  const results = harnessResults(items, answers, {
    ...{ model, date: updatedAt, limit: settings.maxItems },
  });
  if (!results) throw fault('evaluation-no-harness', {}, { kept: 'other-evaluations' });
  const text = JSON.stringify(results, null, 2);
  const blob = new Blob([text], { type: answerMediaTypes['lm-eval'] });
  return { name: `results_${fileStem(model, 'model')}.json`, blob };
}

interface Measured {
  readonly evaluation: EvaluationSummary;
  readonly samples: readonly AnswerSample[];
}

function csvFile(measured: readonly Measured[]): CallOutput<'evaluation.export'> {
  const rows = measured.flatMap(({ evaluation, samples }) =>
    samples.map((sample) => csvRow(nameInResults(evaluation.label, evaluation.settings), sample)),
  );
  const blob = new Blob([writeCsv(exportHeader, rows)], { type: answerMediaTypes.csv });
  return { name: 'answers.csv', blob };
}

function jsonLinesFile(measured: readonly Measured[]): CallOutput<'evaluation.export'> {
  const lines = measured.flatMap(({ evaluation, samples }) =>
    samples.map((sample) => {
      const { label, variant, settings } = evaluation;
      const state = nameInResults(label, settings);
      return `${JSON.stringify({ state, variant, ...sample })}\n`;
    }),
  );
  return { name: 'answers.jsonl', blob: new Blob(lines, { type: answerMediaTypes.jsonl }) };
}
