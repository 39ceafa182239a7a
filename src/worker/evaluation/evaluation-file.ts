/** Reads the questions of one file: whatever the import takes, and the studio's own rows and PromptCBLUE's. */
import { RowFault } from '../../faults/row-fault.ts';
import {
  readEvaluationRow,
  type EvaluationItem,
  type ReadItem,
} from '../../engine/evaluation/items.ts';
import { itemOfRecord, withLabels } from '../../engine/evaluation/record-items.ts';
import type { ClosedAnswers } from '../../engine/evaluation/settings.ts';
import type { JsonValue } from '../../formats/texts/json.ts';
import { inspectRecords } from '../../formats/records/record-inspect.ts';
import { lookAt, mcqReading } from '../../formats/records/record-look.ts';
import { readRecord, type ShapeOptions } from '../../formats/records/record-shapes.ts';
import type { FieldMapping } from '../../formats/records/record-types.ts';
import { isRemark, readRows, type Chunks } from '../../formats/records/rows.ts';
import type { LeftOutRow } from '../../contract/evaluation.ts';
import { breathe, type Task } from '../tasks/tasks.ts';

/** What a file gave: questions, and every row that is none. */
export interface EvaluationFile {
  readonly items: readonly EvaluationItem[];
  readonly leftOut: readonly LeftOutRow[];
}

/** How the rows of a file are read, decided from the first of them together. */
export interface Reading {
  /** The file is of the studio's own shape: what a row lacks is said in its terms. */
  readonly own: boolean;
  readonly record: ShapeOptions;
}

/** A mapping that was guessed, where it names all that a question needs. */
function complete(guess: Partial<FieldMapping>): FieldMapping | undefined {
  const { prompt, turns, response, choices, answer } = guess;
  const chosen = choices !== undefined && answer !== undefined;
  const asked = prompt !== undefined && (response !== undefined || chosen);
  return asked || turns !== undefined ? guess : undefined;
}

async function decideReading(chunks: () => Chunks, name: string): Promise<Reading> {
  const look = await lookAt(chunks(), name);
  const own = look.values.some((value) => readEvaluationRow(value) !== null);
  const { recognised, guess } = await inspectRecords(chunks(), name);
  const mapping = recognised > 0 || own ? undefined : complete(guess);
  const mcq = mcqReading(look.rows, mapping);
  const answers = { answers: mcq?.decided, ...(mcq && !mapping && { answerField: mcq.field }) };
  return {
    own,
    record: { shape: 'auto', reasoning: 'drop', ...(mapping && { mapping }), ...answers },
  };
}

/** Messages, such as Cancel, come in between at least this often. */
const BREATHE_MS = 40;

/** Lets messages in between every so often, and stops where the task was ended. */
export function breathing(task: Pick<Task, 'check'> | null): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    if (performance.now() - breathed > BREATHE_MS) {
      await breathe();
      breathed = performance.now();
    }
    task?.check();
  };
}

/** What a row gave, or why it gave nothing. */
export type RowOutcome<T> =
  { readonly ok: true; readonly item: T } | { readonly ok: false; readonly fault: RowFault };

/**
 * Rows of a file one by one, in its order; one that is broken or gives nothing costs only itself.
 * @param chunks the bytes of the file from its beginning, each time it is called
 * @param take reads a row. @throws RowFault where it is none
 * @param check throws to stop; called between some rows and the next
 * @throws StudioError as readRows
 */
export async function takeRows<T>(
  chunks: () => Chunks,
  name: string,
  take: (value: JsonValue, reading: Reading) => RowOutcome<T>,
  check: () => Promise<void> | undefined = () => undefined,
): Promise<{ readonly items: readonly T[]; readonly leftOut: readonly LeftOutRow[] }> {
  const reading = await decideReading(chunks, name);
  const items: T[] = [];
  const leftOut: LeftOutRow[] = [];
  for await (const batch of readRows(chunks(), name)) {
    await check();
    for (const row of batch.items) {
      if ('beside' in row) continue;
      const place = { file: name, line: row.line };
      if ('fault' in row) {
        const { fault, column } = row;
        if (!isRemark(fault))
          leftOut.push({ ...place, ...(column && { column }), ...whyOf(fault) });
        continue;
      }
      const read = tryTake(() => take(row.value, reading));
      if (read.ok) items.push(read.item);
      else leftOut.push({ ...place, ...whyOf(read.fault) });
    }
  }
  return { items, leftOut };
}

function tryTake<T>(take: () => RowOutcome<T>): RowOutcome<T> {
  try {
    return take();
  } catch (fault) {
    if (fault instanceof RowFault) return { ok: false, fault };
    throw fault;
  }
}

/** A question, and whether it was a record to train on, which does not say how it is scored. */
interface Found {
  readonly item: EvaluationItem;
  readonly asRecord: boolean;
}

/**
 * The questions of a file: a null is absent.
 * @param closed answers of records that are a few short ones over and over are labels unless told otherwise
 * @throws StudioError as readRows
 */
export async function readEvaluationFile(
  chunks: () => Chunks,
  name: string,
  check?: () => Promise<void> | undefined,
  closed: ClosedAnswers = 'labels',
): Promise<EvaluationFile> {
  const tasks = new TaskNames(name);
  const take = (value: JsonValue, reading: Reading) => readRow(value, reading, tasks.file);
  const { items: found, leftOut } = await takeRows(chunks, name, take, check);
  const records = found.flatMap(({ item, asRecord }) => (asRecord ? [item] : []));
  const settled = (closed === 'labels' ? withLabels(records) : records).values();
  const items = found.map(({ item, asRecord }) =>
    asRecord ? tasks.named(settled.next().value ?? item) : item,
  );
  return { items, leftOut };
}

function readRow(value: JsonValue, { own, record }: Reading, task: string): RowOutcome<Found> {
  const found = (read: ReadItem, asRecord: boolean): RowOutcome<Found> =>
    read.ok ? { ok: true, item: { item: read.item, asRecord } } : read;
  const read = readEvaluationRow(value);
  if (read) return found(read, false);
  try {
    return found(itemOfRecord(readRecord(value, record).record, task), true);
  } catch (fault) {
    // In a file of the studio's own shape, a row of no shape at all lacks what that needs.
    const shapeless = fault instanceof RowFault && fault.code === 'unknown-shape';
    const lacks = shapeless && own ? readEvaluationRow(value, true) : null;
    if (lacks) return found(lacks, false);
    throw fault;
  }
}

function whyOf({ code, message, data }: RowFault): Omit<LeftOutRow, 'file' | 'line'> {
  const field = typeof data['field'] === 'string' ? data['field'] : '';
  return { code, field, reason: message, data };
}

/** Items of a task are all scored alike: records of other kinds under its name get a name of their own. */
class TaskNames {
  readonly file: string;
  readonly #scored = new Map<string, string>();

  constructor(fileName: string) {
    this.file =
      fileName.replace(/(?:\.evaluation)?\.(?:jsonl|ndjson|json|csv|tsv|txt)(?:\.gz)?$/i, '') ||
      fileName;
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
