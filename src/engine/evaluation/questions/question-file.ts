/** Reads the questions of one file: any shape that the import takes, the engine's own rows, and PromptCBLUE's. */
import { RowFault } from '../../../faults/row-fault.ts';
import type { JsonValue } from '../../../formats/texts/json.ts';
import { readRecord } from '../../../formats/records/record-shapes.ts';
import type { FieldMapping } from '../../../formats/records/record-types.ts';
import { readEvaluationRow, type EvaluationItem, type ReadItem } from '../items.ts';
import type { ClosedAnswers } from '../settings.ts';
import {
  decideReading,
  takeRows,
  type LeftOutRow,
  type QuestionSource,
  type Reading,
  type RowOutcome,
} from './file-rows.ts';
import { itemOfRecord, withLabels } from './record-questions.ts';

/** The questions of a file, and every row that is not a question. */
export interface ReadQuestions {
  readonly items: readonly EvaluationItem[];
  readonly leftOut: readonly LeftOutRow[];
  /** Which column was read as what; null where the shape of the rows says it. */
  readonly mapping: FieldMapping | null;
}

/** A question, and whether it came from a training record, which does not say how it is scored. */
interface Found {
  readonly item: EvaluationItem;
  readonly asRecord: boolean;
}

/**
 * The questions of a file; a null field counts as absent.
 * @param closed a few short answers that recur in records are labels unless told otherwise
 * @throws StudioError as readRows
 */
export async function readQuestionFile(
  source: QuestionSource,
  check?: () => Promise<void> | undefined,
  closed: ClosedAnswers = 'labels',
): Promise<ReadQuestions> {
  const tasks = new TaskNames(source.name);
  const reading = await decideReading(source);
  const take = (value: JsonValue) => readRow(value, reading, tasks.file);
  const { items: found, leftOut } = await takeRows(source, take, check);
  const records = found.flatMap(({ item, asRecord }) => (asRecord ? [item] : []));
  const settled = (closed === 'labels' ? withLabels(records) : records).values();
  const items = found.map(({ item, asRecord }) =>
    asRecord ? tasks.named(settled.next().value ?? item) : item,
  );
  return { items, leftOut, mapping: reading.record.mapping ?? null };
}

function readRow(value: JsonValue, { own, record }: Reading, task: string): RowOutcome<Found> {
  const found = (read: ReadItem, asRecord: boolean): RowOutcome<Found> =>
    read.ok ? { ok: true, item: { item: read.item, asRecord } } : read;
  const read = readEvaluationRow(value);
  if (read) return found(read, false);
  try {
    return found(itemOfRecord(readRecord(value, record).record, task), true);
  } catch (fault) {
    // In a file of the studio's own shape, a row of unknown shape is reported as lacking that shape's fields.
    const shapeless = fault instanceof RowFault && fault.code === 'unknown-shape';
    const lacks = shapeless && own ? readEvaluationRow(value, true) : null;
    if (lacks) return found(lacks, false);
    throw fault;
  }
}

/** Items of a task are all scored alike: records of other kinds under its name get a separate name. */
class TaskNames {
  readonly file: string;
  readonly #scored = new Map<string, string>();

  constructor(fileName: string) {
    this.file =
      fileName.replace(
        /(?:\.evaluation)?\.(?:jsonl|ndjson|json|csv|tsv|txt|parquet)(?:\.gz)?$/i,
        '',
      ) || fileName;
  }

  named(item: EvaluationItem): EvaluationItem {
    const { task, metric, choices } = item;
    const lettered = choices?.every((choice) => /^[A-Z]$/.test(choice)) ?? false;
    const scored = `${metric} ${String(lettered)}`;
    const known = this.#scored.get(task);
    if (known === undefined) this.#scored.set(task, scored);
    if (known === undefined || known === scored) return item;
    const name = metric === 'accuracy' ? 'choices' : metric;
    return { ...item, task: `${task} · ${lettered ? 'exam' : name}` };
  }
}
