/** How many bytes a conversation takes on the device, planned without one. */
import type { DeviceTraits } from '../gpu/kernel.ts';
import { uniformBuffer } from '../gpu/plan.ts';
import type { CacheFormat } from '../kernels/attention/key-value-cache.ts';
import type { ModelConfig } from '../model/config.ts';
import type { WeightStorage } from '../model/weight-storage.ts';
import { describeWeights, weightSpecs, type ModelWeights } from '../model/weights.ts';
import { mergingOf } from '../training/stage/branch-plans.ts';
import { planDecoding } from './decode-plan.ts';
import { tokenRing } from './generator.ts';

/** Tokens that a conversation can hold, unless the model's context is shorter. */
export const chatContext = 2048;

/** What a conversation with the base model takes, in bytes. */
export interface ChatMemory {
  /** Tokens, prompt and answers together. */
  readonly context: number;
  readonly weights: number;
  /** Keys and values of the whole context. */
  readonly cache: number;
  readonly total: number;
}

/** Weights narrower than float32 get a float16 cache: at 2,048 tokens the cache can be as large as they are. */
export function cacheFormatOf(weights: ModelWeights): CacheFormat {
  return mergingOf(weights) === 'into-weights' ? 'float32' : 'float16';
}

/** Lays out a conversation without a device; chat then allocates exactly these sizes. */
export function planChatMemory(
  config: ModelConfig,
  storage: WeightStorage,
  traits: DeviceTraits,
): ChatMemory {
  const context = Math.min(chatContext, config.contextLength);
  const weights = describeWeights(config, context, storage);
  const plan = planDecoding({
    ...{ config, weights, traits },
    branches: null,
    slots: 1,
    capacity: context,
    cache: cacheFormatOf(weights),
  });
  const uniforms = [plan.prefill, plan.decode].flatMap((each) => uniformBuffer(each) ?? []);
  const specs = [
    ...weightSpecs(weights),
    ...plan.buffers,
    ...uniforms,
    ...tokenRing(plan.options.slots).specs,
  ];
  const sum = (role: string | null): number =>
    specs.reduce(
      (bytes, spec) => bytes + (role === null || spec.role === role ? spec.bytes : 0),
      0,
    );
  return { context, weights: sum('weights'), cache: sum('cache'), total: sum(null) };
}
