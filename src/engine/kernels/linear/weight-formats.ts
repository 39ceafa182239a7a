/** The storage formats of frozen weights in device memory. */
import type { DeviceTraits } from '../../gpu/kernel.ts';
import type { Matrix, Tensor } from '../../gpu/tensor.ts';

/**
 * How frozen weights lie in device memory. The quantised formats hold exactly the numbers of the GGUF block
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
}

const facts: Readonly<Record<PackedFormat, FormatFacts>> = {
  f16: { group: 4, planes: [16, 0, 0, 0] },
  bf16: { group: 4, planes: [16, 0, 0, 0] },
  q8_0: { group: 32, planes: [8, 0, 1 / 2, 0] },
  q4_0: {
    group: 32,
    planes: [4, 0, 1 / 2, 0],
  },
  q4_1: {
    group: 32,
    planes: [4, 0, 1, 0],
  },
  q5_0: {
    group: 32,
    planes: [4, 1, 1 / 2, 0],
  },
  q5_1: {
    group: 32,
    planes: [4, 1, 1, 0],
  },
  q4_k: {
    group: 256,
    planes: [4, 0, 1 / 2, 1 / 8],
  },
  q5_k: {
    group: 256,
    planes: [4, 1, 1 / 2, 1 / 8],
  },
  q6_k: {
    group: 256,
    planes: [4, 2, 1 / 2, 1 / 16],
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

/** Where the planes of `elements` packed weights begin, and their words in all. */
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

/** Where the planes of a matrix begin, as uniforms name them; zeros for float32. */
export function planeValues(w: WeightMatrix): Record<'w_high' | 'w_scales' | 'w_supers', number> {
  if (!isPacked(w)) return { w_high: 0, w_scales: 0, w_supers: 0 };
  const { high, scales, supers } = packedPlanes(w.format, w.rows * w.columns);
  return { w_high: high, w_scales: scales, w_supers: supers };
}

/** How kernels read weights: in a storage format, or as float16 through the device's own type. */
export type WeightReader = WeightFormat | 'f16-native';

/** Every reader; shaders/weights has a file for each name. */
export const weightReaders: readonly WeightReader[] = ['f32', 'f16-native', ...packedFormats];

export function weightReader(w: WeightMatrix, traits: DeviceTraits): WeightReader {
  if (!isPacked(w)) return 'f32';
  return w.format === 'f16' && traits.f16 ? 'f16-native' : w.format;
}
