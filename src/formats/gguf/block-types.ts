/** The quantised types of GGUF that the studio reads: blocks of weights with their scales. */
import type { Dtype } from '../weights/safetensors.ts';

/** The quantised types of GGUF that are read: blocks of weights, each with its scales. */
export const blockTypes = ['Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K'] as const;
export type BlockType = (typeof blockTypes)[number];

/** How a tensor is stored in a file. */
export type StoredType = Dtype | BlockType;

/** Weights and bytes of one block, as ggml lays them out. */
export const blockSizes: Readonly<Record<BlockType, { weights: number; bytes: number }>> = {
  Q8_0: { weights: 32, bytes: 34 },
  Q4_0: { weights: 32, bytes: 18 },
  Q4_1: { weights: 32, bytes: 20 },
  Q5_0: { weights: 32, bytes: 22 },
  Q5_1: { weights: 32, bytes: 24 },
  Q4_K: { weights: 256, bytes: 144 },
  Q5_K: { weights: 256, bytes: 176 },
  Q6_K: { weights: 256, bytes: 210 },
};

/** Where the float16 numbers of a block lie, in bytes from its start. */
export const halvesAt: Readonly<Record<BlockType, readonly number[]>> = {
  Q8_0: [0],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
};

export function isBlockType(type: StoredType): type is BlockType {
  return Object.hasOwn(blockSizes, type);
}
