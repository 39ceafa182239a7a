/**
 * The container of GGUF files, versions 2 and 3: metadata and the table of tensors. Everything in it is a
 * stranger's claim: counts are capped and compared with the bytes that are there before anything of their
 * size exists, and every tensor is placed inside the file, aligned and apart from the others.
 */
import { StudioError } from '../../errors.ts';
import { blockSizes, isBlockType } from './block-types.ts';
import type { StoredType } from './block-types.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { refuseStandIn, SIGNATURE_BYTES } from '../files/file-signature.ts';
import { GgufCursor, ggufFault, shorten } from './gguf-cursor.ts';
import { dtypeSize, elementCount } from '../weights/safetensors.ts';

const MAX_METADATA = 100_000;
const MAX_TENSORS = 100_000;
const MAX_ARRAY = 1_000_000;
/** All arrays together: what four levels of the cap above would allow fits no memory. */
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
 * @throws StudioError `gguf-…` naming the rule that was broken; `gguf-type` names every type of weights
 *   that is not read, `gguf-version` and `gguf-magic` files of other formats, `file-stand-in` a Git LFS pointer or a
 *   web page under the name of one.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const cursor = new GgufCursor(source);
  const version = await readPreamble(cursor);
  const tensorCount = await cursor.count('tensors', MAX_TENSORS);
  const metadataCount = await cursor.count('metadata entries', MAX_METADATA);
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
    throw cursor.fault('magic', 'it does not start with the letters GGUF');
  }
  const version = cursor.uint32();
  if (version === 2 || version === 3) return version;
  const file = cursor.source.name;
  // A file for the other byte order has its version in the upper bytes.
  const bigEndian = (version & 0xffff) === 0 && version !== 0;
  throw new StudioError({
    code: bigEndian ? 'gguf-byte-order' : 'gguf-version',
    message: bigEndian
      ? `${file} is a GGUF file for big-endian machines, which is not read.`
      : `${file} is GGUF version ${version}; versions 2 and 3 are read.`,
    remedy: 'Convert the original model again with a current llama.cpp.',
    data: { file, version },
  });
}

async function readMetadata(
  cursor: GgufCursor,
  count: number,
): Promise<ReadonlyMap<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  const budget = { elements: MAX_ARRAY_ELEMENTS };
  for (let i = 0; i < count; i++) {
    const key = await cursor.text('the name of a metadata entry', MAX_KEY_BYTES);
    if (metadata.has(key)) {
      throw cursor.fault('duplicate', `"${shorten(key)}" is in its metadata twice`, {
        key: shorten(key),
      });
    }
    await cursor.need(4);
    metadata.set(key, await readValue(cursor, cursor.uint32(), `"${shorten(key)}"`, 0, budget));
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
  if (value > 1) throw cursor.fault('value', `a truth value in its metadata is ${value}`);
  return value === 1;
}

async function readValue(
  cursor: GgufCursor,
  type: number,
  what: string,
  depth: number,
  budget: { elements: number },
): Promise<GgufValue> {
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) {
    await cursor.need(scalar.bytes);
    return scalar.read(cursor);
  }
  if (type === STRING_TYPE) return cursor.text(what);
  if (type === ARRAY_TYPE) return readArray(cursor, what, depth + 1, budget);
  throw cursor.fault('value', `the value of ${what} is of the unknown type ${type}`);
}

