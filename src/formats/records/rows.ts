/**
 * The rows of a file: the one reader that inspection, preview, import and evaluation share.
 *
 *     for await (const { items } of readRows(chunks, 'dev.json')) {
 *       for (const item of items) {
 *         if ('fault' in item) console.log(item.line, item.fault.code, item.fault.message);
 *         else console.log(item.line, item.value);
 *       }
 *     }
 *
 * `chunks` are the bytes of the file in order (`[bytes]` where they are all there); a chunk may be overwritten
 * when the next is asked for. Read: JSONL; objects one after another, on one line or many; a JSON array; rows
 * inside an object ({"data": […]}, also deeper or beside a version); an object with a key for each row; columns
 * as pandas writes them; CSV. All may be in UTF-8, UTF-16, GBK or Windows-1252, with LF, CRLF or CR, and
 * gzip-compressed. A list of turns is one row. The beginning of the file decides where the rows are, whatever the
 * chunks; the rest is read accordingly. Broken text gives an item with a `fault` and costs only itself.
 */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import { notRecords, SIGNATURE_BYTES, signatureOf } from '../files/file-signature.ts';
import { unzipped } from '../files/gzip.ts';
import type { JsonValue } from '../texts/json.ts';
import { layoutReader } from './record-readers.ts';
import type { FaultPlace, LayoutReader, RowSink } from './record-readers.ts';
import type { FilePlace } from './record-types.ts';
import { layoutOf } from './row-layout.ts';
import type { FoundLayout, RecordLayout } from './row-layout.ts';
import { CrLines, encodingOf, endsWithCr, Utf8Transcoder } from '../texts/text-encoding.ts';
import type { TextEncodingName } from '../texts/text-encoding.ts';
import { joinBytes } from '../texts/text-lines.ts';

export type { RecordLayout } from './row-layout.ts';
export type { TextEncodingName } from '../texts/text-encoding.ts';

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface FoundRow extends FilePlace {
  readonly value: JsonValue;
  /** UTF-16 units of the row's text; 0 for rows of a table by columns. */
  readonly size: number;
  /** Words such as NaN that were read as null. */
  readonly words: number;
}

/** Text that is no row, or a remark (code `bom` or `encoding`: the rows are read all the same). */
export interface FoundFault extends FaultPlace {
  readonly fault: RowFault;
}

/** A value beside the rows, such as the version in {"version": 1, "data": […]}. */
export interface FoundBeside {
  readonly line: number;
  readonly key: string;
  readonly beside: JsonValue;
}

export type RowItem = FoundRow | FoundFault | FoundBeside;

export interface RowBatch {
  readonly layout: RecordLayout;
  readonly encoding: TextEncodingName;
  /** Names of a table's columns, once they are known. */
  readonly columns?: readonly string[];
  /** In the order of the file. */
  readonly items: readonly RowItem[];
  /** Bytes of the file consumed so far. */
  readonly bytesRead: number;
}

/** Batches are small because collecting garbage that has lived for long is expensive. */
const BATCH_SIZE = 64;
/** Bytes of text that decide where the rows are. */
const HEAD_BYTES = 500_000;

/** Collects what the readers find until it is handed on. */
class Collector implements RowSink {
  items: RowItem[] = [];
  names: readonly string[] | undefined;

  row(value: JsonValue, place: FilePlace, size: number, words: number): void {
    this.items.push({ ...place, value, size, words });
  }

  fault(fault: RowFault, place: FaultPlace): void {
    this.items.push({ ...place, fault });
  }

  beside(key: string, beside: JsonValue, line: number): void {
    this.items.push({ line, key, beside });
  }

  columns(names: readonly string[]): void {
    this.names = names;
  }
}

/** The bytes of a text as they arrive, except that the first `bytes` of them come in one buffer. */
async function* headFirst(chunks: Chunks, bytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    if (length >= bytes) {
      yield chunk;
      continue;
    }
    held.push(chunk.slice());
    length += chunk.length;
    if (length < bytes) continue;
    yield joinBytes(held);
    held = [];
  }
  if (length < bytes) yield joinBytes(held);
}

/** The text as UTF-8 with LF line ends, whatever its encoding; its beginning comes first, in one piece. */
async function* asUtf8(
  chunks: Chunks,
  fileName: string,
  found: { encoding: TextEncodingName },
): AsyncGenerator<Uint8Array> {
  let transcoder: Utf8Transcoder | undefined;
  let begun = false;
  for await (const chunk of headFirst(chunks, HEAD_BYTES)) {
    let text = chunk;
    if (!begun) {
      begun = true;
      const { encoding, mark } = encodingOf(chunk.subarray(0, HEAD_BYTES));
      found.encoding = encoding;
      if (encoding !== 'utf-8') transcoder = new Utf8Transcoder(encoding);
      else if (chunk.subarray(0, SIGNATURE_BYTES).includes(0)) throw notRecords(fileName, 'binary');
      text = chunk.subarray(mark);
    }
    yield transcoder ? transcoder.push(text) : text;
  }
  if (transcoder) yield transcoder.end();
}

