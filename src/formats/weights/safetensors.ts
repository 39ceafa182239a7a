/** Reads safetensors safely. */
import { StudioError } from '../../errors.ts';
import type { ErrorData } from '../../errors.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { refuseStandIn, SIGNATURE_BYTES } from '../files/file-signature.ts';
import { widenBfloat16Array, widenFloat16Array } from './float-bits.ts';
import { isJsonObject, parseJsonObject } from '../texts/json.ts';
import type { JsonValue } from '../texts/json.ts';

/** Bytes of one element. Formats with less than a byte an element are not read and are named as such. */
const DTYPE_SIZES = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type Dtype = keyof typeof DTYPE_SIZES;

/** Longest header accepted. The largest published models stay below 1 MB; the format's own cap is 100 MB. */
const MAX_HEADER_BYTES = 25_000_000;
const MAX_DIMENSIONS = 8;

/** One tensor of a file: element type, shape, and the absolute range of its bytes in the file. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_SIZES, name);
}

/** Bytes of one element of `dtype`. */
export function dtypeSize(dtype: Dtype): number {
  return DTYPE_SIZES[dtype];
}

/** Product of the dimensions, or undefined where it leaves the exact integers. */
export function elementCount(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let product = 1;
  for (const dimension of shape) {
    product *= dimension;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

function fault(file: string, code: string, what: string, data: ErrorData = {}): StudioError {
  return new StudioError({
    code: `safetensors-${code}`,
    message: `${file} is not a valid safetensors file: ${what}.`,
    remedy: 'Fetch the file again; it is incomplete, damaged or not what its name says.',
    data: { file, ...data },
  });
}

function shorten(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

/**
 * Reads and checks the header of a safetensors file. Only the header's bytes are read, whatever it claims.
 * What is returned satisfies: every range lies inside the file, has exactly the bytes its shape and type
 * need, and the ranges together tile the file from the header's end to its last byte.
 * @throws StudioError `safetensors-…` naming the rule that was broken, or a `json-…` code.
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const file = source.name;
  if (source.size < 8) throw fault(file, 'truncated', `it has ${source.size} bytes`);
  const prefix = await source.read(0, 8);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    refuseStandIn(file, await source.read(0, Math.min(source.size, SIGNATURE_BYTES)));
    const what = `its header claims ${length} bytes, more than the ${MAX_HEADER_BYTES} that are read`;
    throw fault(file, 'header-length', what);
  }
  const headerEnd = 8 + Number(length);
  if (headerEnd > source.size) {
    const what = `its header claims ${length} bytes and the file has ${source.size}`;
    throw fault(file, 'header-length', what);
  }
  return parseHeader(await source.read(8, headerEnd), headerEnd, source.size, file);
}

function parseHeader(
  bytes: Uint8Array,
  headerEnd: number,
  fileSize: number,
  file: string,
): SafetensorsHeader {
  if (bytes[0] !== 0x7b) throw fault(file, 'header-start', 'its header does not start with "{"');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault(file, 'header-utf8', 'its header is not UTF-8 text');
  }
  const header = parseJsonObject(text, { name: file, duplicateKeys: 'refuse' });

  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') readMetadata(value, metadata, file);
    else tensors.set(name, readEntry(name, value, headerEnd, fileSize, file));
  }
  checkTiling(tensors, headerEnd, fileSize, file);
  return { tensors, metadata };
}

function readMetadata(value: JsonValue, metadata: Map<string, string>, file: string): void {
  if (!isJsonObject(value)) throw fault(file, 'metadata', 'its __metadata__ is not an object');
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') {
      throw fault(file, 'metadata', `its __metadata__ holds a value that is no string`);
    }
    metadata.set(key, entry);
  }
}

function isCount(value: JsonValue | undefined): value is number {
  return (
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
  );
}

function readEntry(
  name: string,
  value: JsonValue,
  headerEnd: number,
  fileSize: number,
  file: string,
): TensorEntry {
  const tensor = shorten(name);
  if (!isJsonObject(value)) throw fault(file, 'entry', `"${tensor}" is no object`, { tensor });
  for (const key of Object.keys(value)) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') {
      throw fault(file, 'entry', `"${tensor}" has the unknown field "${shorten(key)}"`, { tensor });
    }
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    const shown = typeof dtype === 'string' ? `"${shorten(dtype)}"` : 'missing';
    throw fault(file, 'dtype', `the element type of "${tensor}" is ${shown}`, { tensor });
  }
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isCount)) {
    throw fault(
      file,
      'shape',
      `the shape of "${tensor}" is no list of at most ${MAX_DIMENSIONS} counts`,
      { tensor },
    );
  }
  const elements = elementCount(shape);
  const bytes = elements === undefined ? undefined : elements * dtypeSize(dtype);
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw fault(file, 'shape', `the shape of "${tensor}" overflows`, { tensor });
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw fault(file, 'offsets', `the offsets of "${tensor}" are no pair of counts`, { tensor });
  }
  const [first = 0, last = 0] = offsets;
  if (first > last || last > fileSize - headerEnd) {
    throw fault(file, 'offsets', `"${tensor}" lies outside the file (${first} to ${last})`, {
      tensor,
    });
  }
  if (last - first !== bytes) {
    throw fault(
      file,
      'size',
      `"${tensor}" has ${last - first} bytes where its shape needs ${bytes}`,
      { tensor },
    );
  }
  return { dtype, shape: [...shape], begin: headerEnd + first, end: headerEnd + last };
}

function checkTiling(
  tensors: ReadonlyMap<string, TensorEntry>,
  headerEnd: number,
  fileSize: number,
  file: string,
): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let expected = headerEnd;
  for (const [name, entry] of sorted) {
    if (entry.begin !== expected) {
      const kind = entry.begin > expected ? 'a hole before' : 'an overlap at';
      throw fault(file, 'tiling', `there is ${kind} "${shorten(name)}"`, { tensor: shorten(name) });
    }
    expected = entry.end;
  }
  if (expected !== fileSize) {
    throw fault(file, 'tiling', `${fileSize - expected} bytes at its end belong to no tensor`);
  }
}

export type FloatType = 'F32' | 'F16' | 'BF16';

export function isFloat(dtype: string): dtype is FloatType {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

/** @param where the file or tensor that is stored so */
export function notFloat(where: string, dtype: string): StudioError {
  return new StudioError({
    code: 'safetensors-not-float',
    message: `A tensor of ${shorten(where)} is stored as ${dtype}; weights are read from F32, F16 and BF16.`,
    remedy: 'Convert the weights to bfloat16, float16 or float32 first.',
    data: { file: shorten(where), dtype },
  });
}

/**
 * Elements [first, last) of a tensor widened to float32 (exact for F32, F16 and BF16); the whole tensor
 * where no range is given. Only these bytes are read.
 * @throws StudioError `safetensors-not-float` for other element types.
 */
export async function readTensor(
  source: ByteSource,
  entry: TensorEntry,
  first = 0,
  last = (entry.end - entry.begin) / dtypeSize(entry.dtype),
): Promise<Float32Array<ArrayBuffer>> {
  const { dtype } = entry;
  if (!isFloat(dtype)) throw notFloat(source.name, dtype);
  const { buffer } = await readElements(source, entry, first, last);
  if (dtype === 'F32') return new Float32Array(buffer);
  const bits = new Uint16Array(buffer);
  return dtype === 'BF16' ? widenBfloat16Array(bits) : widenFloat16Array(bits);
}

async function readElements(
  source: ByteSource,
  entry: TensorEntry,
  first: number,
  last: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = dtypeSize(entry.dtype);
  const begin = entry.begin + first * size;
  const end = entry.begin + last * size;
  if (!(first >= 0 && first <= last && end <= entry.end)) {
    throw new StudioError({
      code: 'file-range',
      message: `Elements ${first} to ${last} were asked for of a tensor that has fewer.`,
      remedy: 'Reload the page; if it happens again, report it.',
      data: { file: source.name, first, last },
    });
  }
  return source.read(begin, end);
}

/**
 * A tensor of whole numbers as int32 (token ids, labels, indices), from I8 to U64 and BOOL.
 * @throws StudioError `safetensors-not-integer` for float types, `safetensors-integer-range` for values
 *   that an int32 cannot hold.
 */
export async function readIntegers(
  source: ByteSource,
  entry: TensorEntry,
): Promise<Int32Array<ArrayBuffer>> {
  const { dtype } = entry;
  const count = (entry.end - entry.begin) / dtypeSize(dtype);
  const bytes = await readElements(source, entry, 0, count);
  const { buffer } = bytes;
  switch (dtype) {
    case 'I32':
      return new Int32Array(buffer);
    case 'U32':
      return narrowIntegers(new Uint32Array(buffer), source.name);
    case 'I64':
      return narrowIntegers(new BigInt64Array(buffer), source.name);
    case 'U64':
      return narrowIntegers(new BigUint64Array(buffer), source.name);
    case 'I16':
      return Int32Array.from(new Int16Array(buffer));
    case 'U16':
      return Int32Array.from(new Uint16Array(buffer));
    case 'I8':
      return Int32Array.from(new Int8Array(buffer));
    case 'U8':
    case 'BOOL':
      return Int32Array.from(bytes);
    default:
      throw new StudioError({
        code: 'safetensors-not-integer',
        message: `A tensor of ${source.name} is stored as ${dtype} where whole numbers are due.`,
        remedy: 'Check that it is the right file.',
        data: { file: source.name, dtype },
      });
  }
}

function narrowIntegers(
  values: Uint32Array | BigInt64Array | BigUint64Array,
  file: string,
): Int32Array<ArrayBuffer> {
  const out = new Int32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = Number(values[i]);
    if (value < -0x80000000 || value > 0x7fffffff) {
      throw fault(file, 'integer-range', `the value ${value} does not fit a 32-bit integer`);
    }
    out[i] = value;
  }
  return out;
}

/** A small file read whole: header, and readers by name. */
export interface ParsedSafetensors extends SafetensorsHeader {
  /** @throws StudioError `tensor-missing`, or as readTensor. */
  readFloat32(name: string): Promise<Float32Array<ArrayBuffer>>;
  /** @throws StudioError `tensor-missing`, or as readIntegers. */
  readIntegers(name: string): Promise<Int32Array<ArrayBuffer>>;
}

/** Opens a safetensors file that is in memory already. @throws StudioError as readSafetensorsHeader. */
export async function parseSafetensors(
  bytes: Uint8Array,
  name = 'the file',
): Promise<ParsedSafetensors> {
  const source = memorySource(name, bytes);
  const header = await readSafetensorsHeader(source);
  const find = (tensor: string): TensorEntry => {
    const entry = header.tensors.get(tensor);
    if (entry !== undefined) return entry;
    throw missingTensor(name, tensor);
  };
  return {
    ...header,
    readFloat32: async (tensor) => readTensor(source, find(tensor)),
    readIntegers: async (tensor) => readIntegers(source, find(tensor)),
  };
}

export function missingTensor(file: string, tensor: string): StudioError {
  return new StudioError({
    code: 'tensor-missing',
    message: `${file} has no tensor "${shorten(tensor)}".`,
    remedy: 'Check that the weights belong to this configuration and that no file is missing.',
    data: { file, tensor: shorten(tensor) },
  });
}
