/** Random checkpoints and folders in memory. */
import { memorySource, type ByteSource } from '../../src/formats/files/byte-source.ts';
import type { Dtype } from '../../src/formats/weights/safetensors.ts';
import { writeSafetensors } from '../../src/formats/weights/safetensors-writer.ts';
import { openWeightsFolder, type WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { checkpointShapes, describeWeights } from '../../src/engine/model/weights.ts';
import { randomValues } from '../../src/engine/testing/numbers.ts';

export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Random weights of a size at which activations keep their scale; norms near 1. */
export function randomCheckpoint(config: ModelConfig, seed: number): NamedValues[] {
  return checkpointShapes(describeWeights(config, 1)).map(({ name, shape }, index) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = shape.length === 1 ? 0.1 : 1 / Math.sqrt(shape[1] ?? 1);
    const centre = name.includes('norm') ? 1 : 0;
    const random = randomValues(count, seed + index);
    return { name, shape, values: Float32Array.from(random, (x) => centre + spread * x) };
  });
}

/** A Hugging Face folder in memory, its tensors dealt out over `shards` files with an index. */
export async function memoryFolder(
  tensors: readonly NamedValues[],
  dtype: Extract<Dtype, 'F32' | 'BF16' | 'F16'>,
  shards = 1,
): Promise<WeightsFolder> {
  const files = new Map<string, ByteSource>();
  const placed: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const own = tensors.filter((_, index) => index % shards === shard);
    const name =
      shards === 1 ? 'model.safetensors' : `model-0000${shard + 1}-of-0000${shards}.safetensors`;
    for (const tensor of own) placed[tensor.name] = name;
    const bytes = writeSafetensors(
      new Map(own.map(({ name: key, shape, values: data }) => [key, { dtype, shape, data }])),
      new Map([['format', 'pt']]),
    );
    files.set(name, memorySource(name, bytes));
  }
  if (shards > 1) {
    const index = JSON.stringify({ metadata: {}, weight_map: placed });
    const name = 'model.safetensors.index.json';
    files.set(name, memorySource(name, new TextEncoder().encode(index)));
  }
  return openWeightsFolder(files);
}
