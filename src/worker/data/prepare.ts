/** Makes data sets into the records of a run, tokenised as far as its start needs. */
import type { RecordsToHandOff } from '../../archive/hand-off/record-file.ts';
import type { RecordPlace, TrainingRecord } from '../../engine/training/run/data-order.ts';
import { ORDER } from '../../archive/fingerprints.ts';
import { recordLimit } from '../../engine/training/run/lengths.ts';
import { OTHER_TASKS, taskNames } from '../../engine/training/run/task-names.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { RecordSource } from '../../engine/training/run/record-source.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { DataSets } from '../../storage/data-sets.ts';
import type { StoredRun } from '../../storage/stored.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunData, RunOutlook } from '../../contract/runs.ts';
import type { WorkerContext } from '../context.ts';
import { inputsFingerprint, type RunInputs } from './run-inputs.ts';
import { outcomesOf, type RunLimit } from './record-outcomes.ts';
import { recordsBySet } from './records-by-set.ts';
import { stageLoads } from './stage-loads.ts';
import { splittable, validationRows } from '../../engine/training/run/validation-split.ts';
import type { Limit } from '../../text/labels/truncation.ts';
import type { TokenBook } from '../tokens/token-book.ts';
import { refusalOf, sampledRows } from '../tokens/tokenise.ts';

/**
 * The records of a run. Before the first step only the records for that step, validation and the checks are
 * tokenised; the rest follows during training (`complete`). Which records a step has depends only on the rows
 * of the data sets, not on their lengths in tokens: a record is left out when its step is read, if it gives no
 * tokens or the cut leaves it no target.
 */
export interface PreparedRecords extends RecordSource {
  /** Records set apart for validation, without records that have no target. */
  readonly validation: readonly TrainingRecord[];
  /** Task names, most frequent first; `record.task` is an index into them. */
  readonly tasks: readonly string[];
  /** SHA-256 over everything that decides what the run sees. */
  readonly fingerprint: string;
  /** Fingerprints of the same inputs under earlier rules for order and for records without a target. */
  readonly earlierFingerprints: Readonly<Record<'gaps' | 'teachingOnly', string>>;
  /** The longest training record after the cut, among the records tokenised so far. */
  longest(): Promise<TrainingRecord | null>;
  /** Outcomes of the records tokenised so far. */
  facts(): RunData;
  /** All records by data set and row, once all are tokenised. */
  bySet(): RecordsToHandOff[];
  /** Tokenises the remaining records. */
  complete(hooks: PrepareHooks): Promise<void>;
}

export interface PrepareHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The earlier rules, under which a left-out record leaves its place empty. */
const ORDER_WITH_GAPS = 2;

interface Place extends RecordPlace {
  readonly task: number;
}

/** A run with its records in order, ready to be put on the device. */
export interface PreparedRun extends RunInputs {
  readonly records: PreparedRecords;
}

/**
 * Puts the records of data sets in order, and tokenises the records needed before a run begins.
 * @param begun fingerprint of a run to resume: a run that began under earlier rules goes on under those rules
 * @throws StudioError `data-missing`, `targets-missing`, `stage-without-data`, or what the template throws
 */
export async function prepareRecords(
  { storage, tokeniser }: WorkerContext,
  inputs: RunInputs,
  hooks: PrepareHooks,
  begun?: string,
): Promise<PreparedRecords> {
  const { model, template, dataSets, recipe } = inputs;
  const limit = runLimit(inputs);
  const total = dataSets.reduce((sum, { records }) => sum + records, 0);
  if (total === 0) throw noRecords(dataSets.length);
  const fingerprint = inputsFingerprint(inputs, ORDER);
  const earlier = begun !== undefined && begun !== fingerprint;
  const { labels, reasoning } = recipe;
  const rules = { labels, reasoning, earlier };
  const books = await Promise.all(
    dataSets.map((dataSet) => tokeniser.book(dataSet, model, template, rules)),
  );
  const { places, tasks } = await placeRecords(storage.dataSets, dataSets);
  const split = splitValidation(places, dataSets, recipe);
  const read = readerOf(books, limit, hooks.signal);
  const complete = completerOf(books, total);
  await checkTargets(books, limit, complete, hooks);
  checkStages(recipe, split.records);
  const validation = (await read(split.validation)).filter((record) => record !== null);
  return {
    places: split.records,
    read: (indices) => read(indices.flatMap((index) => split.records[index] ?? [])),
    validation,
    tasks,
    fingerprint,
    earlierFingerprints: {
      gaps: inputsFingerprint(inputs, ORDER_WITH_GAPS),
      teachingOnly: inputsFingerprint(inputs, null),
    },
    longest: async () => {
      const place = longestPlace(books, split.records, limit);
      return place ? ((await read([place]))[0] ?? null) : null;
    },
    facts: () => outcomesOf(books, split, limit),
    leavesGaps: earlier,
    bySet: () => recordsBySet(books, places, limit),
    complete,
  };
}

