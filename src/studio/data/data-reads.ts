/** Reads data sets and files for pages: rows, problems, searches, tokens, lengths. */
import type { Recipe } from '../../contract/recipe.ts';
import { worker } from '../../worker/client.ts';
import type {
  DataRow,
  DataSetSummary,
  FieldMapping,
  LengthHistogram,
  LineProblem,
  ReadingChoices,
  RenderedRecord,
  SetSplit,
  TriedFile,
} from '../../contract/data.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

/** Everything but the record that its tokens depend on. */
export interface TokenView {
  readonly modelId: string;
  readonly labels: Recipe['labels'];
  readonly reasoning: Recipe['reasoning'];
  readonly truncation: Recipe['truncation'];
  readonly maxLength: number;
}

/** How a model reads records under a recipe. A record has to fit a micro-batch as well. */
export function tokenView(
  modelId: string,
  { labels, reasoning, truncation, batch }: Recipe,
): TokenView {
  const maxLength = Math.min(batch.maxLength, batch.microBatchTokens);
  return { modelId, labels, reasoning, truncation, maxLength };
}

export function readRows(id: string, from: number, count: number): Promise<readonly DataRow[]> {
  return worker.call('data.rows', { id, from, count });
}

/** Numbers by which people name a record: its place among the records, its row in a table, its line in the file. */
export type RecordNumber = 'record' | 'row' | 'line';

/** A record, and whether the number that was asked for is its own: a line may lie within a record, or be left out. */
export interface FoundRecord {
  readonly index: number;
  readonly exact: boolean;
}

/** The record with a number, or else the last one before it; the first where there is none before. */
export async function findRecord(
  { id, records }: Pick<DataSetSummary, 'id' | 'records'>,
  by: RecordNumber,
  wanted: number,
): Promise<FoundRecord> {
  if (by === 'record') {
    return { index: Math.max(0, Math.min(wanted, records) - 1), exact: wanted <= records };
  }
  const numberAt = async (index: number): Promise<number> => {
    const [found] = await readRows(id, index, 1);
    return (by === 'row' ? found?.row : undefined) ?? found?.line ?? 0;
  };
  // Records stand in the order of the file: the first that begins after the wanted number is looked for.
  let low = 0;
  let high = records;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((await numberAt(middle)) <= wanted) low = middle + 1;
    else high = middle;
  }
  const index = Math.max(0, low - 1);
  return { index, exact: (await numberAt(index)) === wanted };
}

export function readProblems(
  id: string,
  from: number,
  count: number,
): Promise<readonly LineProblem[]> {
  return worker.call('data.problems', { id, from, count });
}

/** Problems by their places in the list of all problems. */
export function readProblemsAt(
  id: string,
  places: readonly number[],
): Promise<readonly LineProblem[]> {
  return worker.call('data.problemsAt', { id, places });
}

export interface Search {
  readonly list: 'records' | 'problems';
  readonly text: string;
  readonly code: string | null;
}

/** Rows that hold a text, or places of problems. Searching a large set takes long, so it is a task. */
export function find(
  id: string,
  search: Search,
  onStarted: (task: string) => void,
): Promise<TaskOutcome<Uint32Array>> {
  return runTask((task) => worker.call('data.find', { id, ...search, task }), onStarted);
}

/** How a run with this recipe would divide these sets, in their order. */
export function readSplit(
  ids: readonly string[],
  { seed, validation: { fraction, maxRecords, minRecords } }: Pick<Recipe, 'seed' | 'validation'>,
): Promise<readonly SetSplit[]> {
  return worker.call('data.split', { ids, seed, validation: { fraction, maxRecords, minRecords } });
}

/** The first records of a file as the import would make them. */
export function tryFile(
  file: File,
  mapping: FieldMapping | null,
  choices: ReadingChoices,
): Promise<TriedFile> {
  return worker.call('data.try', { file, mapping, choices, count: 3 });
}

export function renderRecord(id: string, index: number, view: TokenView): Promise<RenderedRecord> {
  return worker.call('data.render', { id, index, ...view });
}

const counting = new Map<string, Promise<LengthHistogram>>();

/**
 * Tokenises the set the first time; of a large set, a sample (`counted` of `records`). A second call in the
 * meantime waits for the same answer.
 */
export function readHistogram(id: string, view: TokenView): Promise<LengthHistogram> {
  const key = JSON.stringify([id, view]);
  const underWay = counting.get(key);
  if (underWay) return underWay;
  const task = crypto.randomUUID();
  const answer = worker
    .call('data.histogram', { id, ...view, all: false, task })
    .finally(() => counting.delete(key));
  counting.set(key, answer);
  return answer;
}

/** Tokenises all of a large set. */
export function countAll(
  id: string,
  view: TokenView,
  onStarted: (task: string) => void,
): Promise<TaskOutcome<LengthHistogram>> {
  return runTask(
    (task) => worker.call('data.histogram', { id, ...view, all: true, task }),
    onStarted,
  );
}
