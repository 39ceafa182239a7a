/** Weights spread over several safetensors files with an index, as Hugging Face folders hold them. */
import { elementCount } from './safetensors.ts';
import type { NamedShape } from './merged-weights.ts';

/** Below 4 GiB, so that a shard fits every file system and needs no extension inside a zip. */
const SHARD_BYTES = 4e9;

export interface Shard {
  readonly file: string;
  readonly tensors: readonly NamedShape[];
}

export interface ShardPlan {
  readonly shards: readonly Shard[];
  /** Text of model.safetensors.index.json; null where one file holds everything. */
  readonly index: string | null;
}

/**
 * Spreads tensors over files of at most `maxBytes` of weights each, in the given order; a larger tensor has a
 * file to itself.
 * @param elementBytes 2 or 4, the same for every tensor
 */
export function planShards(
  tensors: readonly NamedShape[],
  elementBytes: number,
  maxBytes: number = SHARD_BYTES,
): ShardPlan {
  const groups: NamedShape[][] = [[]];
  let filled = 0;
  let elements = 0;
  for (const tensor of tensors) {
    const count = elementCount(tensor.shape) ?? 0;
    const bytes = count * elementBytes;
    if (filled > 0 && filled + bytes > maxBytes) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)?.push(tensor);
    filled += bytes;
    elements += count;
  }
  if (groups.length === 1) {
    return { shards: [{ file: 'model.safetensors', tensors }], index: null };
  }
  const five = (n: number): string => String(n).padStart(5, '0');
  const shards = groups.map((group, i) => {
    return { file: `model-${five(i + 1)}-of-${five(groups.length)}.safetensors`, tensors: group };
  });
  const placed = shards.flatMap(({ file, tensors: own }) => own.map(({ name }) => [name, file]));
  const index = {
    metadata: { total_parameters: elements, total_size: elements * elementBytes },
    weight_map: Object.fromEntries(placed.sort()) as unknown,
  };
  return { shards, index: `${JSON.stringify(index, null, 2)}\n` };
}
