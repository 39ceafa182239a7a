/** Writes safetensors, whole or as a stream. */
import { fault } from '../../faults/fault.ts';
import { narrowBfloat16Array, narrowFloat16Array } from './float-bits.ts';
import { dtypeSize, elementCount } from './safetensors.ts';
import type { Dtype } from './safetensors.ts';
import { isWellFormed } from '../texts/unicode.ts';

/**
 * Values of a tensor. Float32Array is stored as F32 or rounded to BF16 or F16 (nearest, ties to even);
 * Int32Array and Uint32Array as I32 and U32; a Uint8Array is taken as the stored bytes, for any type.
 */
export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;

export interface TensorDeclaration {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

export interface TensorToWrite {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Elements converted at a time, so that a large tensor never exists twice. */
const CHUNK_ELEMENTS = 1 << 20;

interface Layout {
  /** In file order: wide element types first (so that each stays aligned), then by name. */
  readonly ordered: readonly TensorDeclaration[];
  /** Length prefix and header, padded with spaces to a multiple of 8. */
  readonly head: Uint8Array<ArrayBuffer>;
  readonly fileSize: number;
}

function layOut(
  declarations: readonly TensorDeclaration[],
  metadata: ReadonlyMap<string, string>,
): Layout {
  const seen = new Set<string>();
  for (const { name } of declarations) {
    const reserved = name === '__metadata__' || name === '__proto__' || name === 'constructor';
    if (reserved || !isWellFormed(name))
      throw fault('safetensors-write-name', { tensor: name, reason: 'reserved' });
    if (seen.has(name)) throw fault('safetensors-write-name', { tensor: name, reason: 'twice' });
    seen.add(name);
  }
  const ordered = [...declarations].sort(
    (a, b) => dtypeSize(b.dtype) - dtypeSize(a.dtype) || (a.name < b.name ? -1 : 1),
  );
  const members: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
    const inner = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    members.push(`"__metadata__":{${inner.join(',')}}`);
  }
  let offset = 0;
  for (const { name, dtype, shape } of ordered) {
    const elements = shape.every((d) => Number.isSafeInteger(d) && d >= 0) && elementCount(shape);
    if (typeof elements !== 'number')
      throw fault('safetensors-write-shape', { tensor: name, reason: 'no-counts' });
    const end = offset + elements * dtypeSize(dtype);
    if (!Number.isSafeInteger(end))
      throw fault('safetensors-write-shape', { tensor: name, reason: 'overflow' });
    const entry = JSON.stringify({ dtype, shape, data_offsets: [offset, end] });
    members.push(`${JSON.stringify(name)}:${entry}`);
    offset = end;
  }
  const text = new TextEncoder().encode(`{${members.join(',')}}`);
  const padded = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(text, 8);
  return { ordered, head, fileSize: head.length + offset };
}

/** Bytes of elements [first, last) of `data` as `dtype` stores them. */
function encodeElements(
  tensor: TensorDeclaration,
  data: TensorData,
  first: number,
  last: number,
): Uint8Array {
  const { dtype } = tensor;
  if (data instanceof Uint8Array) {
    const size = dtypeSize(dtype);
    return data.subarray(first * size, last * size);
  }
  const part = data.subarray(first, last);
  if (part instanceof Float32Array) {
    if (dtype === 'BF16') return bytesOf(narrowBfloat16Array(part));
    if (dtype === 'F16') return bytesOf(narrowFloat16Array(part));
    if (dtype === 'F32') return bytesOf(part);
  }
  if (part instanceof Int32Array && dtype === 'I32') return bytesOf(part);
  if (part instanceof Uint32Array && dtype === 'U32') return bytesOf(part);
  throw fault('safetensors-write-dtype', { tensor: tensor.name, dtype });
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Number of elements in `data`, which may hold values or the bytes of stored elements. */
function elementsOf({ dtype }: TensorDeclaration, data: TensorData): number {
  return data instanceof Uint8Array ? data.length / dtypeSize(dtype) : data.length;
}

function checkLength(tensor: TensorDeclaration, came: number): void {
  const due = elementCount(tensor.shape) ?? 0;
  if (came === due) return;
  throw fault('safetensors-write-length', { tensor: tensor.name, came, due });
}

/** Size in bytes of the file that streamSafetensors will write; known before anything is computed. */
export function safetensorsFileSize(
  declarations: readonly TensorDeclaration[],
  metadata: ReadonlyMap<string, string> = new Map(),
): number {
  return layOut(declarations, metadata).fileSize;
}

/**
 * Writes a safetensors file piece by piece: the header, then every tensor in file order, asked for one at
 * a time. The same tensors give the same bytes, whatever order they were declared in.
 * @param provide the values of one tensor, whole or as pieces in order
 * @throws StudioError `safetensors-write-…` when what `provide` returns is not what was declared.
 */
export async function* streamSafetensors(
  declarations: readonly TensorDeclaration[],
  provide: (name: string) => TensorData | Promise<TensorData> | AsyncIterable<TensorData>,
  metadata: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<Uint8Array, void, undefined> {
  const { ordered, head } = layOut(declarations, metadata);
  yield head;
  for (const tensor of ordered) {
    const provided = provide(tensor.name);
    const pieces = Symbol.asyncIterator in provided ? provided : [provided];
    let came = 0;
    for await (const data of pieces) {
      const elements = elementsOf(tensor, data);
      came += elements;
      for (let first = 0; first < elements; first += CHUNK_ELEMENTS) {
        yield encodeElements(tensor, data, first, Math.min(first + CHUNK_ELEMENTS, elements));
      }
    }
    checkLength(tensor, came);
  }
}

/** Writes a whole file into memory; for small files. Same bytes as streamSafetensors. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const declarations = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const { ordered, head, fileSize } = layOut(declarations, metadata);
  const file = new Uint8Array(fileSize);
  file.set(head);
  let offset = head.length;
  for (const tensor of ordered) {
    const data = tensors.get(tensor.name)?.data ?? new Uint8Array();
    const elements = elementsOf(tensor, data);
    checkLength(tensor, elements);
    const bytes = encodeElements(tensor, data, 0, elements);
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}
