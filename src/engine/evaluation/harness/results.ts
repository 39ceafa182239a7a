/** Results of lm-eval's tasks in the JSON that lm-eval gives: figures by task, and every item with what was asked. */
import { Sealer } from '../../../formats/files/sealer.ts';
import type { JsonObject } from '../../../formats/texts/json.ts';
import { groupByTask, type EvaluationItem } from '../items.ts';
import { mean } from '../metrics.ts';
import type { KnownAnswers } from '../report.ts';
import { continuationsOf, normedLetter } from './questions.ts';
import type { HarnessTask } from './task.ts';
import { harnessTask, HARNESS_VERSION } from './tasks.ts';

/** What a result is of, beside its answers. */
export interface HarnessAbout {
  /** The name of the model state. */
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** Most questions that were asked; 0 for all. */
  readonly limit: number;
}

/** One item with its scores, in lm-eval's names. */
type Sample = Readonly<Record<string, unknown>> & {
  readonly acc: number;
  readonly acc_norm?: number;
};

const sha256 = (text: string): string => {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(text));
  return sealer.seal().sha256;
};

/**
 * The tasks of lm-eval among these items; null where there are none, or none was decided by likelihood. Whether an option
 * would also be written greedily is null of answers of earlier versions.
 */
export function harnessResults(
  items: readonly EvaluationItem[],
  answers: KnownAnswers,
  about: HarnessAbout,
): JsonObject | null {
  const tasks = groupByTask(items).flatMap(({ task: name, items: own, places }) => {
    const task = harnessTask(name);
    if (!task || own.some(({ harness }) => !harness)) return [];
    const samples = own.flatMap((item, i) => {
      const { options, greedy } = answers[places[i] ?? -1] ?? {};
      return options ? [sampleOf(task, item, i, { options, greedy })] : [];
    });
    const shots = own[0]?.harness?.shots ?? 0;
    return samples.length === 0 ? [] : [{ name, task, samples, shots, asked: own.length }];
  });
  if (tasks.length === 0) return null;
  const of = (value: (one: (typeof tasks)[number]) => unknown): Record<string, unknown> =>
    Object.fromEntries(tasks.map((one) => [one.name, value(one)]));
  const results = {
    results: of(({ name, task, samples }) => ({
      ...{ name, alias: name, sample_len: samples.length },
      ...scoresOf(task, samples),
    })),
    group_subtasks: {},
    configs: of(({ task, shots }) => configOf(task, shots)),
    versions: of(({ task }) => task.version ?? 'Yaml'),
    'n-shot': of(({ shots }) => shots),
    higher_is_better: of(({ task }) => ({ acc: true, ...(task.norm && { acc_norm: true }) })),
    'n-samples': of(({ samples, asked }) => ({
      original: about.limit === 0 ? asked : null,
      effective: samples.length,
    })),
    config: { model: 'medcare-studio', model_args: about.model, limit: about.limit || null },
    date: about.date / 1000,
    lm_eval_version: HARNESS_VERSION,
    samples: of(({ samples }) => samples),
  };
  // Everything in it is a plain value.
  return JSON.parse(JSON.stringify(results)) as JsonObject;
}

function scoresOf({ norm }: HarnessTask, samples: readonly Sample[]): Record<string, unknown> {
  const figures = (name: string, values: readonly number[]): Record<string, unknown> => ({
    [`${name},none`]: mean(values),
    [`${name}_stderr,none`]: standardError(values) ?? 'N/A',
  });
  return {
    ...figures(
      'acc',
      samples.map(({ acc }) => acc),
    ),
    ...(norm &&
      figures(
        'acc_norm',
        samples.map(({ acc_norm: value = 0 }) => value),
      )),
  };
}

/** Of a mean, from the sample; null of one value. */
function standardError(values: readonly number[]): number | null {
  const { length } = values;
  if (length < 2) return null;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (length - 1)) / Math.sqrt(length);
}

interface AnsweredOptions {
  readonly options: readonly number[];
  readonly greedy: readonly boolean[] | undefined;
}

function sampleOf(
  task: HarnessTask,
  item: EvaluationItem,
  id: number,
  { options, greedy }: AnsweredOptions,
): Sample {
  const { row: doc = {}, options: named = [] } = item.harness ?? {};
  const right = item.answer.charCodeAt(0) - 65;
  // lm-eval names the target as the row of the task does: by place, or in words.
  const target = task.name === 'pubmedqa' ? (named[right] ?? '') : right;
  const responses = options.map((value, place) => [value, greedy?.[place] ?? null] as const);
  const highest = options.indexOf(Math.max(...options));
  return {
    ...{ doc_id: id, doc, target },
    arguments: continuationsOf(item).map((continuation) => [item.prompt, continuation]),
    resps: responses.map((response) => [response]),
    filtered_resps: responses,
    ...{ filter: 'none', metrics: ['acc', ...(task.norm ? ['acc_norm'] : [])] },
    doc_hash: sha256(JSON.stringify(doc, null, 2)),
    prompt_hash: sha256(item.prompt),
    target_hash: sha256(String(target)),
    acc: Number(highest === right),
    ...(task.norm && { acc_norm: Number(normedLetter(item, options) === item.answer) }),
  };
}

function configOf(task: HarnessTask, shots: number): Record<string, unknown> {
  const metrics = ['acc', ...(task.norm ? ['acc_norm'] : [])];
  const [path, name] = task.dataset;
  return {
    ...{ task: task.name, dataset_path: path, ...(name !== null && { dataset_name: name }) },
    ...{ description: task.description, target_delimiter: ' ', fewshot_delimiter: '\n\n' },
    fewshot_config: { sampler: task.sampler === 'first' ? 'first_n' : 'default' },
    num_fewshot: shots,
    metric_list: metrics.map((metric) => ({
      ...{ metric, aggregation: 'mean', higher_is_better: true },
    })),
    ...{ output_type: 'multiple_choice', repeats: 1 },
  };
}
