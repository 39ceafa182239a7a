/** Reads the rows of a file one by one; a row that gives nothing costs only itself, and is listed with the reason. */
import type { RowFaultCode, RowFaultData } from '../../../faults/catalogue/rows.ts';
import { RowFault } from '../../../faults/row-fault.ts';
import type { JsonValue } from '../../../formats/texts/json.ts';
import { fieldsKey, type KnownColumns } from '../../../formats/records/known-columns.ts';
import { inspectRecords } from '../../../formats/records/record-inspect.ts';
import { lookAt, mcqReading } from '../../../formats/records/record-look.ts';
import type { ShapeOptions } from '../../../formats/records/record-shapes.ts';
import type { FieldMapping, FilePlace } from '../../../formats/records/record-types.ts';
import { isRemark, readRows, type Chunks } from '../../../formats/records/rows.ts';
import { readEvaluationRow } from '../items.ts';

/** A row of a file that gave no question, and why. */
export interface LeftOutRow extends FilePlace {
  readonly file: string;
  readonly column?: number;
  /** The field at fault; empty where the fault is not in one field alone. */
  readonly field: string;
  readonly code: RowFaultCode;
  readonly reason: string;
  readonly data: RowFaultData;
}

/** How to read the rows of a file, decided from its first rows together. */
export interface Reading {
  /** The file has the studio's own shape: errors name the fields that this shape needs. */
  readonly own: boolean;
  readonly record: ShapeOptions;
}

/** What a file gave. */
export interface TakenRows<T> {
  readonly items: readonly T[];
  readonly leftOut: readonly LeftOutRow[];
}

/** A guessed mapping, where it names everything that a question needs. */
function complete(guess: Partial<FieldMapping>): FieldMapping | undefined {
  const { prompt, turns, response, choices, answer } = guess;
  const chosen = choices !== undefined && answer !== undefined;
  const asked = prompt !== undefined && (response !== undefined || chosen);
  return asked || turns !== undefined ? guess : undefined;
}

/** A file of questions. */
export interface QuestionSource {
  /** The bytes of the file, from its beginning at each call. */
  readonly chunks: () => Chunks;
  readonly name: string;
  /** Mappings that a person chose for files with the same columns; they come before guesses. */
  readonly known?: readonly KnownColumns[] | undefined;
}

/** Looks at the whole file for how its rows are to be read. @throws StudioError as readRows */
export async function decideReading({
  chunks,
  name,
  known = [],
}: QuestionSource): Promise<Reading> {
  const look = await lookAt(chunks(), name);
  const own = look.values.some((value) => readEvaluationRow(value) !== null);
  const { recognised, guess, fields } = await inspectRecords(chunks(), name);
  const key = fieldsKey(fields);
  const chosen = known.find((one) => one.fields === key)?.mapping;
  const mapping = recognised > 0 || own ? undefined : (chosen ?? complete(guess));
  const mcq = mcqReading(look.rows, mapping);
  const answers = { answers: mcq?.decided, ...(mcq && !mapping && { answerField: mcq.field }) };
  return {
    own,
    record: { shape: 'auto', reasoning: 'drop', ...(mapping && { mapping }), ...answers },
  };
}

/** What a row gave, or why it gave nothing. */
export type RowOutcome<T> =
  | { readonly ok: true; readonly item: T }
  | { readonly ok: false; readonly fault: RowFault };

/**
 * Rows of a file in order; a row that is broken or gives nothing costs only itself.
 * @param take reads a row. @throws RowFault where it is not a question
 * @param check throws to stop; called between some rows and the next
 * @throws StudioError as readRows
 */
export async function takeRows<T>(
  { chunks, name }: QuestionSource,
  take: (value: JsonValue) => RowOutcome<T>,
  check: () => Promise<void> | undefined = () => undefined,
): Promise<TakenRows<T>> {
  const items: T[] = [];
  const leftOut: LeftOutRow[] = [];
  for await (const batch of readRows(chunks(), name)) {
    await check();
    for (const row of batch.items) {
      if ('beside' in row) continue;
      const place = { file: name, line: row.line, ...(row.row && { row: row.row }) };
      if ('fault' in row) {
        const { fault, column } = row;
        if (!isRemark(fault))
          leftOut.push({ ...place, ...(column && { column }), ...whyOf(fault) });
        continue;
      }
      const read = tryTake(() => take(row.value));
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

function whyOf({ code, message, data }: RowFault): Omit<LeftOutRow, 'file' | keyof FilePlace> {
  const field = typeof data['field'] === 'string' ? data['field'] : '';
  return { code, field, reason: message, data };
}
