/** Reads a Parquet file as lines of JSON, so that everything which reads rows of text can read it. */
import { fault } from '../../faults/fault.ts';
import { joinBytes } from '../texts/text-lines.ts';

/**
 * The rows of a Parquet file, one line of JSON each. Its reader is loaded when the first such file comes.
 * @throws StudioError `parquet-unreadable`
 */
export async function parquetLines(bytes: Uint8Array, fileName: string): Promise<Uint8Array> {
  const [{ parquetMetadata, parquetReadObjects }, { guardPages, ParquetProblem, unpackZstd }] =
    await Promise.all([import('hyparquet'), import('./parquet-guard.ts')]);
  try {
    // Not slice(): Node's Buffer would give a part of memory that other files share.
    const own = new Uint8Array(bytes);
    const metadata = parquetMetadata(own.buffer);
    guardPages(own, metadata);
    const file = {
      byteLength: own.byteLength,
      slice: (start: number, end?: number) => own.buffer.slice(start, end),
    };
    const rows = await parquetReadObjects({ file, metadata, compressors: { ZSTD: unpackZstd } });
    return linesOf(rows, () => new ParquetProblem('size'));
  } catch (cause) {
    const reason = cause instanceof ParquetProblem ? cause.reason : 'damaged';
    throw fault('parquet-unreadable', { file: fileName, reason }, { kept: 'data-before', cause });
  }
}

/** Most UTF-16 units of all lines: a text that many rows share is written out for each. */
const MOST_TEXT = 256_000_000;

function linesOf(rows: readonly unknown[], tooLong: () => Error): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let units = 0;
  for (const row of rows) {
    const line = `${JSON.stringify(plain(row))}\n`;
    units += line.length;
    if (units > MOST_TEXT) throw tooLong();
    parts.push(encoder.encode(line));
  }
  return joinBytes(parts);
}

/** Deepest value that is kept; rows of text have the same limit. */
const DEEPEST = 64;

/** A value as JSON knows it: whole numbers as numbers, dates as text. */
function plain(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new RangeError('too deep');
  if (typeof value === 'bigint') return Number(value);
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return value.map((part) => plain(part, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, plain(part, depth + 1)]),
  );
}
