/** Measures where the time of decoding a token goes. */
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { Gpu } from '../gpu/device.ts';
import type { PlanProfile, ProfileOptions } from '../gpu/profile.ts';
import type { ModelConfig } from '../model/config.ts';
import { weightStorage, type Precision } from '../model/weight-storage.ts';
import { BaseModel, describeWeights } from '../model/weights.ts';
import { cacheFormatOf, chatContext } from './chat-memory.ts';
import { Generator } from './generator.ts';

export interface ProfileDecodingOptions extends Omit<ProfileOptions, 'before'> {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** How the frozen weights are kept on the device; in float32 unless told otherwise. */
  readonly precision?: Precision;
  /** Tokens before the decoded token. */
  readonly promptTokens: number;
}

/**
 * Where the time of decoding one token of one conversation with the base model goes, after a made-up prompt.
 * Loads the model for this and releases everything.
 * @throws StudioError what loading throws, the device's fault, and what `onProgress` throws
 */
export async function profileDecoding(options: ProfileDecodingOptions): Promise<PlanProfile> {
  const { gpu, config, promptTokens, precision = 'float32', ...rest } = options;
  const capacity = Math.min(chatContext, config.contextLength);
  const storage = weightStorage(options.weights.tensors, precision, gpu.traits);
  const weights = describeWeights(config, capacity, storage);
  const cache = cacheFormatOf(weights);
  const decoding = { config, weights, branches: null, slots: 1, capacity, cache };
  void Generator.warm(gpu, decoding);
  const base = await BaseModel.load(gpu, config, options.weights, { weights });
  try {
    const generator = await Generator.create(gpu, decoding);
    try {
      const length = Math.max(1, Math.min(promptTokens, capacity - 1));
      const prompt = Uint32Array.from({ length }, (_, t) => (t * 31) % config.vocabularySize);
      return await generator.profile([prompt], rest);
    } finally {
      generator.release();
    }
  } finally {
    base.release();
  }
}
