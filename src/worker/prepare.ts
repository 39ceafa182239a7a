import { longestRecord } from '../engine/training/memory.ts';
import type { Recipe } from '../engine/training/recipe.ts';
import { shuffledIndices } from '../engine/training/data-order.ts';
import type { TrainingRecord } from '../engine/training/data-order.ts';
import { StudioError } from '../errors.ts';
import { Sealer } from '../storage/file-store.ts';
import type { Storage } from '../storage/storage.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import type { OpenModel } from './library.ts';
import type { DataSetSummary } from './protocol.ts';
import { recordOf, tokeniseDataSet } from './tokenise.ts';
import type { TokeniseHooks } from './tokenise.ts';

export interface PreparedRecords {
  /** Records to train on; a stage chooses among them by kind. */
  readonly records: readonly TrainingRecord[];
  /** Records kept apart to measure on. */
  readonly validation: readonly TrainingRecord[];
  /** Names that `record.task` indexes, most frequent first. */
  readonly tasks: readonly string[];
  /** Length at which records were cut, in tokens. */
  readonly maxLength: number;
  readonly truncated: number;
  /** Records left out because no target was left of them. */
  readonly withoutTargets: number;
  /** SHA-256 over everything that decides what the run sees. */
  readonly fingerprint: string;
}

/** Routing is counted by task; what is beyond the most frequent ones is counted together. */
const MAX_TASKS = 32;
const OTHER_TASKS = 'other tasks';

/**
 * Turns data sets into the records of a run: tokenised with the model's template, cut to what recipe,
 * micro-batch and model allow, without those that teach nothing.
 * @throws StudioError `data-missing`, `targets-missing`, `stage-without-data`, or what the template throws
 */
export async function prepareRecords(
  storage: Storage,
  model: OpenModel,
  template: ChatTemplate,
  dataSets: readonly DataSetSummary[],
  recipe: Recipe,
  hooks: TokeniseHooks,
): Promise<PreparedRecords> {
  const { labels } = recipe;
  const maxLength = longestRecord(model.config, recipe);
  const total = dataSets.reduce((sum, { records }) => sum + records, 0);
  if (total === 0) throw noRecords(dataSets.length);
  const tasks = taskNames(await countTasks(storage, dataSets));
  const taskIndex = new Map(tasks.map((task, i) => [task, i]));
  const otherTask = Math.max(0, tasks.length - 1);
  const records: TrainingRecord[] = [];
  let truncated = 0;
  let withoutTargets = 0;
  let before = 0;
  for (const [dataSet, summary] of dataSets.entries()) {
    const start = before;
    const set = await tokeniseDataSet(storage, summary, model, template, labels, {
      ...hooks,
      onProgress: (done) => hooks.onProgress?.(start + done, total),
    });
    for await (const rows of storage.dataSets.allRows(summary.id)) {
      hooks.check?.();
      for (const { index: row, task } of rows) {
        const cut = recordOf(set, row, maxLength);
        if (cut.truncated) truncated += 1;
        if (cut.targets === 0) {
          withoutTargets += 1;
          continue;
        }
        records.push({
          ids: cut.ids,
          labels: cut.labels,
          task: taskIndex.get(task) ?? otherTask,
          kind: summary.kind,
          dataSet,
          row,
        });
      }
    }
    before += summary.records;
    hooks.onProgress?.(before, total);
  }
  if (records.length === 0) throw noTargets(total, truncated, maxLength);
  const split = splitValidation(records, dataSets.length, recipe);
  checkStages(recipe, split.records);
  const fingerprint = fingerprintOf(model, template, dataSets, recipe);
  return { ...split, tasks, maxLength, truncated, withoutTargets, fingerprint };
}

/** Stream of the counter-based generator that the split draws from. */
const SPLIT_STREAM = 0x5eed2000;

/**
 * Keeps a share of each data set apart, chosen by the recipe's seed: at most `validation.maxRecords` in
 * all, spread over the data sets by their size, and never a data set's last record.
 */
