/** The tensors that packed records are written to. */
import type { Gpu } from '../gpu/device.ts';
import type { ModelConfig } from './config.ts';
import {
  alignUp,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type Tensor,
} from '../gpu/tensor.ts';

/** Values of one pass over packed records; see packing.ts. */
export interface PackedInputs {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly positions: Uint32Array<ArrayBuffer>;
  readonly segmentStart: Uint32Array<ArrayBuffer>;
  readonly segmentEnd: Uint32Array<ArrayBuffer>;
  readonly tasks: Uint32Array<ArrayBuffer>;
  /** Rows that predict a target, in order; `none` of packing.ts beyond them. */
  readonly targetRows: Uint32Array<ArrayBuffer>;
  readonly targetIds: Int32Array<ArrayBuffer>;
}

/**
 * The input tensors for N rows; targets are padded to a multiple of 64. Models with local
 * layers have two more: the first row that a row sees there, and one past the last row that sees it.
 */
export type PackedInputTensors = { readonly [K in keyof PackedInputs]: Tensor } & {
  readonly windowStart?: Tensor;
  readonly windowEnd?: Tensor;
};

export function packedInputTensors(
  rows: number,
  { local }: Pick<ModelConfig, 'local'>,
): PackedInputTensors {
  const capacity = alignUp(rows, 64);
  const input = (label: string, length: number, type: 'u32' | 'i32' = 'u32'): Tensor =>
    persistentTensor(label, 'inputs', [length], type);
  return {
    ids: input('token ids', rows),
    positions: input('positions', rows),
    segmentStart: input('first row of the record', rows),
    segmentEnd: input('end of the record', rows),
    tasks: input('task of the row', rows),
    targetRows: input('target rows', capacity),
    targetIds: input('target ids', capacity, 'i32'),
    ...(local && {
      windowStart: input('first row of the window', rows),
      windowEnd: input('end of the rows that see this one', rows),
    }),
  };
}

export function writePackedInputs(
  gpu: Gpu,
  tensors: PackedInputTensors,
  values: PackedInputs,
  { local }: Pick<ModelConfig, 'local'>,
): void {
  gpu.write(tensors.ids, values.ids);
  gpu.write(tensors.positions, values.positions);
  gpu.write(tensors.segmentStart, values.segmentStart);
  gpu.write(tensors.segmentEnd, values.segmentEnd);
  gpu.write(tensors.tasks, values.tasks);
  gpu.write(tensors.targetRows, values.targetRows);
  gpu.write(tensors.targetIds, values.targetIds);
  if (!local || !tensors.windowStart || !tensors.windowEnd) return;
  const { window } = local;
  gpu.write(
    tensors.windowStart,
    values.segmentStart.map((start, row) => Math.max(start, row + 1 - window)),
  );
  gpu.write(
    tensors.windowEnd,
    values.segmentEnd.map((end, row) => Math.min(end, row + window)),
  );
}

/** Buffers of tensors, each once. */
export function buffersOf(tensors: Iterable<Tensor>): BufferSpec[] {
  const specs = new Set<BufferSpec>();
  for (const { storage } of tensors) if (!isScratch(storage)) specs.add(storage);
  return [...specs];
}