/**
 * Predicts the outcomes of a run's records. All are tokenised, or a sample of a large data set: then
 * `tokenised` gives the number of tokenised records.
 */
export async function outlookOf(
  context: WorkerContext,
  inputs: RunInputs,
  hooks: PrepareHooks,
): Promise<RunOutlook> {
  const { dataSets, recipe } = inputs;
  const books = await sampledBooks(context, inputs, hooks);
  const { places } = await placeRecords(context.storage.dataSets, dataSets);
  const split = splitValidation(places, dataSets, recipe);
  const limit = runLimit(inputs);
  return {
    ...outcomesOf(books, split, limit),
    stages: stageLoads(recipe, split.records, books, limit),
  };
}

/** The tokens of a run's data sets: of all rows, or in a large set of those that stand for it (`sampledRows`). */
export async function sampledBooks(
  { tokeniser }: WorkerContext,
  { model, template, dataSets, recipe: { labels, reasoning } }: RunInputs,
  { signal, onProgress }: PrepareHooks,
): Promise<TokenBook[]> {
  const books: TokenBook[] = [];
  for (const dataSet of dataSets) {
    const book = await tokeniser.book(dataSet, model, template, { labels, reasoning });
    const sample = sampledRows(dataSet.records);
    if (sample.length < dataSet.records) await book.need([...sample], signal);
    else await book.complete({ signal, ...(onProgress && { onProgress }) });
    books.push(book);
  }
  return books;
}

function runLimit({ model: { config }, recipe }: RunInputs): RunLimit {
  return { ...recordLimit(config, recipe), context: config.contextLength };
}

/** Reads records by their places, tokenising them where necessary. */
function readerOf(books: readonly TokenBook[], limit: Limit, signal?: AbortSignal) {
  return async (wanted: readonly Place[]): Promise<(TrainingRecord | null)[]> => {
    await Promise.all(
      books.map(async (book, dataSet) => {
        const rows = wanted.flatMap((place) => (place.dataSet === dataSet ? [place.row] : []));
        if (rows.length > 0) await book.need(rows, signal);
      }),
    );
    return Promise.all(
      wanted.map(async (place) => {
        const book = books[place.dataSet];
        if (!book?.teaches(place.row, limit)) return null;
        return { ...place, ...(await book.cut(place.row, limit)) };
      }),
    );
  };
}

function longestPlace(
  books: readonly TokenBook[],
  places: readonly Place[],
  limit: Limit,
): Place | null {
  const { maxLength } = limit;
  let longest = 0;
  let found: Place | null = null;
  for (const place of places) {
    const book = books[place.dataSet];
    const length = Math.min(book?.lengthOf(place.row) ?? 0, maxLength);
    if (length <= longest || book?.teaches(place.row, limit) !== true) continue;
    longest = length;
    found = place;
    if (longest === maxLength) break;
  }
  return found;
}

function completerOf(books: readonly TokenBook[], total: number): PreparedRecords['complete'] {
  return async ({ signal, onProgress }) => {
    const tell = (): void => {
      onProgress?.(
        books.reduce((sum, { known }) => sum + known, 0),
        total,
      );
    };
    for (const book of books) await book.complete({ signal, onProgress: tell });
    tell();
  };
}

/**
 * Checks that every data set has a record that template and tokenizer accept, and that one set has a target.
 * The search begins at the start of each file; if it finds nothing, everything has been tokenised and the
 * reason is known.
 */
