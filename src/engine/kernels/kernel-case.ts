/**
 * A computation on made-up values with known results. Tuner and self-test run it with the variants of a class,
 * or with a kernel that has none, and compare.
 */
import type { Gpu } from '../gpu/device.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import {
  asMatrix,
  byteLength,
  bytesPerElement,
  elementCount,
  type BufferSpec,
  type ElementType,
  type Matrix,
  type Tensor,
} from '../gpu/tensor.ts';
import {
  packedPlanes,
  type PackedFormat,
  type WeightMatrix,
  type WeightReader,
} from './linear/weight-formats.ts';

/** Reads a tensor as float64, as it is before any variant runs. */
export type Read = (tensor: Tensor) => Promise<Float64Array>;

/** One computation on made-up values: how to request a variant, and the results it must give. */
export interface KernelCase<V extends string = string> {
  readonly tensors: CaseTensors;
  /** Runs once before any variant: prepares inputs that variants read but do not compute. */
  readonly prepare: ((r: PlanRecorder) => void) | null;
  /** @param variant one of the class's variants for these sizes; ignored by a kernel without variants */
  record(r: PlanRecorder, variant: V): void;
  /** Words of these tensors that belong to no result must stay as they are. */
  readonly results: readonly Matrix[];
  /** For results that are codes of numbers: the numbers that their words stand for. */
  readonly codes?: ReadonlyMap<Tensor, (words: Uint32Array<ArrayBuffer>) => Float64Array>;
  /** The relative L2 distance from the reference up to which a result is right; 1e-5 where absent. */
  readonly tolerance?: number;
  /** The results in float64, dense, by plain loops over the values that the tensors hold. */
  readonly expected: (read: Read) => Promise<readonly Float64Array[]>;
}

/** The values of a matrix, row after row, out of those of its tensor. */
export function denseValues(matrix: Matrix, all: ArrayLike<number>): Float64Array {
  const { rows, columns, stride, offset } = matrix;
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const row = Math.floor(index / columns);
    return all[offset + row * stride + (index - row * columns)] ?? Number.NaN;
  });
}

export async function readDense(matrix: Matrix, read: Read): Promise<Float64Array> {
  return denseValues(matrix, await read(matrix.tensor));
}

/** The made-up values of tensors repeat after this many elements. */
const period = 2 ** 16;

/** Values in [−1, 1) with float32 precision: a mixing of the index. */
export function noise(index: number): number {
  let word = Math.imul(index + 1, 0x9e3779b9);
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return Math.fround(((word ^ (word >>> 15)) >>> 0) / 2 ** 31 - 1);
}

let table: Float32Array | null = null;

/** One period of noise, from element `first` on. */
function noiseFrom(first: number): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: period }, (_, index) => noise(index));
  const turned = new Float32Array(period);
  const start = first % period;
  turned.set(table.subarray(start));
  turned.set(table.subarray(0, start), period - start);
  return turned;
}

const anyBits = (index: number): number => Math.floor((noise(index) + 1) * 2 ** 31) >>> 0;

/** Words of packed weights: arbitrary quanta, and numbers of moderate size in the places of numbers. */
function packedWord(format: PackedFormat, scales: number): (index: number) => number {
  // Signs and mantissas from the noise, exponents near that of 1.
  if (format === 'f16') return (index) => (anyBits(index) & 0x87ff87ff) | 0x34003400;
  if (format === 'bf16') return (index) => (anyBits(index) & 0x807f807f) | 0x3f003f00;
  // Scales are two float16 of 0.0625, or small integers.
  return (index) => (index < scales ? anyBits(index) : 0x2c002c00);
}

type Values = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

type Content =
  /** The same noise repeated, however long the tensor is. */
  | { readonly kind: 'noise'; readonly first: number }
  /** Made when they are needed: cases that are timed are large. */
  | { readonly kind: 'given'; readonly make: () => Values; readonly changes: boolean }
  /** Written once, before the variants. */
  | { readonly kind: 'prepared' }
  /** Written by each variant. */
  | { readonly kind: 'poisoned' };

