/**
 * The container of GGUF files, versions 2 and 3: metadata and the table of tensors. A file may claim anything,
 * so counts are capped and compared with the bytes that are there before anything of that size is allocated,
 * and every tensor must lie inside the file, aligned and apart from the others.
 */
import { fault } from '../../faults/fault.ts';
import { blockSizes, isBlockType } from './block-types.ts';
import type { StoredType } from './block-types.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { refuseStandIn, SIGNATURE_BYTES } from '../files/file-signature.ts';
import { GgufCursor, shorten } from './gguf-cursor.ts';
import { dtypeSize, elementCount } from '../weights/safetensors.ts';

const MAX_METADATA = 100_000;
const MAX_TENSORS = 100_000;
const MAX_ARRAY = 1_000_000;
/** For all arrays together: four nested levels at the cap above would not fit into memory. */
const MAX_ARRAY_ELEMENTS = 8_000_000;
const MAX_ARRAY_DEPTH = 4;
/** The format's own cap for keys, and a generous one for names of tensors (ggml keeps 64 bytes). */
const MAX_KEY_BYTES = 65_535;
const MAX_NAME_BYTES = 1024;
const MAX_DIMENSIONS = 8;
const MAX_DIMENSION = 2 ** 32;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 65_536;

export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** One tensor: how it is stored, rows first as everywhere here, and the absolute range of its bytes. */
export interface GgufTensor {
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: GgufMetadata;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** ggml's numbers for the types that are read, and names for the others, so that a refusal can name them. */
const READ_TYPES: ReadonlyMap<number, StoredType> = new Map<number, StoredType>([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [6, 'Q5_0'],
  [7, 'Q5_1'],
  [8, 'Q8_0'],
  [12, 'Q4_K'],
  [13, 'Q5_K'],
  [14, 'Q6_K'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [30, 'BF16'],
]);
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [4, 'Q4_2'],
  [5, 'Q4_3'],
  [9, 'Q8_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [29, 'IQ1_M'],
  [31, 'Q4_0_4_4'],
  [32, 'Q4_0_4_8'],
  [33, 'Q4_0_8_8'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
  [40, 'NVFP4'],
  [41, 'Q1_0'],
]);

/**
 * Reads and checks metadata and tensor table; no weight is read.
 * @throws StudioError `gguf-…` naming the rule that was broken; `gguf-type` names every type of weights that is
 *   not read; `gguf-version` and `gguf-magic` for files of other formats; `file-stand-in` for a Git LFS pointer or
 *   a web page under the name of a GGUF file.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const cursor = new GgufCursor(source);
  const version = await readPreamble(cursor);
  const tensorCount = await cursor.count({ place: 'tensors', key: '' }, MAX_TENSORS);
  const metadataCount = await cursor.count({ place: 'entries', key: '' }, MAX_METADATA);
  const metadata = await readMetadata(cursor, metadataCount);
  const entries = await readTensorTable(cursor, tensorCount);
  const alignment = alignmentOf(metadata, source.name);
  const dataBegin = Math.ceil(cursor.position / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  refuseTypes(entries, source.name);
  for (const [name, entry] of entries) {
    tensors.set(name, placeTensor(name, entry, { dataBegin, alignment, source }));
  }
  checkOverlap(tensors, source.name);
  return { version, metadata, tensors };
}

async function readPreamble(cursor: GgufCursor): Promise<number> {
  await cursor.need(8);
  const magic = cursor.uint32();
  if (magic !== 0x46554747) {
    const { source } = cursor;
    refuseStandIn(source.name, await source.read(0, Math.min(source.size, SIGNATURE_BYTES)));
    throw fault('gguf-magic', { file: source.name });
  }
  const version = cursor.uint32();
  if (version === 2 || version === 3) return version;
  const file = cursor.source.name;
  // A file for the other byte order has its version in the upper bytes.
  const bigEndian = (version & 0xffff) === 0 && version !== 0;
  throw fault(bigEndian ? 'gguf-byte-order' : 'gguf-version', { file, version });
}

async function readMetadata(
  cursor: GgufCursor,
  count: number,
): Promise<ReadonlyMap<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  const budget = { elements: MAX_ARRAY_ELEMENTS };
  for (let i = 0; i < count; i++) {
    const key = await cursor.text({ place: 'key', key: '' }, MAX_KEY_BYTES);
    if (metadata.has(key)) {
      throw fault('gguf-duplicate', {
        file: cursor.source.name,
        reason: 'key',
        key: shorten(key),
      });
    }
    await cursor.need(4);
    metadata.set(
      key,
      await readValue(cursor, cursor.uint32(), { key: shorten(key), depth: 0, budget }),
    );
  }
  return metadata;
}

/** Readers of the types of fixed length, by the number of their type. */
const SCALARS: ReadonlyMap<number, { bytes: number; read: (cursor: GgufCursor) => GgufValue }> =
  new Map([
    [0, { bytes: 1, read: (cursor) => cursor.uint8() }],
    [1, { bytes: 1, read: (cursor) => cursor.int8() }],
    [2, { bytes: 2, read: (cursor) => cursor.uint16() }],
    [3, { bytes: 2, read: (cursor) => cursor.int16() }],
    [4, { bytes: 4, read: (cursor) => cursor.uint32() }],
    [5, { bytes: 4, read: (cursor) => cursor.int32() }],
    [6, { bytes: 4, read: (cursor) => cursor.float32() }],
    [7, { bytes: 1, read: readBoolean }],
    [10, { bytes: 8, read: (cursor) => cursor.uint64() }],
    [11, { bytes: 8, read: (cursor) => cursor.int64() }],
    [12, { bytes: 8, read: (cursor) => cursor.float64() }],
  ]);
const STRING_TYPE = 8;
const ARRAY_TYPE = 9;

function readBoolean(cursor: GgufCursor): boolean {
  const value = cursor.uint8();
  if (value > 1) {
    throw fault('gguf-value', { file: cursor.source.name, reason: 'truth', value });
  }
  return value === 1;
}

/** The value being read, and how much more may follow. */
interface ValuePlace {
  readonly key: string;
  /** Number of arrays around it. */
  readonly depth: number;
  /** Elements that all arrays of the file may still have. */
  readonly budget: { elements: number };
}

async function readValue(cursor: GgufCursor, type: number, place: ValuePlace): Promise<GgufValue> {
  const { key, depth } = place;
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) {
    await cursor.need(scalar.bytes);
    return scalar.read(cursor);
  }
  if (type === STRING_TYPE) return cursor.text({ place: 'value', key });
  if (type === ARRAY_TYPE) return readArray(cursor, { ...place, depth: depth + 1 });
  throw fault('gguf-value', { file: cursor.source.name, reason: 'type', key, type });
}

async function readArray(cursor: GgufCursor, place: ValuePlace): Promise<readonly GgufValue[]> {
  const { key, depth, budget } = place;
  const file = cursor.source.name;
  if (depth > MAX_ARRAY_DEPTH) {
    throw fault('gguf-array', { file, reason: 'depth', key, most: MAX_ARRAY_DEPTH });
  }
  await cursor.need(4);
  const type = cursor.uint32();
  const count = await cursor.count({ place: 'elements', key }, MAX_ARRAY);
  budget.elements -= count;
  if (budget.elements < 0) {
    throw fault('gguf-array', { file, reason: 'elements', most: MAX_ARRAY_ELEMENTS });
  }
  const scalar = SCALARS.get(type);
  if (scalar === undefined && type !== STRING_TYPE && type !== ARRAY_TYPE) {
    throw fault('gguf-value', { file, reason: 'element-type', key, type });
  }
  // A string takes at least 8 bytes, an array 12: no list gets longer than the file allows.
  const bytes = scalar?.bytes ?? (type === STRING_TYPE ? 8 : 12);
  cursor.expect(count * bytes);
  const values: GgufValue[] = [];
  for (let i = 0; i < count; i++) {
    if (scalar !== undefined) {
      if (cursor.available < bytes) await cursor.need(bytes);
      values.push(scalar.read(cursor));
    } else if (type === STRING_TYPE) {
      values.push(await cursor.text({ place: 'element', key }));
    } else {
      values.push(await readArray(cursor, { ...place, depth: depth + 1 }));
    }
  }
  return values;
}

interface TensorClaim {
  readonly type: number;
  /** As in the file: the fastest dimension first. */
  readonly dimensions: readonly number[];
  readonly offset: number | bigint;
}

async function readTensorTable(
  cursor: GgufCursor,
  count: number,
): Promise<ReadonlyMap<string, TensorClaim>> {
  const claims = new Map<string, TensorClaim>();
  const file = cursor.source.name;
  for (let i = 0; i < count; i++) {
    const name = await cursor.text({ place: 'tensor', key: '' }, MAX_NAME_BYTES);
    const tensor = shorten(name);
    if (claims.has(name)) {
      throw fault('gguf-duplicate', { file, reason: 'tensor', tensor });
    }
    await cursor.need(4);
    const rank = cursor.uint32();
    if (rank < 1 || rank > MAX_DIMENSIONS) {
      throw fault('gguf-shape', { file, tensor, reason: 'rank', rank });
    }
    await cursor.need(rank * 8 + 12);
    const dimensions: number[] = [];
    for (let d = 0; d < rank; d++) {
      const size = cursor.uint64();
      if (typeof size !== 'number' || size < 1 || size > MAX_DIMENSION) {
        throw fault('gguf-shape', { file, tensor, reason: 'dimension', size: String(size) });
      }
      dimensions.push(size);
    }
    claims.set(name, { dimensions, type: cursor.uint32(), offset: cursor.uint64() });
  }
  return claims;
}

function alignmentOf(metadata: GgufMetadata, file: string): number {
  const stated = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  const powerOfTwo = typeof stated === 'number' && Number.isInteger(Math.log2(stated));
  if (powerOfTwo && stated >= 8 && stated <= MAX_ALIGNMENT) return stated;
  const shown = typeof stated === 'number' || typeof stated === 'bigint' ? stated : typeof stated;
  throw fault('gguf-alignment', { file, stated: String(shown) });
}

/** Names all types that are not read at once, so that nobody fetches one wrong file after another. */
function refuseTypes(claims: ReadonlyMap<string, TensorClaim>, file: string): void {
  const refused = new Map<string, number>();
  for (const { type } of claims.values()) {
    if (READ_TYPES.has(type)) continue;
    const name = OTHER_TYPES.get(type) ?? `type ${type}`;
    refused.set(name, (refused.get(name) ?? 0) + 1);
  }
  if (refused.size === 0) return;
  throw fault('gguf-type', {
    file,
    types: [...refused.keys()],
    tensors: [...refused.values()].map(String),
  });
}

function placeTensor(
  name: string,
  claim: TensorClaim,
  file: { readonly dataBegin: number; readonly alignment: number; readonly source: ByteSource },
): GgufTensor {
  const tensor = shorten(name);
  const { dataBegin, alignment, source } = file;
  const where = { file: source.name, tensor };
  const type = READ_TYPES.get(claim.type);
  if (type === undefined) {
    throw fault('gguf-type', { file: source.name, types: [`type ${claim.type}`], tensors: ['1'] });
  }
  const block = isBlockType(type) ? blockSizes[type] : { weights: 1, bytes: dtypeSize(type) };
  const [rowLength = 1] = claim.dimensions;
  if (rowLength % block.weights !== 0) {
    throw fault('gguf-shape', { ...where, reason: 'block', row: rowLength, type });
  }
  const elements = elementCount(claim.dimensions);
  const bytes = elements === undefined ? undefined : (elements / block.weights) * block.bytes;
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw fault('gguf-shape', { ...where, reason: 'overflow' });
  }
  const { offset } = claim;
  if (typeof offset !== 'number' || offset % alignment !== 0) {
    throw fault('gguf-offset', {
      ...where,
      reason: 'alignment',
      offset: String(offset),
      alignment,
    });
  }
  const begin = dataBegin + offset;
  const end = begin + bytes;
  if (!(end <= source.size)) {
    throw fault('gguf-offset', { ...where, reason: 'end', end, size: source.size });
  }
  return { type, shape: [...claim.dimensions].reverse(), begin, end };
}

function checkOverlap(tensors: ReadonlyMap<string, GgufTensor>, file: string): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin);
  let last = 0;
  for (const [name, { begin, end }] of sorted) {
    if (begin < last) {
      const tensor = shorten(name);
      throw fault('gguf-overlap', { file, tensor });
    }
    last = end;
  }
}