async function checkTargets(
  books: readonly TokenBook[],
  limit: Limit,
  complete: PreparedRecords['complete'],
  { signal, onProgress }: PrepareHooks,
): Promise<void> {
  let teaches = false;
  for (const book of books) {
    let together = 1;
    for (let row = 0; row < book.summary.records && book.accepted === 0;) {
      const last = Math.min(row + together, book.summary.records);
      await book.need(range(row, last), signal);
      [row, together] = [last, Math.min(2 * together, 512)];
    }
    const refusal = refusalOf(book);
    if (refusal) throw refusal;
    teaches ||= range(0, Math.min(book.summary.records, 512)).some((row) =>
      book.teaches(row, limit),
    );
  }
  if (teaches) return;
  await complete({ ...(signal && { signal }), ...(onProgress && { onProgress }) });
  let truncated = 0;
  for (const book of books) {
    for (let row = 0; row < book.summary.records; row += 1) {
      if (book.teaches(row, limit)) return;
      if ((book.lengthOf(row) ?? 0) > limit.maxLength) truncated += 1;
    }
  }
  const records = books.reduce((sum, { summary }) => sum + summary.records, 0);
  throw noTargets(records, truncated, limit.maxLength);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Sets the validation rows of each data set apart. */
function splitValidation(
  places: readonly Place[],
  summaries: readonly DataSetSummary[],
  recipe: Recipe,
): { readonly records: Place[]; readonly validation: Place[] } {
  const rows = validationRows(summaries.map(splittable), recipe).map((own) => new Set(own));
  const records: Place[] = [];
  const validation: Place[] = [];
  for (const place of places) {
    (rows[place.dataSet]?.has(place.row) === true ? validation : records).push(place);
  }
  return { records, validation };
}

/** Every row of the data sets with its task, from their stored task tables: no record is read. */
async function placeRecords(
  dataSets: DataSets,
  summaries: readonly DataSetSummary[],
): Promise<{ readonly places: Place[]; readonly tasks: string[] }> {
  const tables = await Promise.all(summaries.map(({ id }) => dataSets.taskRuns(id)));
  const counts = new Map<string, number>();
  for (const { names, runs } of tables) {
    for (let i = 0; i < runs.length; i += 2) {
      const name = names[runs[i] ?? 0] ?? OTHER_TASKS;
      counts.set(name, (counts.get(name) ?? 0) + (runs[i + 1] ?? 0));
    }
  }
  const tasks = taskNames(counts);
  const indices = new Map(tasks.map((task, i) => [task, i]));
  const otherTask = Math.max(0, tasks.length - 1);
  const places: Place[] = [];
  for (const [dataSet, { kind }] of summaries.entries()) {
    const { names = [], runs = new Uint32Array() } = tables[dataSet] ?? {};
    for (let i = 0, row = 0; i < runs.length; i += 2) {
      const task = indices.get(names[runs[i] ?? 0] ?? '') ?? otherTask;
      for (const end = row + (runs[i + 1] ?? 0); row < end; row += 1) {
        places.push({ kind, dataSet, row, task });
      }
    }
  }
  return { places, tasks };
}

function checkStages(recipe: Recipe, records: readonly RecordPlace[]): void {
  const present = new Set(records.map(({ kind }) => kind));
  for (const [index, stage] of recipe.stages.entries()) {
    if (stage.data.kinds.some((kind) => present.has(kind))) continue;
    throw fault(
      'stage-without-data',
      { stage: index, name: stage.name, kinds: [...stage.data.kinds] },
      { kept: 'data-and-recipe' },
    );
  }
}

function noRecords(dataSets: number): StudioError {
  return fault('data-missing', { dataSets }, { kept: 'data-and-recipe' });
}

function noTargets(records: number, truncated: number, maxLength: number): StudioError {
  return fault('targets-missing', { records, truncated, maxLength }, { kept: 'data-and-recipe' });
}

/** Whether a run would see the same inputs again. The earliest order is the same where no record was left out. */
export function sameInputs(
  { fingerprint: now, earlierFingerprints: { gaps, teachingOnly } }: PreparedRecords,
  { fingerprint, summary }: StoredRun,
): boolean {
  if (fingerprint === now || fingerprint === gaps) return true;
  return fingerprint === teachingOnly && summary.data?.withoutTargets === 0;
}
