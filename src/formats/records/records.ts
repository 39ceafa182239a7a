/** Reads files of records as a stream: good records in batches, everything else as a list of problems. */
import { rowFault, RowFault } from '../../faults/row-fault.ts';
import { isJsonObject, type JsonValue } from '../texts/json.ts';
import { badColumns } from './record-csv.ts';
import { DuplicateIndex } from './record-duplicates.ts';
import { valueAt } from './record-fields.ts';
import type { Findings } from './record-findings.ts';
import { Look, mcqReading } from './record-look.ts';
import { fieldsOf } from './record-mapping.ts';
import { readRecord, recognizeShape } from './record-shapes.ts';
import type { ShapeOptions } from './record-shapes.ts';
import type {
  FieldMapping,
  FilePlace,
  ImportedRecord,
  ImportProblem,
  ReadingChoices,
  RecordShape,
} from './record-types.ts';
import { isRemark, readRows } from './rows.ts';
import type { FaultPlace } from './record-readers.ts';
import { isListOfRows } from './row-layout.ts';
import type { Chunks, FoundBeside, RowBatch, RowItem } from './rows.ts';

export { guessKind, taskOf } from './record-kind.ts';
export { DuplicateIndex } from './record-duplicates.ts';
export { Findings } from './record-findings.ts';
export type * from './record-types.ts';

export interface ImportOptions extends ReadingChoices {
  /** Name of the file; its ending tells CSV from JSON. */
  readonly fileName: string;
  /** The shape of the rows; recognised for each row unless given. */
  readonly shape?: RecordShape | 'auto';
  /** Which field holds which part; takes the place of a shape. */
  readonly mapping?: FieldMapping;
  /** Shared between the files of one data set. */
  readonly duplicates?: DuplicateIndex;
  /** Whether repeated records are listed and left out (the default) or kept, as evaluation sets want it. */
  readonly onDuplicate?: 'report' | 'keep';
  /** Counts fields that were not read, answers that were excluded, and other findings. */
  readonly findings?: Findings;
}

/** What one stretch of the file gave. Good records are kept, whatever is wrong with others. */
export interface ImportBatch {
  readonly records: readonly ImportedRecord[];
  readonly problems: readonly ImportProblem[];
  /** Bytes of the file consumed so far. */
  readonly bytesRead: number;
}

/** Reads rows as records. */
class Importer {
  readonly #options: ImportOptions;
  readonly #seen: DuplicateIndex | undefined;
  #reading: ShapeOptions;
  records: ImportedRecord[] = [];
  problems: ImportProblem[] = [];

  constructor(options: ImportOptions) {
    this.#options = options;
    const { shape = 'auto', mapping, answers, reasoning } = options;
    this.#reading = { shape, answers, reasoning, ...(mapping && { mapping }) };
    this.#seen =
      options.onDuplicate === 'keep' ? undefined : (options.duplicates ?? new DuplicateIndex());
  }

  /** Decides what the first rows together tell about each row, and reads them. @throws StudioError `import-columns` */
  begin(look: Look, batch: RowBatch): void {
    this.#settle(look, batch);
    for (const item of look.items) this.item(item);
  }

