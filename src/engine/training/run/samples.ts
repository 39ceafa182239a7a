/** Sample answers of a model while it trains: greedy, to fixed prompts, without any effect on the training. */
import type { Gpu } from '../../gpu/device.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import { uniformBuffer } from '../../gpu/plan.ts';
import type { BufferSpec } from '../../gpu/tensor.ts';
import { cacheFormatOf } from '../../inference/chat-memory.ts';
import { planDecoding, type DecodeOptions } from '../../inference/decode-plan.ts';
import { Generator, tokenRing } from '../../inference/generator.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { DeviceBranches } from '../../model/passes/context.ts';
import type { ModelWeights } from '../../model/weights.ts';
import { longestRecord } from './lengths.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** The prompts that a run repeatedly gives its model. */
export interface SamplePrompts {
  /** Token ids, each at most `longestSamplePrompt` of them. */
  readonly prompts: readonly Uint32Array[];
  readonly stopIds: readonly number[];
}

/** Longest prompt to sample, so that the size of the caches does not depend on the data. */
const mostPromptTokens = 512;

/**
 * Tokens that a sample prompt may have; 0 when the recipe asks for no samples or leaves no room for them.
 */
export function longestSamplePrompt(config: ModelConfig, recipe: Recipe): number {
  const { prompts = 0, maxTokens = 0 } = recipe.samples ?? {};
  if (prompts === 0) return 0;
  return Math.max(0, Math.min(mostPromptTokens, longestRecord(config, recipe) - maxTokens));
}

interface Sampled {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly branches: DeviceBranches | null;
}

function decodeOptions(
  { config, weights, branches }: Sampled,
  recipe: Recipe,
): Omit<DecodeOptions, 'traits'> | null {
  const longest = longestSamplePrompt(config, recipe);
  if (longest === 0 || !recipe.samples) return null;
  return {
    ...{ config, weights, branches, slots: recipe.samples.prompts },
    capacity: longest + recipe.samples.maxTokens,
    cache: cacheFormatOf(weights),
  };
}

/** Memory that samples need while they are taken; nothing for a recipe without them. */
export function sampleBuffers(
  sampled: Sampled,
  recipe: Recipe,
  traits: DeviceTraits,
): readonly BufferSpec[] {
  const options = decodeOptions(sampled, recipe);
  if (!options) return [];
  const { prefill, decode, buffers } = planDecoding({ ...options, traits });
  const uniforms = [prefill, decode].flatMap((plan) => uniformBuffer(plan) ?? []);
  return [...buffers, ...uniforms, ...tokenRing(options.slots).specs];
}

/** Begins to compile what samples will need. */
export async function warmSamples(gpu: Gpu, sampled: Sampled, recipe: Recipe): Promise<void> {
  const options = decodeOptions(sampled, recipe);
  if (options) await Generator.warm(gpu, options);
}

/**
 * The answers of the weights as they are now, in the order of the prompts, without stop tokens. Everything
 * allocated here is released before it resolves.
 * @throws StudioError `gpu-out-of-memory`
 */
export async function takeSamples(
  gpu: Gpu,
  sampled: Sampled,
  recipe: Recipe,
  { prompts, stopIds }: SamplePrompts,
): Promise<Uint32Array[]> {
  const options = decodeOptions(sampled, recipe);
  if (!options || !recipe.samples) return [];
  const generator = await Generator.create(gpu, options);
  try {
    return await generator.greedy(prompts, recipe.samples.maxTokens, stopIds);
  } finally {
    generator.release();
  }
}
