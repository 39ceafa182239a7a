/**
 * A case that the tuner computes with every variant of a class: made-up inputs, outputs that are poisoned
 * before each run, and the expected results.
 */
import type { Gpu } from '../gpu/device.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import {
  asMatrix,
  elementCount,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type Matrix,
  type Tensor,
} from '../gpu/tensor.ts';
import {
  packedPlanes,
  type PackedFormat,
  type WeightMatrix,
  type WeightReader,
} from './linear/weight-formats.ts';

/** Reads a tensor as float64. */
export type Read = (tensor: Tensor) => Promise<Float64Array>;

/** One computation on made-up values: how to request a variant, and the results it must give. */
export interface TuningCase<V extends string = string> {
  readonly tensors: CaseTensors;
  /** Runs once before any variant: prepares inputs that variants read but do not compute. */
  readonly prepare: ((r: PlanRecorder) => void) | null;
  /** @param variant one of the class's variants for these sizes */
  record(r: PlanRecorder, variant: V): void;
  readonly results: readonly Matrix[];
  /** The results in float64, dense, by plain loops over the values that the tensors hold. */
  readonly expected: (read: Read) => Promise<readonly Float64Array[]>;
}

/** The values of a matrix, row after row. */
export async function readDense(matrix: Matrix, read: Read): Promise<Float64Array> {
  const { tensor, rows, columns, stride, offset } = matrix;
  const all = await read(tensor);
  const found = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const start = offset + row * stride;
    found.set(all.subarray(start, start + columns), row * columns);
  }
  return found;
}

/** The made-up values of tensors repeat after this many elements. */
const period = 2 ** 16;

/** Values in [−1, 1) with float32 precision: a mixing of the index. */
function noise(index: number): number {
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

type Content =
  | { readonly kind: 'noise'; readonly first: number }
  | { readonly kind: 'words'; readonly word: (index: number) => number }
  /** Written once, before the variants. */
  | { readonly kind: 'prepared' }
  /** Written by each variant. */
  | { readonly kind: 'poisoned' };

/** The tensors of one tuning case, described before they exist. */
export class CaseTensors {
  readonly specs: BufferSpec[] = [];
  readonly #contents: { readonly tensor: Tensor; readonly content: Content }[] = [];

  #add(label: string, shape: readonly number[], content: Content): Tensor {
    const type = content.kind === 'words' ? 'u32' : 'f32';
    const tensor = persistentTensor(`tuning: ${label}`, 'activations', shape, type);
    if (!isScratch(tensor.storage)) this.specs.push(tensor.storage);
    this.#contents.push({ tensor, content });
    return tensor;
  }

  values(label: string, shape: readonly number[]): Tensor {
    // Each begins at a different place of the same noise.
    return this.#add(label, shape, { kind: 'noise', first: this.#contents.length * 4099 });
  }

  words(label: string, shape: readonly number[], word: (index: number) => number): Tensor {
    return this.#add(label, shape, { kind: 'words', word });
  }

  /** The outputs of a variant. */
  result(label: string, shape: readonly number[]): Tensor {
    return this.#add(label, shape, { kind: 'poisoned' });
  }

  /** The values written before any variant runs. */
  prepared(label: string, shape: readonly number[]): Tensor {
    return this.#add(label, shape, { kind: 'prepared' });
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

  /** Uploads the tensors' initial values. */
  fill(gpu: Gpu): void {
    for (const { tensor, content } of this.#contents) {
      const count = elementCount(tensor.shape);
      if (content.kind === 'words') {
        gpu.write(
          tensor,
          Uint32Array.from({ length: count }, (_, index) => content.word(index)),
        );
      } else if (content.kind === 'noise') repeat(gpu, tensor, noiseFrom(content.first));
    }
  }

  /** Makes every result NaN, so that elements no kernel writes show. */
  poison(gpu: Gpu): void {
    for (const { tensor, content } of this.#contents) {
      if (content.kind === 'poisoned') {
        repeat(gpu, tensor, new Float32Array(period).fill(Number.NaN));
      }
    }
  }
}

/** Fills a tensor by repeating a block. */
function repeat(gpu: Gpu, tensor: Tensor, block: Float32Array<ArrayBuffer>): void {
  const count = elementCount(tensor.shape);
  for (let start = 0; start < count; start += block.length) {
    gpu.write(tensor, block.subarray(0, Math.min(block.length, count - start)), start);
  }
}

const strideOf = (columns: number, aligned: boolean): number =>
  aligned ? columns : columns + 1 + (columns % 4 === 3 ? 1 : 0);

const within = (tensor: Tensor, columns: number): Matrix => ({ ...asMatrix(tensor), columns });
