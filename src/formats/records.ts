/** Reads files of records as a stream: good records in batches, everything else as a list of problems. */
import { StudioError } from '../errors.ts';
import type { JsonValue } from './json.ts';
import { DuplicateIndex } from './record-duplicates.ts';
import { bomFound, layoutReader, recordLayout } from './record-readers.ts';
import type { LayoutReader, RecordLayout, RecordSink } from './record-readers.ts';
import { readRecord } from './record-shapes.ts';
import type { ShapeOptions } from './record-shapes.ts';
import { RecordFault } from './record-types.ts';
import type {
  FieldMapping,
  ImportedRecord,
  ImportProblem,
  ProblemCode,
  ProblemData,
  RecordShape,
} from './record-types.ts';
import { joinBytes } from './text-lines.ts';

export { guessKind, taskOf } from './record-kind.ts';
export { DuplicateIndex } from './record-duplicates.ts';
export type * from './record-types.ts';

export interface ImportOptions {
  /** Name of the file; its ending tells CSV from JSON. */
  readonly fileName: string;
  /** How to read the rows; recognised for each row unless told. */
  readonly shape?: RecordShape | 'auto';
  /** Which field holds what; takes the place of a shape. */
  readonly mapping?: FieldMapping;
  /** Shared between the files of one data set. */
  readonly duplicates?: DuplicateIndex;
  /** Whether repeated records are listed and left out (the default) or kept, as evaluation sets want it. */
  readonly onDuplicate?: 'report' | 'keep';
}

/** What one stretch of the file gave. Good records are kept whatever is wrong with others. */
export interface ImportBatch {
  readonly records: readonly ImportedRecord[];
  readonly problems: readonly ImportProblem[];
  /** Bytes of the file consumed so far. */
  readonly bytesRead: number;
}

/** Few at a time: what lives for long is cheap to hold and dear to clear away. */
const BATCH_SIZE = 64;
/** How much of the start is looked at to tell how the file is laid out. */
const PEEK_BYTES = 1_000_000;

/** Collects what the readers find until it is handed on. */
class Collector implements RecordSink {
  readonly options: ShapeOptions;
  readonly checkColumns = true;
  readonly #file: string;
  readonly #seen: DuplicateIndex | undefined;
  #records: ImportedRecord[] = [];
  #problems: ImportProblem[] = [];

  constructor(options: ImportOptions) {
    const { shape = 'auto', mapping } = options;
    this.options = mapping === undefined ? { shape } : { shape, mapping };
    this.#file = options.fileName;
    this.#seen =
      options.onDuplicate === 'keep' ? undefined : (options.duplicates ?? new DuplicateIndex());
  }

  get isFull(): boolean {
    return this.#records.length + this.#problems.length >= BATCH_SIZE;
  }

  take(bytesRead: number): ImportBatch {
    const batch = { records: this.#records, problems: this.#problems, bytesRead };
    this.#records = [];
    this.#problems = [];
    return batch;
  }

  fault({ code, message, data }: RecordFault, line: number, column?: number): void {
    this.#problem(code, message, data, line, column);
  }

  #problem(
    code: ProblemCode,
    reason: string,
    data: ProblemData,
    line: number,
    column?: number,
  ): void {
    const place = column === undefined ? { line } : { line, column };
    const problem = { file: this.#file, ...place, code, reason, data };
    this.#problems.push(code === 'bom' ? { ...problem, kept: true } : problem);
  }

  value(value: JsonValue, line: number): void {
    try {
      const { shape, record } = readRecord(value, this.options);
      const earlier = this.#seen?.meet(record, this.#file, line);
      if (earlier === undefined) {
        this.#records.push({ line, shape, record });
        return;
      }
      const elsewhere = earlier.file !== this.#file;
      const where = elsewhere ? ` of ${earlier.file}` : '';
      const data = { line: earlier.line, ...(elsewhere && { file: earlier.file }) };
      this.#problem('duplicate', `it repeats line ${earlier.line}${where}`, data, line);
    } catch (fault) {
      if (!(fault instanceof RecordFault)) throw fault;
      this.fault(fault, line);
    }
  }

  wants(value: JsonValue): boolean {
    try {
      readRecord(value, this.options);
      return true;
    } catch (fault) {
      if (!(fault instanceof RecordFault)) throw fault;
      return false;
    }
  }
}

function notText(fileName: string): StudioError {
  return new StudioError({
    code: 'import-not-text',
    message: `${fileName} is not a UTF-8 text file; it may be compressed, a spreadsheet, Parquet or UTF-16.`,
    remedy: 'Save the data as UTF-8 JSONL, JSON or CSV and import that.',
    data: { file: fileName },
  });
}

/** Whether a file begins with a byte order mark. */
function hasMark(head: Uint8Array): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

/** Opens the reader that a file's first bytes ask for. @throws StudioError `import-not-text` */
export function openReader(
  head: Uint8Array,
  fileName: string,
  sink: RecordSink,
): { readonly layout: RecordLayout; readonly reader: LayoutReader } {
  if (head.subarray(0, 4096).includes(0)) throw notText(fileName);
  const layout = recordLayout(head, fileName);
  // Line by line the mark of each line is told by the reader itself.
  if (layout !== 'lines' && hasMark(head)) sink.fault(bomFound(), 1, 1);
  return { layout, reader: layoutReader(layout, sink) };
}

/**
 * Reads training or evaluation records from a file that arrives in chunks: JSONL, a JSON array, objects one
 * after another, or CSV with a header row. A bad line never stops the import: it is listed with its place
 * and reason, and the others are kept. Memory is bounded by the longest line (16 MB) plus the index of what
 * was seen, 15 to 23 bytes a record.
 * @throws StudioError `import-not-text`, `import-columns` (CSV whose columns need a mapping).
 */
export async function* importRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ImportOptions,
): AsyncGenerator<ImportBatch, void, undefined> {
  const collector = new Collector(options);
  let reader: LayoutReader | undefined;
  let held: Uint8Array[] = [];
  let bytesRead = 0;
  for await (const chunk of chunks) {
    bytesRead += chunk.length;
    let input = chunk;
    if (reader === undefined) {
      held.push(chunk.slice());
      const head = joinBytes(held);
      if (head.length < PEEK_BYTES && !hasWholeLine(head)) continue;
      held = [];
      ({ reader } = openReader(head, options.fileName, collector));
      input = head;
    }
    for (const _ of reader.push(input)) if (collector.isFull) yield collector.take(bytesRead);
    yield collector.take(bytesRead);
  }
  const rest = joinBytes(held);
  reader ??= openReader(rest, options.fileName, collector).reader;
  for (const _ of reader.push(rest)) if (collector.isFull) yield collector.take(bytesRead);
  for (const _ of reader.end()) if (collector.isFull) yield collector.take(bytesRead);
  yield collector.take(bytesRead);
}

/** Whether a line that is not blank is complete in these bytes. */
function hasWholeLine(head: Uint8Array): boolean {
  const start = head.findIndex((byte) => byte > 0x20);
  return start !== -1 && head.includes(10, start);
}
