/**
 * Walks through the pages of a Parquet file before hyparquet reads them: every size and count that a header claims must
 * be borne out by the bytes, since the reader allocates and loops by them.
 */
import { decompress } from 'fzstd';
import { snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import {
  getMaxDefinitionLevel,
  getMaxRepetitionLevel,
  getSchemaPath,
} from 'hyparquet/src/schema.js';
import type { ColumnMetaData, FileMetaData, PageHeader, SchemaTree } from 'hyparquet';

/** Most rows of a file, and values of a column. */
const MOST_ROWS = 2_000_000;
const MOST_VALUES = 8_000_000;
/** Most columns, those inside others counted alike. */
const MOST_COLUMNS = 1000;
/** Bytes of all columns together once unpacked. */
const MOST_BYTES = 512_000_000;
/** Snappy's copies give at most 64 bytes for two. */
const SNAPPY_RATIO = 64;

/** Types whose values unfold into more than was written. */
const UNREAD: ReadonlySet<string> = new Set(['VARIANT', 'GEOMETRY', 'GEOGRAPHY', 'FILE']);

type Reason = 'damaged' | 'size' | 'packing';

/** Why a file is not read. */
export class ParquetProblem extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

function must(holds: boolean, reason: Reason = 'damaged'): asserts holds {
  if (!holds) throw new ParquetProblem(reason);
}

interface Budget {
  bytes: number;
}

/** @throws Error where a page does not hold what its header claims */
export function guardPages(bytes: Uint8Array, metadata: FileMetaData): void {
  const rows = Number(metadata.num_rows);
  must(rows >= 0 && rows <= MOST_ROWS, 'size');
  must(metadata.schema.length <= MOST_COLUMNS, 'size');
  const kinds = metadata.schema.map(({ logical_type: kind }) => kind?.type ?? '');
  must(!kinds.some((kind) => UNREAD.has(kind)), 'packing');
  const budget = { bytes: MOST_BYTES };
  let counted = 0;
  for (const { columns, num_rows: own } of metadata.row_groups) {
    must(columns.length <= MOST_COLUMNS, 'size');
    must(own >= 0n && own <= BigInt(MOST_ROWS), 'size');
    counted += Number(own);
    for (const { meta_data: column } of columns) {
      must(column !== undefined);
      guardColumn(bytes, metadata, column, budget);
    }
  }
  must(counted === rows);
}

function guardColumn(
  bytes: Uint8Array,
  { schema }: FileMetaData,
  column: ColumnMetaData,
  budget: Budget,
): void {
  const values = Number(column.num_values);
  must(values >= 0 && values <= MOST_VALUES, 'size');
  const { dictionary_page_offset: dictionary = 0n, data_page_offset: data } = column;
  const begin = Number(dictionary === 0n ? data : dictionary);
  const end = begin + Number(column.total_compressed_size);
  must(begin >= 4 && begin <= end && end <= bytes.length);
  const path = getSchemaPath(schema, column.path_in_schema);
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin, end - begin);
  const reader = { view, offset: 0 };
  let seen = 0;
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    must(size >= 0 && reader.offset + size <= view.byteLength);
    const page = bytes.subarray(begin + reader.offset, begin + reader.offset + size);
    reader.offset += size;
    seen += guardPage(page, header, column, path, budget);
    must(seen <= values);
  }
  must(seen === values);
}

/** The number of values that a page adds to its column. */
function guardPage(
  packed: Uint8Array,
  header: PageHeader,
  { codec, type }: ColumnMetaData,
  path: readonly SchemaTree[],
  budget: Budget,
): number {
  const { uncompressed_page_size: whole } = header;
  must(whole >= 0 && whole <= budget.bytes, 'size');
  budget.bytes -= whole;
  const dictionary = header.dictionary_page_header;
  if (header.type === 'DICTIONARY_PAGE' && dictionary) {
    guardPlain(unpacked(packed, whole, codec), type, dictionary.num_values, path);
    return 0;
  }
  const data = header.data_page_header;
  // Version 2 of the pages is not what pyarrow and the hubs write.
  must(header.type === 'DATA_PAGE' && data !== undefined, 'packing');
  const count = data.num_values;
  must(count >= 0 && count <= MOST_VALUES);
  const page = unpacked(packed, whole, codec);
  const tree = [...path];
  let at = 0;
  const repetition = tree.length > 1 ? getMaxRepetitionLevel(tree) : 0;
  if (repetition > 0) at = guardLevels(page, at, repetition, count).end;
  const definition = getMaxDefinitionLevel(tree);
  let present = count;
  if (definition > 0) {
    const levels = guardLevels(page, at, definition, count);
    at = levels.end;
    present = levels.full;
  }
  const rest = page.subarray(at);
  if (data.encoding === 'PLAIN') guardPlain(rest, type, present, path);
  else {
    must(data.encoding === 'RLE_DICTIONARY' || data.encoding === 'PLAIN_DICTIONARY', 'packing');
    const width = rest[0] ?? 0;
    must(present === 0 || (rest.length > 0 && width <= 32));
    if (width > 0) hybrid(rest, 1, width, present, () => undefined);
  }
  return count;
}

