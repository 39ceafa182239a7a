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

/** A packed matrix [rows, columns] on the device. */
export interface PackedMatrix {
  readonly format: PackedFormat;
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  /** The table that the tensor holds, of which the matrix is some rows; absent where it is the whole. */
  readonly table?: { readonly rows: number; readonly firstRow: number };
}

export type WeightMatrix = Matrix | PackedMatrix;

export function isPacked(w: WeightMatrix): w is PackedMatrix {
  return 'format' in w;
}

/** The planes of the table that holds a matrix. @throws RangeError as `packedPlanes` */
export function planesOf({ format, rows, columns, table }: PackedMatrix): Planes {
  return packedPlanes(format, (table?.rows ?? rows) * columns);
}

/** The weights of the table in front of a matrix. */
export function firstWeight({ columns, table }: PackedMatrix): number {
  return (table?.firstRow ?? 0) * columns;
}

/** Where the planes of a matrix begin, as uniforms name them; zeros for float32. */
export function planeValues(w: WeightMatrix): Record<'w_high' | 'w_scales' | 'w_supers', number> {
  if (!isPacked(w)) return { w_high: 0, w_scales: 0, w_supers: 0 };
  const { high, scales, supers } = planesOf(w);
  return { w_high: high, w_scales: scales, w_supers: supers };
}

/** Whether so many weights fill whole words of every plane, so that the rows of another matrix can follow them. */
export function fillsWords(format: PackedFormat, elements: number): boolean {
  return facts[format].planes.every((bits) => Number.isInteger((elements * bits) / 32));
}

/** How kernels read weights: in a storage format, or as float16 through the device's own type. */
export type WeightReader = WeightFormat | 'f16-native';

/** Every reader; shaders/weights has a file for each name. */
export const weightReaders: readonly WeightReader[] = ['f32', 'f16-native', ...packedFormats];

export function weightReader(w: WeightMatrix, traits: DeviceTraits): WeightReader {
  if (!isPacked(w)) return 'f32';
  return w.format === 'f16' && traits.f16 ? 'f16-native' : w.format;
}
