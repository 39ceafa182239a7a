/**
 * Writes GGUF files (version 3, little-endian) as a stream: metadata, tensor table, then each tensor, fetched
 * piece by piece. The same input gives the same bytes.
 */
import { fault } from '../../faults/fault.ts';
import { encodeBlocks } from './block-encode.ts';
import { blockSizes } from './block-types.ts';
import { narrowFloat16Array } from '../weights/float-bits.ts';
import { elementCount } from '../weights/safetensors.ts';

/** A metadata value with its GGUF type. Arrays are given as typed arrays or lists of strings. */
export type GgufEntry =
  | { readonly type: 'uint32' | 'float32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32s'; readonly value: Int32Array }
  | { readonly type: 'float32s'; readonly value: Float32Array };

/** How a tensor is stored. Block types need rows of whole blocks of 32. */
export type WrittenTensorType = 'F32' | 'F16' | 'Q8_0' | 'Q4_0';

export interface GgufTensorToWrite {
  readonly name: string;
  readonly type: WrittenTensorType;
  /** Outermost first, [rows, columns]; the file lists it the other way round. */
  readonly shape: readonly number[];
}

/** Numbers that the format gives to types of tensors and of metadata values. */
const TENSOR_TYPES: Readonly<Record<WrittenTensorType, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 8,
};
const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const ALIGNMENT = 32;

const encoder = new TextEncoder();

/** Appends numbers and texts; grows as needed. */
class Bytes {
  #view = new DataView(new ArrayBuffer(1 << 16));
  #length = 0;

  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#length, this.#view.byteLength * 2));
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  uint32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  uint64(value: number): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  float32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
  }

  uint8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  string(text: string): void {
    const bytes = encoder.encode(text);
    this.uint64(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    new Uint8Array(this.#view.buffer).set(bytes, at);
  }

  pad(multiple: number): void {
    this.#room((multiple - (this.#length % multiple)) % multiple);
  }

  get done(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }
}

/** Bytes that a tensor takes in a file. */
function tensorBytes({ name, type, shape }: GgufTensorToWrite): number {
  const elements = elementCount(shape) ?? NaN;
  if (type === 'F32' || type === 'F16') return elements * (type === 'F32' ? 4 : 2);
  const { weights, bytes } = blockSizes[type];
  if ((shape.at(-1) ?? 0) % weights !== 0) {
    throw fault(
      'gguf-write-block',
      { tensor: name, values: shape.at(-1) ?? 0, block: weights },
      { kept: 'run-and-model' },
    );
  }
  return (elements / weights) * bytes;
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function writeValue(out: Bytes, entry: GgufEntry): void {
  const array = (type: number, length: number): void => {
    out.uint32(VALUE_TYPES.array);
    out.uint32(type);
    out.uint64(length);
  };
  switch (entry.type) {
    case 'uint32':
      out.uint32(VALUE_TYPES.uint32);
      out.uint32(entry.value);
      break;
    case 'float32':
      out.uint32(VALUE_TYPES.float32);
      out.float32(entry.value);
      break;
    case 'bool':
      out.uint32(VALUE_TYPES.bool);
      out.uint8(entry.value ? 1 : 0);
      break;
    case 'string':
      out.uint32(VALUE_TYPES.string);
      out.string(entry.value);
      break;
    case 'strings':
      array(VALUE_TYPES.string, entry.value.length);
      for (const text of entry.value) out.string(text);
      break;
    case 'int32s':
      array(VALUE_TYPES.int32, entry.value.length);
      for (const value of entry.value) out.uint32(value >>> 0);
      break;
    case 'float32s':
      array(VALUE_TYPES.float32, entry.value.length);
      for (const value of entry.value) out.float32(value);
      break;
  }
}

/** Everything before the tensors' bytes, padded to where they begin. */
function head(
  metadata: ReadonlyMap<string, GgufEntry>,
  tensors: readonly GgufTensorToWrite[],
): Uint8Array {
  const out = new Bytes();
  out.raw(encoder.encode('GGUF'));
  out.uint32(3);
  out.uint64(tensors.length);
  out.uint64(metadata.size);
  for (const [key, entry] of metadata) {
    out.string(key);
    writeValue(out, entry);
  }
  let offset = 0;
  for (const tensor of tensors) {
    out.string(tensor.name);
    out.uint32(tensor.shape.length);
    for (const size of tensor.shape.toReversed()) out.uint64(size);
    out.uint32(TENSOR_TYPES[tensor.type]);
    out.uint64(offset);
    offset = alignUp(offset + tensorBytes(tensor));
  }
  out.pad(ALIGNMENT);
  return out.done;
}

/** Size in bytes of the file that streamGguf will write. */
export function ggufFileSize(
  metadata: ReadonlyMap<string, GgufEntry>,
  tensors: readonly GgufTensorToWrite[],
): number {
  const data = tensors.reduce((sum, tensor) => sum + alignUp(tensorBytes(tensor)), 0);
  return head(metadata, tensors).length + data;
}

function encode({ name, type }: GgufTensorToWrite, values: Float32Array): Uint8Array {
  if (type === 'Q8_0' || type === 'Q4_0') return encodeBlocks(type, values);
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const halves = narrowFloat16Array(values);
  const infinite = halves.findIndex((bits) => (bits & 0x7fff) === 0x7c00);
  if (infinite >= 0) {
    throw fault(
      'gguf-write-range',
      { tensor: name, value: values[infinite] ?? NaN },
      { kept: 'run-and-model' },
    );
  }
  return new Uint8Array(halves.buffer);
}

/**
 * Writes a GGUF file.
 * @param provide the values of one tensor, row by row, in pieces of whole rows
 * @throws StudioError `gguf-write-block` (rows that are not whole blocks), `gguf-write-range` (beyond a half),
 *   `gguf-write-length` (not as many values as declared)
 */
export async function* streamGguf(
  metadata: ReadonlyMap<string, GgufEntry>,
  tensors: readonly GgufTensorToWrite[],
  provide: (name: string) => AsyncIterable<Float32Array> | Iterable<Float32Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head(metadata, tensors);
  for (const tensor of tensors) {
    const due = tensorBytes(tensor);
    let written = 0;
    for await (const values of provide(tensor.name)) {
      const bytes = encode(tensor, values);
      written += bytes.length;
      yield bytes;
    }
    if (written !== due) {
      throw fault(
        'gguf-write-length',
        { tensor: tensor.name, written, due },
        { kept: 'run-and-model' },
      );
    }
    if (due % ALIGNMENT !== 0) yield new Uint8Array(alignUp(due) - due);
  }
}