/** A NaN that no kernel computes: where it is left, nothing was written. */
const poison = 0x7fc0dead;

/**
 * What lies behind other tensors: a NaN for what reads there, and another one, for a kernel that writes what it
 * reads. Behind tensors that are read and written a number, of which every computation makes another.
 */
const guardBits = { read: 0x7fc0beef, changed: 0x48927c00, written: poison } as const;

/** Words behind every tensor. A kernel that is bound with them and writes there goes past its end. */
const guardWords = 16;

/** A tensor with the guard words behind it. */
export function withGuard(tensor: Tensor): Tensor {
  return { ...tensor, shape: [elementCount(tensor.shape) + guardWords] };
}

/** The tensors of one case, described before they exist. */
export class CaseTensors {
  readonly specs: BufferSpec[] = [];
  readonly #contents: { readonly tensor: Tensor; readonly content: Content }[] = [];

  #add(label: string, shape: readonly number[], content: Content, type: ElementType): Tensor {
    const bytes = byteLength({ shape }) + guardWords * bytesPerElement;
    const storage: BufferSpec = { label: `case: ${label}`, role: 'activations', bytes };
    const tensor: Tensor = { label: storage.label, storage, offset: 0, shape, type };
    this.specs.push(storage);
    this.#contents.push({ tensor, content });
    return tensor;
  }

  values(label: string, shape: readonly number[]): Tensor {
    // Each begins at a different place of the same noise.
    const content = { kind: 'noise', first: this.#contents.length * 4099 } as const;
    return this.#add(label, shape, content, 'f32');
  }

  words(
    label: string,
    shape: readonly number[],
    word: (index: number) => number,
    type: 'u32' | 'i32' = 'u32',
  ): Tensor {
    const length = elementCount(shape);
    const each = (_: unknown, index: number): number => word(index);
    const make = (): Values =>
      type === 'u32' ? Uint32Array.from({ length }, each) : Int32Array.from({ length }, each);
    return this.#add(label, shape, { kind: 'given', make, changes: false }, type);
  }

  numbers(label: string, shape: readonly number[], number: (index: number) => number): Tensor {
    return this.#given(label, shape, number, false);
  }

  /** Numbers that a variant reads and replaces, noise unless told otherwise: given anew before each run. */
  changing(label: string, shape: readonly number[], number?: (index: number) => number): Tensor {
    const first = this.#contents.length * 4099;
    return this.#given(label, shape, number ?? ((index) => noise(first + index)), true);
  }

  /** The same for words. */
  changingWords(label: string, shape: readonly number[], word: (index: number) => number): Tensor {
    const length = elementCount(shape);
    const make = (): Values => Uint32Array.from({ length }, (_, index) => word(index));
    return this.#add(label, shape, { kind: 'given', make, changes: true }, 'u32');
  }

  #given(
    label: string,
    shape: readonly number[],
    number: (index: number) => number,
    changes: boolean,
  ): Tensor {
    const length = elementCount(shape);
    const make = (): Values => Float32Array.from({ length }, (_, index) => number(index));
    return this.#add(label, shape, { kind: 'given', make, changes }, 'f32');
  }

  /** The outputs of a variant. */
  result(label: string, shape: readonly number[], type: 'f32' | 'u32' = 'f32'): Tensor {
    return this.#add(label, shape, { kind: 'poisoned' }, type);
  }

  /** The values written before any variant runs. */
  prepared(label: string, shape: readonly number[]): Tensor {
    return this.#add(label, shape, { kind: 'prepared' }, 'f32');
  }

  /** A matrix that may be read in whole vectors of four, or may not. */
  matrix(label: string, [rows, columns]: readonly [number, number], aligned: boolean): Matrix {
    return within(this.values(label, [rows, strideOf(columns, aligned)]), columns);
  }

  resultMatrix(
    label: string,
    [rows, columns]: readonly [number, number],
    aligned: boolean,
  ): Matrix {
    return within(this.result(label, [rows, strideOf(columns, aligned)]), columns);
  }

  weights(
    [rows, columns]: readonly [number, number],
    reader: WeightReader,
    aligned: boolean,
  ): WeightMatrix {
    if (reader === 'f32') return this.matrix('weights', [rows, columns], aligned);
    const format = reader === 'f16-native' ? 'f16' : reader;
    const planes = packedPlanes(format, rows * columns);
    const tensor = this.words('weights', [planes.words], packedWord(format, planes.scales));
    return { format, rows, columns, tensor };
  }

  /** What a tensor holds before any variant runs; null where only the device knows. */
  known(tensor: Tensor): Float64Array | null {
    const found = this.#contents.find((each) => each.tensor.storage === tensor.storage);
    if (found?.content.kind === 'given') return Float64Array.from(found.content.make());
    if (found?.content.kind !== 'noise') return null;
    const block = noiseFrom(found.content.first);
    const length = elementCount(tensor.shape);
    return Float64Array.from({ length }, (_, index) => block[index % period] ?? Number.NaN);
  }

  /** Uploads the initial values, and the guards behind them. */
  fill(gpu: Gpu): void {
    for (const { tensor, content } of this.#contents) {
      if (content.kind === 'noise') repeat(gpu, tensor, noiseFrom(content.first));
      if (content.kind === 'given') gpu.write(tensor, content.make());
      const guard = new Uint32Array(guardWords).fill(guardOf(content));
      gpu.write(withGuard(tensor), guard, elementCount(tensor.shape));
    }
  }

  /** Makes the tensors as they have to be before a run: every result is NaN, so that what no kernel writes shows. */
  renew(gpu: Gpu): void {
    for (const { tensor, content } of this.#contents) {
      if (content.kind === 'poisoned') {
        repeat(gpu, withGuard(tensor), new Uint32Array(period).fill(poison));
      } else if (content.kind === 'given' && content.changes) gpu.write(tensor, content.make());
    }
  }

  /**
   * Whether a run left every word alone that belongs to no result: the guard, and gaps between rows.
   * @param words the tensor with its guard, read after the run
   */
  keptOthers(tensor: Tensor, results: readonly Matrix[], words: Uint32Array): boolean {
    const own = new Uint8Array(words.length);
    for (const { tensor: of, rows, columns, stride, offset } of results) {
      if (of.storage !== tensor.storage) continue;
      for (let row = 0; row < rows; row += 1) {
        const first = offset + row * stride;
        own.fill(1, first, first + columns);
      }
    }
    const found = this.#contents.find((each) => each.tensor.storage === tensor.storage);
    if (!found) return false;
    const before =
      found.content.kind === 'given' ? new Uint32Array(found.content.make().buffer) : null;
    const guard = guardOf(found.content);
    return words.every((word, index) => own[index] === 1 || word === (before?.[index] ?? guard));
  }
}

function guardOf(content: Content): number {
  if (content.kind === 'poisoned') return guardBits.written;
  return content.kind === 'given' && content.changes ? guardBits.changed : guardBits.read;
}

/** Fills a tensor by repeating a block. */
function repeat(
  gpu: Gpu,
  tensor: Tensor,
  block: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
): void {
  const count = elementCount(tensor.shape);
  for (let start = 0; start < count; start += block.length) {
    gpu.write(tensor, block.subarray(0, Math.min(block.length, count - start)), start);
  }
}

const strideOf = (columns: number, aligned: boolean): number =>
  aligned ? columns : columns + 1 + (columns % 4 === 3 ? 1 : 0);

const within = (tensor: Tensor, columns: number): Matrix => ({ ...asMatrix(tensor), columns });
