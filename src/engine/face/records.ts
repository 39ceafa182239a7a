/** Conversations to train on: read from files, told apart, tokenised when a step needs them. */
import { importRecords } from '../../formats/records/records.ts';
import type { ImportProblem } from '../../formats/records/records.ts';
import type { ChatRecord, DataKind } from '../../formats/records/record-types.ts';
import { encodeConversation } from '../../text/labels/labels.ts';
import type { RecordPlace, TrainingRecord } from '../training/run/data-order.ts';
import { longestRecord } from '../training/run/lengths.ts';
import type { RecordSource } from '../training/run/record-source.ts';
import { validationRows } from '../training/run/validation-split.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import type { OpenedModel } from './model.ts';

/** Conversations of one origin. */
export interface RecordSet {
  /** Name of the task of records that name none. */
  readonly name: string;
  /** `knowledge` trains in stage 1 alone, `alignment` in both, as the paper has it. */
  readonly kind: DataKind;
  readonly records: readonly ChatRecord[];
}

/** What a file held: good records, and every line that is none, with its reason. */
export interface ReadRecords {
  readonly records: readonly ChatRecord[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads a file of records, JSON, JSON lines or CSV, gzip-compressed or not, in any of the shapes of the README.
 * @param name its name, whose ending tells CSV from JSON
 * @throws StudioError where it is no file of records at all
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
 * The records of a run in their order, those to measure on kept apart by the recipe's seed.
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
  readonly record: ChatRecord;
}

/**
 * Splits as the studio does; a record is tokenised when it is first read.
 * @internal
 * @throws StudioError `template-…`, `text-…`
 */
export async function runRecords(
  { folder, tokenizer, chat }: OpenedModel,
  recipe: Recipe,
  sets: readonly RecordSet[],
): Promise<RunRecords> {
  const { labels, reasoning } = recipe;
  const maxLength = longestRecord(folder.config, recipe);
  const tasks = new Map<string, number>();
  const taskOf = (name: string): number => {
    const known = tasks.get(name) ?? tasks.size;
    tasks.set(name, known);
    return known;
  };
  const apart = validationRows(
    sets.map(({ records }) => records.length),
    recipe,
  ).map((rows) => new Set(rows));
  const [training, validation]: [Place[], Place[]] = [[], []];
  for (const [dataSet, { name, kind, records }] of sets.entries()) {
    for (const [row, record] of records.entries()) {
      const place = { kind, dataSet, row, task: taskOf(record.task ?? name), record };
      (apart[dataSet]?.has(row) === true ? validation : training).push(place);
    }
  }
  const tokenise = ({ record, ...place }: Place): TrainingRecord | null => {
    const rules = { labels, reasoning, maxLength };
    const { ids, labels: wanted, targets } = encodeConversation(tokenizer, chat, record, rules);
    return targets > 0 ? { ...place, ids, labels: wanted } : null;
  };
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
    tasks: [...tasks.keys()],
  };
}
