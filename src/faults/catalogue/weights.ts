/** Faults of safetensors files, of the weights of a folder, and of branches. */
import type { OfFile, OfTensor, Plain } from './shapes.ts';

export interface WeightFaults {
  'safetensors-truncated': OfFile & { readonly bytes: number };
  /** `most`: what is read, or what the file has. */
  'safetensors-header-length': OfFile & {
    readonly claimed: string;
    readonly most: number;
    readonly reason: 'too-long' | 'beyond-file';
  };
  'safetensors-header-start': OfFile;
  'safetensors-header-utf8': OfFile;
  'safetensors-metadata': OfFile & { readonly reason: 'no-object' | 'no-string' };
  /** `field`: one that is not known; '' where the entry is no object. */
  'safetensors-entry': OfFile & OfTensor & { readonly field: string };
  /** `dtype`: '' where none is stated. */
  'safetensors-dtype': OfFile & OfTensor & { readonly dtype: string };
  'safetensors-shape': OfFile & OfTensor & ({ readonly reason: 'overflow' } | ShapeLimit);
  'safetensors-offsets': OfFile & OfTensor & OffsetsReason;
  'safetensors-size': OfFile & OfTensor & { readonly bytes: number; readonly due: number };
  'safetensors-tiling': OfFile & TilingReason;
  'safetensors-integer-range': OfFile & { readonly value: string };
  'safetensors-not-float': OfFile & { readonly dtype: string };
  'safetensors-not-integer': OfFile & { readonly dtype: string };
  'safetensors-write-name': OfTensor & { readonly reason: 'reserved' | 'twice' };
  'safetensors-write-shape': OfTensor & { readonly reason: 'no-counts' | 'overflow' };
  'safetensors-write-dtype': OfTensor & { readonly dtype: string };
  'safetensors-write-length': OfTensor & { readonly came: number; readonly due: number };
  'weights-ambiguous': { readonly first: string; readonly second: string };
  'weights-pickle': OfFile;
  'weights-index-missing': OfFile;
  'weights-unnamed': OfFile;
  'weights-missing': { readonly files: readonly string[]; readonly count: number };
  'weights-shard-missing': { readonly shard: string };
  'weights-shard-path': { readonly shard: string };
  'weights-index-disagrees': OfTensor & DisagreeReason;
  'weights-index': IndexReason;
  /** `base`: '' where the adapter names none. */
  'weights-adapter-alone': { readonly base: string; readonly kind: string };
  'weights-adapter-inside': OfTensor;
  'weights-names': OfTensor & { readonly one: string; readonly other: string };
  'weights-quantised': OfTensor & { readonly method: string };
  'weights-range': OfTensor;
  /** `file`: where one file is asked; a whole folder without. */
  'tensor-missing': OfTensor & { readonly file?: string };
  'tensor-shape': OfTensor & { readonly shape: string; readonly expected: string };
  'head-missing': Plain;
  'branch-missing': { readonly parameter: string };
  'branch-shape': { readonly parameter: string; readonly shape: string };
  'peft-empty': Plain;
  'peft-shape': { readonly layer: number; readonly module: string };
  'peft-scale': { readonly layer: number; readonly module: string; readonly scale: number };
}

type ShapeLimit = { readonly reason: 'no-counts'; readonly most: number };

export type OffsetsReason =
  | { readonly reason: 'no-pair' }
  | { readonly reason: 'outside'; readonly first: number; readonly last: number };

/** @inline */
export type TilingReason =
  | (OfTensor & { readonly reason: 'hole' })
  | (OfTensor & { readonly reason: 'overlap' })
  | { readonly reason: 'rest'; readonly bytes: number };

/** How shards and index disagree. @inline */
export type DisagreeReason =
  | { readonly reason: 'two-shards' }
  | { readonly reason: 'elsewhere'; readonly shard: string }
  | { readonly reason: 'no-shard' };

/** Why the index of shards is refused. @inline */
export type IndexReason =
  | { readonly reason: 'too-large'; readonly bytes: number; readonly most: number }
  | { readonly reason: 'not-text' }
  | { readonly reason: 'no-map' }
  | { readonly reason: 'no-name'; readonly tensor: string }
  | { readonly reason: 'empty' }
  | { readonly reason: 'too-many'; readonly count: number };
