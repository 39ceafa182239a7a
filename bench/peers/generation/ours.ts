import type { Gpu } from '../../../src/engine/gpu/device.ts';
import { Generator } from '../../../src/engine/inference/generator.ts';
import { BaseModel, describeWeights } from '../../../src/engine/model/weights.ts';
import { memorySource } from '../../../src/formats/files/byte-source.ts';
import { writeSafetensors } from '../../../src/formats/weights/safetensors-writer.ts';
import { openWeightsFolder } from '../../../src/formats/weights/weights-folder.ts';
import type { WriterContestant } from './contest.ts';
import type { NamedWeights } from './model.ts';

/** Our generator with weights and cache in float32. */
export function ourWriter(
  gpu: Gpu,
  { config, tensors }: NamedWeights,
  capacity: number,
): WriterContestant {
  return {
    name: 'ours',
    prepare: async () => {
      const file = writeSafetensors(
        new Map(
          [...tensors].map(([name, { shape, values }]) => [
            name,
            { dtype: 'F32' as const, shape, data: values },
          ]),
        ),
      );
      const name = 'model.safetensors';
      const folder = await openWeightsFolder(new Map([[name, memorySource(name, file)]]));
      const weights = describeWeights(config, capacity);
      const base = await BaseModel.load(gpu, config, folder, { weights });
      const options = { config, weights, branches: null, slots: 1, capacity };
      const generator = await Generator.create(gpu, options);
      return {
        generate: (prompt, maxTokens) =>
          generator.stream(
            prompt,
            { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 0 },
            { stopIds: [], maxTokens, onToken: () => undefined, stopped: () => false },
          ),
        release: () => {
          generator.release();
          base.release();
        },
        dispatchesPerToken: generator.dispatchesPerToken,
      };
    },
  };
}
