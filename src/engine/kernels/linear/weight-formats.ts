import bfloat16Code from '../../../../shaders/weights/bf16.wgsl?raw';
import bits4Code from '../../../../shaders/weights/bits-4.wgsl?raw';
import bits5Code from '../../../../shaders/weights/bits-5.wgsl?raw';
import bits6Code from '../../../../shaders/weights/bits-6.wgsl?raw';
import bytesCode from '../../../../shaders/weights/bytes.wgsl?raw';
import centredCode from '../../../../shaders/weights/centred.wgsl?raw';
import float16Code from '../../../../shaders/weights/f16.wgsl?raw';
import float16NativeCode from '../../../../shaders/weights/f16-native.wgsl?raw';
import float32Code from '../../../../shaders/weights/f32.wgsl?raw';
import float32RowsCode from '../../../../shaders/weights/f32-rows.wgsl?raw';
import float32VectorCode from '../../../../shaders/weights/f32-vec4.wgsl?raw';
import lowBitsCode from '../../../../shaders/weights/low-bits.wgsl?raw';
import packedRowsCode from '../../../../shaders/weights/packed-rows.wgsl?raw';
import rangeCode from '../../../../shaders/weights/range.wgsl?raw';
import rangeOf256Code from '../../../../shaders/weights/range-of-256.wgsl?raw';
import rangedCode from '../../../../shaders/weights/ranged.wgsl?raw';
import scaleCode from '../../../../shaders/weights/scale.wgsl?raw';
import scaleOf256Code from '../../../../shaders/weights/scale-of-256.wgsl?raw';
import { u32, type DeviceTraits, type Kernel, type UniformWord } from '../../gpu/kernel.ts';
import type { Matrix, Tensor } from '../../gpu/tensor.ts';

/**
 * How frozen weights lie in device memory. The quantised ones hold exactly the numbers of the GGUF block
 * formats of the same names, in planes instead of blocks (quanta in the order of the weights, then high
 * bits, then scales), so that every read is an aligned word.
 */
export const packedFormats = [
  'f16',
  'bf16',
  'q8_0',
  'q4_0',
  'q4_1',
  'q5_0',
  'q5_1',
  'q4_k',
  'q5_k',
  'q6_k',
] as const;
export type PackedFormat = (typeof packedFormats)[number];
export type WeightFormat = 'f32' | PackedFormat;

interface FormatFacts {
  /** Rows are whole multiples of this many weights. */
  readonly group: number;
  /** Bits per weight of each plane: quanta, high bits, scales, scales of scales. */
  readonly planes: readonly [number, number, number, number];
  readonly sources: readonly string[];
}

const facts: Readonly<Record<PackedFormat, FormatFacts>> = {
  f16: { group: 4, planes: [16, 0, 0, 0], sources: [float16Code] },
  bf16: { group: 4, planes: [16, 0, 0, 0], sources: [bfloat16Code] },
  q8_0: { group: 32, planes: [8, 0, 1 / 2, 0], sources: [bytesCode, scaleCode] },
  q4_0: {
    group: 32,
    planes: [4, 0, 1 / 2, 0],
    sources: [lowBitsCode, bits4Code, scaleCode, centredCode],
  },
  q4_1: {
    group: 32,
    planes: [4, 0, 1, 0],
    sources: [lowBitsCode, bits4Code, rangeCode, rangedCode],
  },
  q5_0: {
    group: 32,
    planes: [4, 1, 1 / 2, 0],
    sources: [lowBitsCode, bits5Code, scaleCode, centredCode],
  },
  q5_1: {
    group: 32,
    planes: [4, 1, 1, 0],
    sources: [lowBitsCode, bits5Code, rangeCode, rangedCode],
  },
  q4_k: {
    group: 256,
    planes: [4, 0, 1 / 2, 1 / 8],
    sources: [lowBitsCode, bits4Code, rangeOf256Code, rangedCode],
  },
  q5_k: {
    group: 256,
    planes: [4, 1, 1 / 2, 1 / 8],
    sources: [lowBitsCode, bits5Code, rangeOf256Code, rangedCode],
  },
  q6_k: {
    group: 256,
    planes: [4, 2, 1 / 2, 1 / 16],
    sources: [lowBitsCode, bits6Code, scaleOf256Code, centredCode],
  },
};