function unpacked(packed: Uint8Array, size: number, codec: ColumnMetaData['codec']): Uint8Array {
  if (codec === 'UNCOMPRESSED') {
    must(packed.length === size);
    return packed;
  }
  if (codec === 'ZSTD') return unpackZstd(packed, size);
  must(codec === 'SNAPPY', 'packing');
  must(size <= packed.length * SNAPPY_RATIO);
  const page = new Uint8Array(size);
  snappyUncompress(packed, page);
  return page;
}

/** A page packed with Zstandard; it gets no more room than its header claims, which the budget has counted. */
export function unpackZstd(packed: Uint8Array, size: number): Uint8Array {
  const page = new Uint8Array(size);
  decompress(packed, page);
  return page;
}

const SIZES: Readonly<Record<string, number>> = {
  ...{ INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 },
};

/** Whether as many plain values fit as are claimed. */
function guardPlain(
  page: Uint8Array,
  type: ColumnMetaData['type'],
  count: number,
  path: readonly SchemaTree[],
): void {
  must(count >= 0 && count <= MOST_VALUES);
  if (type === 'BYTE_ARRAY') {
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      must(at + 4 <= page.length);
      at += 4 + view.getUint32(at, true);
      must(at <= page.length);
    }
    return;
  }
  const fixed = path.at(-1)?.element.type_length ?? 0;
  const size = type === 'FIXED_LEN_BYTE_ARRAY' ? fixed : type === 'BOOLEAN' ? 1 / 8 : SIZES[type];
  must(size !== undefined && size > 0 && count * size <= page.length);
}

/** Levels with their length before them; how many are the highest, and where they end. */
function guardLevels(
  page: Uint8Array,
  at: number,
  most: number,
  count: number,
): { readonly full: number; readonly end: number } {
  must(at + 4 <= page.length);
  const length = new DataView(page.buffer, page.byteOffset + at, 4).getUint32(0, true);
  const end = at + 4 + length;
  must(end <= page.length);
  let full = 0;
  hybrid(page.subarray(0, end), at + 4, 32 - Math.clz32(most), count, (level, times) => {
    must(level <= most);
    if (level === most) full += times;
  });
  return { full, end };
}

/** Reads the runs of a hybrid encoding as they are, without writing their values anywhere. */
function hybrid(
  bytes: Uint8Array,
  begin: number,
  width: number,
  count: number,
  take: (value: number, times: number) => void,
): void {
  let at = begin;
  let seen = 0;
  while (seen < count) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at];
      must(byte !== undefined && shift < 28);
      at += 1;
      head |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const inBits = (head & 1) === 1;
    const times = inBits ? (head >>> 1) * 8 : head >>> 1;
    const length = inBits ? (times / 8) * width : (width + 7) >> 3;
    // A run in bits is filled up to whole bytes; a repeated value ends where the values end.
    must(times > 0 && seen + times <= count + (inBits ? 7 : 0));
    must(at + length <= bytes.length);
    if (inBits) {
      const own = Math.min(times, count - seen);
      for (let i = 0; i < own; i += 1) take(bitsAt(bytes, at, i * width, width), 1);
    } else take(bitsAt(bytes, at, 0, Math.min(32, length * 8)), times);
    at += length;
    seen += times;
  }
}

function bitsAt(bytes: Uint8Array, at: number, bit: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i += 1) {
    const place = bit + i;
    value += (((bytes[at + (place >> 3)] ?? 0) >> (place & 7)) & 1) * 2 ** i;
  }
  return value;
}