  #settle(look: Look, { columns }: RowBatch): void {
    const { mapping, answers, shape = 'auto' } = this.#options;
    // Where rows could not be decoded, their faults say more.
    const undecoded = look.items.some(
      (item) => 'fault' in item && item.fault.code === 'invalid-utf8',
    );
    if (columns !== undefined && !(undecoded && look.rows.length === 0))
      checkColumns(columns, mapping, shape);
    const mcq = mcqReading(look.rows, mapping);
    if (mcq === undefined) return;
    this.#reading = {
      ...this.#reading,
      answers: answers ?? mcq.decided,
      ...(mapping === undefined && { answerField: mcq.field }),
    };
  }

  take(bytesRead: number): ImportBatch {
    const { records, problems } = this;
    this.records = [];
    this.problems = [];
    return { records, problems, bytesRead };
  }

  item(item: RowItem): void {
    const { findings } = this.#options;
    if ('fault' in item) this.#problem(item.fault, item);
    else if ('beside' in item) {
      const count = Array.isArray(item.beside) ? Math.max(1, item.beside.length) : 1;
      const { key: field, beside: value } = item;
      findings?.add('beside-rows', item, { field, value, count });
      const unread = listNotRead(item);
      if (unread) this.#problem(unread, item);
    } else {
      if (item.words > 0) findings?.add('not-a-number', item, { count: item.words });
      this.#row(item.value, item, item.words);
    }
  }

  #problem(fault: RowFault, { line, row, column }: FaultPlace): void {
    const { code, message: reason, data } = fault;
    const { fileName: file, findings } = this.#options;
    const place = { line, ...(row && { row }), ...(column && { column }) };
    if (code === 'encoding') findings?.add(code, place, { value: data['encoding'] ?? '' });
    if (code === 'invalid-utf8') findings?.add('not-text', place);
    const problem = { file, ...place, code, reason, data };
    this.problems.push(isRemark(fault) ? { ...problem, kept: true } : problem);
  }

  #row(value: JsonValue, { line, row }: FilePlace, words: number): void {
    const place = row === undefined ? { line } : { line, row };
    const file = this.#options.fileName;
    try {
      const { shape, record, unused, reasoned, right } = readRecord(value, this.#reading);
      // Where rows and lines differ, the earlier record is named by its row: rows and lines before that are equal.
      const earlier = this.#seen?.meet(record, file, row ?? line);
      if (earlier !== undefined) {
        const from = earlier.file === file ? {} : { file: earlier.file };
        const at = row === undefined ? { line: earlier.place } : { row: earlier.place };
        this.#problem(rowFault('duplicate', { ...at, ...from }), place);
        return;
      }
      this.records.push({ ...place, shape, record, ...(right && { right }) });
      const { findings } = this.#options;
      if (findings === undefined) return;
      for (const [field, value] of unused) {
        findings.add('unused-field', place, { field, value });
      }
      const excluded = record.messages.filter(({ train }) => train === false).length;
      if (excluded > 0) findings.add('untrained', place, { count: excluded });
      if (record.messages.at(-1)?.role === 'user') findings.add('unanswered', place);
      const use = this.#reading.reasoning ?? 'train';
      if (reasoned > 0) findings.add(`reasoning-${use}`, place, { count: reasoned });
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      if (fault.data['detail'] === 'bad') this.#options.findings?.add('marked-bad', place);
      this.#problem(words > 0 ? withWords(fault, value) : fault, place);
    }
  }
}

/** A field that a row has is not missing: where the row holds words such as NaN, it may have been one. */
function withWords(fault: RowFault, value: JsonValue): RowFault {
  const { field, detail } = fault.data;
  if (fault.code !== 'missing-field' || detail !== undefined) return fault;
  if (typeof field !== 'string' || !isJsonObject(value) || valueAt(value, field) !== null)
    return fault;
  return rowFault('missing-field', { field, detail: 'word' });
}

/** What is said of a list of records beside the one that is read; undefined for anything else beside the rows. */
export function listNotRead({ key, beside }: FoundBeside): RowFault | undefined {
  if (!isListOfRows(beside)) return undefined;
  return rowFault('list-not-read', { field: key, records: beside.length });
}

/** @throws StudioError `import-columns` where a table lacks columns that are needed */
function checkColumns(
  columns: readonly string[],
  mapping: FieldMapping | undefined,
  shape: RecordShape | 'auto',
): void {
  const missing =
    mapping === undefined ? [] : fieldsOf(mapping).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw badColumns(columns, 'missing', missing);
  const row = Object.fromEntries(columns.map((name) => [name, '']));
  const unknown = mapping === undefined && shape === 'auto' && recognizeShape(row) === undefined;
  if (unknown) throw badColumns(columns, 'unknown');
}

/**
 * Reads training or evaluation records from a file that arrives in chunks, in any layout that readRows knows.
 * A bad line never stops the import: it is listed with its place and reason, and the others are kept. Some facts
 * need many rows (whether answers count from 0 or from 1): they are decided from the first thousand rows before
 * any record is read. Memory is bounded by these rows, the longest line (16 MB) and the index of records seen,
 * 15 to 23 bytes a record.
 * @throws StudioError as readRows, `import-columns` (CSV whose columns need a mapping).
 */
export async function* importRecords(
  chunks: Chunks,
  options: ImportOptions,
): AsyncGenerator<ImportBatch, void, undefined> {
  const importer = new Importer(options);
  let look: Look | null = new Look();
  let last: RowBatch | null = null;
  for await (const batch of readRows(chunks, options.fileName)) {
    last = batch;
    let from = 0;
    if (look) {
      from = look.take(batch.items);
      if (look.isFull) {
        importer.begin(look, batch);
        look = null;
      }
    }
    for (let i = from; !look && i < batch.items.length; i++)
      importer.item(batch.items[i] as RowItem);
    yield importer.take(batch.bytesRead);
  }
  if (look && last) importer.begin(look, last);
  yield importer.take(last?.bytesRead ?? 0);
}
