/** Conversations to train on: read from files and turned into tokens when a step needs them. */
import { importRecords } from '../../formats/records/records.ts';
import type { ImportProblem } from '../../formats/records/records.ts';
import type { ChatRecord, DataKind } from '../../formats/records/record-types.ts';
import { countTargets } from '../model/packing.ts';
import type { RecordPlace, TrainingRecord } from '../training/run/data-order.ts';
import { longestRecord } from '../training/run/lengths.ts';
import type { RecordSource } from '../training/run/record-source.ts';
import { taskNamesOf } from '../training/run/task-names.ts';
import { validationRows } from '../training/run/validation-split.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import type { OpenedModel, TokenisedRecord } from './model.ts';

/** Conversations of one origin. */
export interface RecordSet {
  /** The task of records that name none. */
  readonly name: string;
  /** `knowledge` trains in stage 1 alone, `alignment` in both, as in the paper. */
  readonly kind: DataKind;
  /** Conversations, as text or as tokens. */
  readonly records: readonly (ChatRecord | (TokenisedRecord & { readonly task?: string }))[];
}

/** The contents of a file: good records, and every line that is not a record, with its reason. */
export interface ReadRecords {
  readonly records: readonly ChatRecord[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads a file of records, JSON, JSON lines or CSV, gzip-compressed or not, in any of the shapes of docs/data.md.
 * @param name its name, whose ending tells CSV from JSON
 * @throws StudioError where it is not a file of records
 */
export async function readRecords(file: Blob | Uint8Array, name: string): Promise<ReadRecords> {
  const records: ChatRecord[] = [];
  const problems: ImportProblem[] = [];
  const chunks = file instanceof Uint8Array ? [file] : file.stream();
  for await (const batch of importRecords(chunks, { fileName: name })) {
    records.push(...batch.records.map(({ record }) => record));
    problems.push(...batch.problems);
  }
  return { records, problems };
}

/**
 * The records of a run in their order; the recipe's seed chooses those kept apart for validation.
 * @internal
 */
export interface RunRecords {
  readonly records: RecordSource;
  readonly validation: readonly TrainingRecord[];
  /** Names that `record.task` indexes. */
  readonly tasks: readonly string[];
}

interface Place extends RecordPlace {
  readonly task: number;
  readonly record: RecordSet['records'][number];
}

/**
 * The records of a run: for validation the records of `apart`, or as many as the recipe keeps apart, chosen as in
 * the studio. A record is tokenised when it is first read.
 * @internal
 * @throws StudioError `template-…`, `text-…`
 */
export function runRecords(
  model: OpenedModel,
  recipe: Recipe,
  sets: readonly RecordSet[],
  apart?: readonly RecordSet[],
): RunRecords {
  const maxLength = longestRecord(model.folder.config, recipe);
  const tokenise = ({ record, ...place }: Place): TrainingRecord | null => {
    const { ids, labels } =
      'ids' in record ? record : model.encodeRecord(record, recipe, maxLength);
    const tokenised = { ...place, ids, labels };
    return countTargets(tokenised) > 0 ? tokenised : null;
  };
  const tasks = tasksOf([...sets, ...(apart ?? [])]);
  const places = placesOf(sets, tasks);
  const [training, validation] = apart
    ? [places, placesOf(apart, tasks)]
    : splitPlaces(places, sets, recipe);
  const known = new Map<number, TrainingRecord | null>();
  const read = (index: number): TrainingRecord | null => {
    const place = training[index];
    const record = known.get(index) ?? (place ? tokenise(place) : null);
    known.set(index, record);
    return record;
  };
  return {
    records: { places: training, read: async (indices) => indices.map(read) },
    validation: validation.flatMap((place) => tokenise(place) ?? []),
    tasks,
  };
}

/** The name of each record's task, by set. */
const taskOf = ({ name }: RecordSet, { task = name }: RecordSet['records'][number]): string => task;

/** Tasks by which routing is counted, as the studio names them. */
function tasksOf(sets: readonly RecordSet[]): string[] {
  return taskNamesOf(sets.flatMap((set) => set.records.map((record) => taskOf(set, record))));
}

function placesOf(sets: readonly RecordSet[], tasks: readonly string[]): Place[] {
  const indices = new Map(tasks.map((task, index) => [task, index]));
  // Rarer tasks are counted together, under the last name.
  const other = Math.max(0, tasks.length - 1);
  return sets.flatMap((set, dataSet) =>
    set.records.map((record, row): Place => {
      const task = indices.get(taskOf(set, record)) ?? other;
      return { kind: set.kind, dataSet, row, task, record };
    }),
  );
}

/** Records to train on, and those that the recipe keeps apart. */
function splitPlaces(
  places: readonly Place[],
  sets: readonly RecordSet[],
  recipe: Recipe,
): readonly [training: Place[], validation: Place[]] {
  const counts = sets.map(({ records }) => records.length);
  const apart = validationRows(counts, recipe).map((rows) => new Set(rows));
  const isApart = ({ dataSet, row }: Place): boolean => apart[dataSet]?.has(row) ?? false;
  return [places.filter((place) => !isApart(place)), places.filter(isApart)];
}