export function splitValidation(
  records: readonly TrainingRecord[],
  dataSets: number,
  recipe: Recipe,
): Pick<PreparedRecords, 'records' | 'validation'> {
  const { fraction, maxRecords } = recipe.validation;
  const apart = new Set<TrainingRecord>();
  for (let dataSet = 0; dataSet < dataSets; dataSet += 1) {
    const own = records.filter((record) => record.dataSet === dataSet);
    const share = Math.floor((maxRecords * own.length) / Math.max(1, records.length));
    const count = Math.min(Math.round(own.length * fraction), share, own.length - 1);
    const order = shuffledIndices(own.length, recipe.seed, dataSet, SPLIT_STREAM);
    for (const index of order.subarray(0, Math.max(0, count))) {
      const record = own[index];
      if (record) apart.add(record);
    }
  }
  return {
    records: records.filter((record) => !apart.has(record)),
    validation: records.filter((record) => apart.has(record)),
  };
}

async function countTasks(
  storage: Storage,
  dataSets: readonly DataSetSummary[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { id } of dataSets) {
    for await (const rows of storage.dataSets.allRows(id)) {
      for (const { task } of rows) counts.set(task, (counts.get(task) ?? 0) + 1);
    }
  }
  return counts;
}

function taskNames(counts: ReadonlyMap<string, number>): string[] {
  const names = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name]) => name);
  return names.length <= MAX_TASKS ? names : [...names.slice(0, MAX_TASKS - 1), OTHER_TASKS];
}

function checkStages(recipe: Recipe, records: readonly TrainingRecord[]): void {
  const present = new Set(records.map(({ kind }) => kind));
  for (const [index, stage] of recipe.stages.entries()) {
    if (stage.data.kinds.some((kind) => present.has(kind))) continue;
    const kinds = stage.data.kinds.join(' or ');
    throw new StudioError({
      code: 'stage-without-data',
      message: `Stage ${index + 1} (${stage.name}) trains on ${kinds} records, and none is chosen.`,
      kept: 'Data sets and recipe.',
      remedy: `Add a data set of that kind, or mark one as ${kinds} on the Data page.`,
      data: { stage: index, kinds: [...stage.data.kinds] },
    });
  }
}

function noRecords(dataSets: number): StudioError {
  return new StudioError({
    code: 'data-missing',
    message:
      dataSets === 0
        ? 'No data set is chosen to train on.'
        : 'The chosen data sets hold no record that could be read.',
    kept: 'Data sets and recipe.',
    remedy:
      dataSets === 0
        ? 'Drop files on the Data page, or take the samples.'
        : 'Look at the list of left-out lines on the Data page; it says what each lacks.',
    data: { dataSets },
  });
}

function noTargets(records: number, truncated: number, maxLength: number): StudioError {
  const cut = truncated > 0;
  return new StudioError({
    code: 'targets-missing',
    message: cut
      ? `None of the ${records} records has an answer within the first ${maxLength} tokens: ${truncated} are cut off there.`
      : `None of the ${records} records has an answer to learn from.`,
    kept: 'Data sets and recipe.',
    remedy: cut
      ? 'Raise the maximum length and the tokens per micro-batch as far as the model’s context allows, or shorten the records.'
      : 'Each record needs an assistant turn with text; check the columns on the Data page.',
    data: { records, truncated, maxLength },
  });
}

function fingerprintOf(
  model: OpenModel,
  template: ChatTemplate,
  dataSets: readonly DataSetSummary[],
  recipe: Recipe,
): string {
  const sealer = new Sealer();
  const parts = [
    model.tokenizerHash,
    template.source,
    dataSets.map(({ fingerprint, kind }) => [fingerprint, kind]),
    recipe,
  ];
  sealer.update(new TextEncoder().encode(JSON.stringify(parts)));
  return sealer.seal().sha256;
}
