/** Reads safetensors without trusting them. */
import { fault, type StudioError } from '../../faults/fault.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { refuseStandIn, SIGNATURE_BYTES } from '../files/file-signature.ts';
import { widenBfloat16Array, widenFloat16Array } from './float-bits.ts';
import { isJsonObject, parseJsonObject } from '../texts/json.ts';
import type { JsonValue } from '../texts/json.ts';

/** Bytes of one element. Formats with less than a byte for an element are not read; a refusal names them. */
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

function shorten(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

/**
 * Reads and checks the header of a safetensors file. Only the header's bytes are read, whatever it claims.
 * In the result every range lies inside the file and has exactly the bytes that its shape and type
 * need, and the ranges together tile the file from the header's end to its last byte.
 * @throws StudioError `safetensors-…` naming the rule that was broken, or a `json-…` code.
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const file = source.name;
  if (source.size < 8) throw fault('safetensors-truncated', { file, bytes: source.size });
  const prefix = await source.read(0, 8);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    refuseStandIn(file, await source.read(0, Math.min(source.size, SIGNATURE_BYTES)));
    throw headerLength(file, length, 'too-long', MAX_HEADER_BYTES);
  }
  const headerEnd = 8 + Number(length);
  if (headerEnd > source.size) {
    throw headerLength(file, length, 'beyond-file', source.size);
  }
  return parseHeader(await source.read(8, headerEnd), { file, headerEnd, fileSize: source.size });
}

function headerLength(
  file: string,
  length: bigint,
  reason: 'too-long' | 'beyond-file',
  most: number,
): StudioError {
  return fault('safetensors-header-length', { file, claimed: String(length), most, reason });
}

/** The file that a header describes. */
interface DescribedFile {
  readonly file: string;
  readonly headerEnd: number;
  readonly fileSize: number;
}

function parseHeader(bytes: Uint8Array, described: DescribedFile): SafetensorsHeader {
  const { file } = described;
  if (bytes[0] !== 0x7b) throw fault('safetensors-header-start', { file });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault('safetensors-header-utf8', { file });
  }
  const header = parseJsonObject(text, { name: file, duplicateKeys: 'refuse' });

  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') readMetadata(value, metadata, file);
    else tensors.set(name, readEntry(name, value, described));
  }
  checkTiling(tensors, described);
  return { tensors, metadata };
}

function readMetadata(value: JsonValue, metadata: Map<string, string>, file: string): void {
  if (!isJsonObject(value)) throw fault('safetensors-metadata', { file, reason: 'no-object' });
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') {
      throw fault('safetensors-metadata', { file, reason: 'no-string' });
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
  { file, headerEnd, fileSize }: DescribedFile,
): TensorEntry {
  const tensor = shorten(name);
  if (!isJsonObject(value)) throw fault('safetensors-entry', { file, tensor, field: '' });
  for (const key of Object.keys(value)) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') {
      throw fault('safetensors-entry', { file, tensor, field: shorten(key) });
    }
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    const stated = typeof dtype === 'string' ? shorten(dtype) : '';
    throw fault('safetensors-dtype', { file, tensor, dtype: stated });
  }
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isCount)) {
    throw fault('safetensors-shape', { file, tensor, reason: 'no-counts', most: MAX_DIMENSIONS });
  }
  const elements = elementCount(shape);
  const bytes = elements === undefined ? undefined : elements * dtypeSize(dtype);
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw fault('safetensors-shape', { file, tensor, reason: 'overflow' });
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw fault('safetensors-offsets', { file, tensor, reason: 'no-pair' });
  }
  const [first = 0, last = 0] = offsets;
  if (first > last || last > fileSize - headerEnd) {
    throw fault('safetensors-offsets', { file, tensor, reason: 'outside', first, last });
  }
  if (last - first !== bytes) {
    throw fault('safetensors-size', { file, tensor, bytes: last - first, due: bytes });
  }
  return { dtype, shape: [...shape], begin: headerEnd + first, end: headerEnd + last };
}

function checkTiling(
  tensors: ReadonlyMap<string, TensorEntry>,
  { file, headerEnd, fileSize }: DescribedFile,
): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let expected = headerEnd;
  for (const [name, entry] of sorted) {
    if (entry.begin !== expected) {
      const reason = entry.begin > expected ? 'hole' : 'overlap';
      throw fault('safetensors-tiling', { file, reason, tensor: shorten(name) });
    }
    expected = entry.end;
  }
  if (expected !== fileSize) {
    throw fault('safetensors-tiling', { file, reason: 'rest', bytes: fileSize - expected });
  }
}

export type FloatType = 'F32' | 'F16' | 'BF16';

export function isFloat(dtype: string): dtype is FloatType {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

/** @param where names the file or tensor with this type */
export function notFloat(where: string, dtype: string): StudioError {
  return fault('safetensors-not-float', { file: shorten(where), dtype });
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
    throw fault('file-range', { reason: 'elements', file: source.name, first, last });
  }
  return source.read(begin, end);
}

/**
 * A tensor of whole numbers (token ids, labels, indices) as int32, from I8 to U64 and BOOL.
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
      throw fault('safetensors-not-integer', { file: source.name, dtype });
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
      throw fault('safetensors-integer-range', { file, value: String(value) });
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
  return fault('tensor-missing', { file, tensor: shorten(tensor) });
}