async function readArray(
  cursor: GgufCursor,
  what: string,
  depth: number,
  budget: { elements: number },
): Promise<readonly GgufValue[]> {
  if (depth > MAX_ARRAY_DEPTH) {
    throw cursor.fault('array', `${what} nests arrays more than ${MAX_ARRAY_DEPTH} deep`);
  }
  await cursor.need(4);
  const type = cursor.uint32();
  const count = await cursor.count(`elements of ${what}`, MAX_ARRAY);
  budget.elements -= count;
  if (budget.elements < 0) {
    throw cursor.fault('array', `its arrays have more than ${MAX_ARRAY_ELEMENTS} elements`);
  }
  const scalar = SCALARS.get(type);
  if (scalar === undefined && type !== STRING_TYPE && type !== ARRAY_TYPE) {
    throw cursor.fault('value', `the elements of ${what} are of the unknown type ${type}`);
  }
  // A string takes 8 bytes at least, an array 12: no list gets longer than the file allows.
  const bytes = scalar?.bytes ?? (type === STRING_TYPE ? 8 : 12);
  cursor.expect(count * bytes);
  const values: GgufValue[] = [];
  for (let i = 0; i < count; i++) {
    if (scalar !== undefined) {
      if (cursor.available < bytes) await cursor.need(bytes);
      values.push(scalar.read(cursor));
    } else if (type === STRING_TYPE) {
      values.push(await cursor.text(`an element of ${what}`));
    } else {
      values.push(await readArray(cursor, what, depth + 1, budget));
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
  for (let i = 0; i < count; i++) {
    const name = await cursor.text('the name of a tensor', MAX_NAME_BYTES);
    const tensor = shorten(name);
    if (claims.has(name)) {
      throw cursor.fault('duplicate', `it has two tensors named "${tensor}"`, { tensor });
    }
    await cursor.need(4);
    const rank = cursor.uint32();
    if (rank < 1 || rank > MAX_DIMENSIONS) {
      throw cursor.fault('shape', `"${tensor}" has ${rank} dimensions`, { tensor });
    }
    await cursor.need(rank * 8 + 12);
    const dimensions: number[] = [];
    for (let d = 0; d < rank; d++) {
      const size = cursor.uint64();
      if (typeof size !== 'number' || size < 1 || size > MAX_DIMENSION) {
        throw cursor.fault('shape', `a dimension of "${tensor}" is ${size}`, { tensor });
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
  throw ggufFault(file, 'alignment', `its alignment is ${shown}`);
}

/** Names every type that is not read at once, so that nobody fetches one wrong file after another. */
function refuseTypes(claims: ReadonlyMap<string, TensorClaim>, file: string): void {
  const refused = new Map<string, number>();
  for (const { type } of claims.values()) {
    if (READ_TYPES.has(type)) continue;
    const name = OTHER_TYPES.get(type) ?? `type ${type}`;
    refused.set(name, (refused.get(name) ?? 0) + 1);
  }
  if (refused.size === 0) return;
  const listed = [...refused].map(([name, count]) => `${name} (${count} tensors)`);
  throw new StudioError({
    code: 'gguf-type',
    message: `${file} stores weights as ${listed.slice(0, 6).join(', ')}, which this studio cannot read.`,
    remedy:
      'Take the same model as F16, BF16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q4_K_M, Q4_K_S, Q5_0, Q5_1, Q4_0 or Q4_1.',
    data: { file, types: [...refused.keys()] },
  });
}

function placeTensor(
  name: string,
  claim: TensorClaim,
  file: { readonly dataBegin: number; readonly alignment: number; readonly source: ByteSource },
): GgufTensor {
  const tensor = shorten(name);
  const { dataBegin, alignment, source } = file;
  const fault = (code: string, what: string): StudioError =>
    ggufFault(source.name, code, what, { tensor });
  const type = READ_TYPES.get(claim.type);
  if (type === undefined) throw fault('type', `"${tensor}" is of the unknown type ${claim.type}`);
  const block = isBlockType(type) ? blockSizes[type] : { weights: 1, bytes: dtypeSize(type) };
  const [rowLength = 1] = claim.dimensions;
  if (rowLength % block.weights !== 0) {
    throw fault(
      'shape',
      `rows of "${tensor}" have ${rowLength} weights, no whole number of ${type} blocks`,
    );
  }
  const elements = elementCount(claim.dimensions);
  const bytes = elements === undefined ? undefined : (elements / block.weights) * block.bytes;
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw fault('shape', `the shape of "${tensor}" overflows`);
  }
  const { offset } = claim;
  if (typeof offset !== 'number' || offset % alignment !== 0) {
    throw fault('offset', `"${tensor}" lies at ${offset}, no multiple of ${alignment}`);
  }
  const begin = dataBegin + offset;
  const end = begin + bytes;
  if (!(end <= source.size)) {
    throw fault(
      'offset',
      `"${tensor}" ends at byte ${end} of a file of ${source.size}; the file is incomplete`,
    );
  }
  return { type, shape: [...claim.dimensions].reverse(), begin, end };
}

function checkOverlap(tensors: ReadonlyMap<string, GgufTensor>, file: string): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.begin - b.begin);
  let last = 0;
  for (const [name, { begin, end }] of sorted) {
    if (begin < last) {
      const tensor = shorten(name);
      throw ggufFault(file, 'overlap', `"${tensor}" overlaps another tensor`, { tensor });
    }
    last = end;
  }
}