/** Rows of a matrix in this format must be whole multiples of this many weights. */
export function formatGroup(format: WeightFormat): number {
  return format === 'f32' ? 1 : facts[format].group;
}

/** Bits that one weight takes, scales included. */
export function bitsPerWeight(format: WeightFormat): number {
  return format === 'f32' ? 32 : facts[format].planes.reduce((sum, bits) => sum + bits, 0);
}

/** Whether a format has one plane only, so that several matrices can share a binding. */
export function hasOnePlane(format: WeightFormat): boolean {
  return format === 'f32' || facts[format].planes.slice(1).every((bits) => bits === 0);
}

/** Where the planes of `elements` packed weights begin, and the words of all of them together. */
export interface Planes {
  readonly high: number;
  readonly scales: number;
  readonly supers: number;
  readonly words: number;
}

/** @throws RangeError when the elements are no whole number of groups */
export function packedPlanes(format: PackedFormat, elements: number): Planes {
  const { group, planes } = facts[format];
  if (elements % group !== 0) {
    throw new RangeError(`${elements} weights are no whole number of groups of ${group}`);
  }
  const [quanta, high, scales, supers] = planes;
  const words = (bits: number): number => Math.ceil((elements * bits) / 32);
  const highAt = words(quanta);
  const scalesAt = highAt + words(high);
  const supersAt = scalesAt + words(scales);
  return { high: highAt, scales: scalesAt, supers: supersAt, words: supersAt + words(supers) };
}

/** A packed matrix [rows, columns] on the device: the whole of a tensor of words. */
export interface PackedMatrix {
  readonly format: PackedFormat;
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
}

export type WeightMatrix = Matrix | PackedMatrix;

export function isPacked(w: WeightMatrix): w is PackedMatrix {
  return 'format' in w;
}

/** Where the planes of a matrix begin, as shaders take it; zeros for float32. */
export function planeWords(w: WeightMatrix): UniformWord[] {
  if (!isPacked(w)) return [u32(0), u32(0), u32(0)];
  const { high, scales, supers } = packedPlanes(w.format, w.rows * w.columns);
  return [u32(high), u32(scales), u32(supers)];
}

/** How kernels read weights: a format, or float16 through the device's own type. */
export type WeightReader = WeightFormat | 'f16-native';

const weightReaders: readonly WeightReader[] = ['f32', 'f16-native', ...packedFormats];

export function weightReader(w: WeightMatrix, traits: DeviceTraits): WeightReader {
  if (!isPacked(w)) return 'f32';
  return w.format === 'f16' && traits.f16 ? 'f16-native' : w.format;
}

/** Something for each way to read weights. */
export function byReader<T>(make: (reader: WeightReader) => T): ReadonlyMap<WeightReader, T> {
  return new Map(weightReaders.map((reader) => [reader, make(reader)]));
}

/** What the names of kernels for a way to read weights end in. */
export function readerSuffix(reader: WeightReader | null): string {
  return reader === null || reader === 'f32' ? '' : `-${reader}`;
}

/** The features that a reader's shaders enable. */
export function readerRequires(reader: WeightReader): Kernel['requires'] {
  return reader === 'f16-native' ? ['shader-f16'] : [];
}

function decoding(reader: Exclude<WeightReader, 'f32'>): readonly string[] {
  return reader === 'f16-native' ? [float16NativeCode] : facts[reader].sources;
}

/** `weight_at(element)`: single weights. */
export function elementSources(reader: WeightReader): readonly string[] {
  return reader === 'f32' ? [float32Code] : decoding(reader);
}

/** `load_w`, and `weight_at`: rows of weights of any alignment. */
export function rowSources(reader: WeightReader): readonly string[] {
  return reader === 'f32' ? [float32Code, float32RowsCode] : [...decoding(reader), packedRowsCode];
}

/** `load_w` where float32 rows are aligned to four elements. */
export function vectorRowSources(reader: WeightReader): readonly string[] {
  return reader === 'f32' ? [float32VectorCode] : rowSources(reader);
}
