/** Decides the storage format of each tensor from the precision, its stored type and the device's limits. */
import { isBlockType, type BlockType, type StoredType } from '../../formats/gguf/block-types.ts';
import type { TensorInfo } from '../../formats/weights/weights-folder.ts';
import type { DeviceTraits } from '../gpu/kernel.ts';
import {
  bitsPerWeight,
  formatGroup,
  type PackedFormat,
  type WeightFormat,
} from '../kernels/linear/weight-formats.ts';
import type { Precision } from './settings.ts';

export { precisions, type Precision } from './settings.ts';

/** How frozen matrices are kept on a device. */
export interface WeightStorage {
  /** The format of a matrix, by its Hugging Face name and its columns. */
  formatOf(name: string, columns: number): WeightFormat;
  /** Most bytes of one part of a matrix: the limits of a buffer and a binding. */
  readonly maxPartBytes: number;
}

/** Everything in float32, in one piece. */
export const float32Storage: WeightStorage = {
  formatOf: () => 'f32',
  maxPartBytes: Number.POSITIVE_INFINITY,
};

const blockFormats: Readonly<Record<BlockType, PackedFormat>> = {
  Q8_0: 'q8_0',
  Q4_0: 'q4_0',
  Q4_1: 'q4_1',
  Q5_0: 'q5_0',
  Q5_1: 'q5_1',
  Q4_K: 'q4_k',
  Q5_K: 'q5_k',
  Q6_K: 'q6_k',
};

/** Formats for weights with more bits than wanted. Float32 becomes float16, which keeps more of it than bfloat16. */
const coarser: Readonly<Record<Exclude<Precision, 'stored'>, readonly WeightFormat[]>> = {
  float32: ['f32'],
  '16-bit': ['f16', 'f32'],
  '8-bit': ['q8_0', 'f16', 'f32'],
  '4-bit': ['q4_0', 'f16', 'f32'],
};

/** The format that holds the numbers of a stored type exactly. */
export function exactFormat(stored: StoredType): WeightFormat {
  if (isBlockType(stored)) return blockFormats[stored];
  return stored === 'BF16' ? 'bf16' : stored === 'F16' ? 'f16' : 'f32';
}

/**
 * The format of a tensor: its own where that takes no more bits than wanted, so that nothing is quantised
 * twice; else the wanted one, or a finer one where its rows do not divide into that format's groups.
 */
export function chooseFormat(
  stored: StoredType,
  precision: Precision,
  columns: number,
): WeightFormat {
  const exact = exactFormat(stored);
  const fits = (format: WeightFormat): boolean => columns % formatGroup(format) === 0;
  if (precision === 'float32') return 'f32';
  const [wanted = exact] = precision === 'stored' ? [] : coarser[precision];
  // Whole bits: the 4.6 of Q4_K against the 4.5 of Q4_0 are not worth a second rounding.
  const keep = Math.floor(bitsPerWeight(exact)) <= Math.floor(bitsPerWeight(wanted));
  if (keep) return fits(exact) ? exact : 'f32';
  const finer = precision === 'stored' ? [] : coarser[precision];
  return finer.find(fits) ?? 'f32';
}

/** How the tensors of a checkpoint are stored, by name. */
export type StoredTypes = ReadonlyMap<string, Pick<TensorInfo, 'dtype'>>;

/** How the matrices of a checkpoint are kept on a device of these traits. */
export function weightStorage(
  tensors: StoredTypes,
  precision: Precision,
  traits: Pick<DeviceTraits, 'maxBindingBytes' | 'maxBufferBytes'>,
): WeightStorage {
  return {
    formatOf: (name, columns) =>
      chooseFormat(tensors.get(name)?.dtype ?? 'F32', precision, columns),
    maxPartBytes: Math.min(traits.maxBindingBytes, traits.maxBufferBytes),
  };
}