async function* withLf(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let lines: CrLines | undefined;
  let begun = false;
  for await (const chunk of headFirst(chunks, HEAD_BYTES)) {
    if (!begun && endsWithCr(chunk.subarray(0, HEAD_BYTES))) lines = new CrLines();
    begun = true;
    yield lines ? lines.push(chunk.slice()) : chunk;
  }
}

/** The file's bytes, unpacked where it is gzip. @throws StudioError `import-not-text` where it holds no rows as text */
async function* asText(chunks: Chunks, name: string, packed = false): AsyncGenerator<Uint8Array> {
  const whole = headFirst(chunks, SIGNATURE_BYTES);
  const first = await whole.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const signature = signatureOf(head);
  const again = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    yield* whole;
  };
  if (signature === undefined) yield* again();
  else if (signature !== 'gzip') throw notRecords(name, signature);
  else if (packed) throw notRecords(name, 'packed');
  else yield* asText(unzipped(again(), name), name, true);
}

const isTable = (fileName: string): boolean => /\.(?:csv|tsv)(?:\.gz)?$/i.test(fileName);

const isJson = (fileName: string): boolean => /\.(?:json|jsonl|ndjson)(?:\.gz)?$/i.test(fileName);

/** Longest name of a column in a text that is taken for a table. */
const LONGEST_NAME = 60;

/** Whether a text is a table although its name does not say so: its first lines have equally many cells. */
function looksLikeTable(text: string): boolean {
  const lines = text
    .split('\n', 12)
    .filter((line) => line.trim() !== '')
    .slice(0, 3);
  const [header = '', ...rows] = lines.map((line) => line.replace(/"[^"]*"/g, ''));
  return ['\t', ',', ';', '|'].some((mark) => {
    const cells = header.split(mark);
    const short = mark === '\t' || cells.every((cell) => cell.length <= LONGEST_NAME);
    const alike = rows.every((row) => row.split(mark).length === cells.length);
    return cells.length > 1 && rows.length > 0 && short && alike;
  });
}

function findLayout(head: Uint8Array, whole: boolean, fileName: string): FoundLayout {
  // A character cut at the end of the head becomes U+FFFD here, which affects nothing that is looked at.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(head);
  const begins = text.replace(/^\ufeff/, '').slice(0, 200);
  // JSON under the name of a table is read as JSON, and a table under the name of JSON as a table.
  const json = /^\s*(?:\{\s*"|\[\s*[[{])/.test(begins);
  const table = isTable(fileName)
    ? !json
    : !isJson(fileName) && !/^\s*[[{]/.test(begins) && looksLikeTable(text.slice(0, 65_536));
  if (table) return { layout: 'table', place: { path: [], container: 'none' } };
  return layoutOf(text, whole, fileName.replace(/\.gz$/i, ''));
}

const ENCODING_NAMES = {
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  gb18030: 'GBK (GB18030)',
  'windows-1252': 'Windows-1252',
} as const;

/** The remark on a file in another encoding than UTF-8. */
function encodingFound(encoding: Exclude<TextEncodingName, 'utf-8'>): RowFault {
  return rowFault('encoding', { encoding: ENCODING_NAMES[encoding] });
}

/** Whether a fault is only a remark, which leaves the rows as they are. */
export const isRemark = ({ code }: RowFault): boolean => code === 'bom' || code === 'encoding';

/**
 * The rows of a file, a few at a time, in the order of the file. Memory is bounded by the longest row (16 MB).
 * @throws StudioError `import-not-text` naming what the file is instead, `import-gzip`, `import-encoding`,
 *   `import-columns` (names of columns that repeat or are not allowed)
 */
export async function* readRows(
  chunks: Chunks,
  fileName: string,
): AsyncGenerator<RowBatch, void, undefined> {
  const collector = new Collector();
  const about: { encoding: TextEncodingName } = { encoding: 'utf-8' };
  let bytesRead = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytesRead += chunk.length;
      yield chunk;
    }
  };
  let reader: LayoutReader | undefined;
  let layout: RecordLayout = 'lines';
  const take = (): RowBatch => {
    const { items, names } = collector;
    collector.items = [];
    const columns = names && { columns: names };
    return { layout, encoding: about.encoding, ...columns, items, bytesRead };
  };
  const open = (head: Uint8Array, whole: boolean): LayoutReader => {
    const { encoding } = about;
    if (encoding !== 'utf-8') collector.fault(encodingFound(encoding), { line: 1 });
    const found = findLayout(head.subarray(0, HEAD_BYTES), whole, fileName);
    ({ layout } = found);
    // The reader of lines reports the byte order mark of each line itself.
    const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    if (layout !== 'lines' && marked) collector.fault(rowFault('bom'), { line: 1, column: 1 });
    return layoutReader(found, encoding, collector);
  };
  const text = headFirst(withLf(asUtf8(asText(counted(), fileName), fileName, about)), HEAD_BYTES);
  for await (const chunk of text) {
    // A first chunk shorter than a head is the whole file.
    reader ??= open(chunk, chunk.length < HEAD_BYTES);
    for (const _ of reader.push(chunk)) if (collector.items.length >= BATCH_SIZE) yield take();
    yield take();
  }
  reader ??= open(new Uint8Array(), true);
  for (const _ of reader.end()) if (collector.items.length >= BATCH_SIZE) yield take();
  yield take();
}
