/** One step of stage 1, for the built-in model and for a slice of a large one. */
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { parseModelConfig, type ModelConfig } from '../../src/engine/model/config.ts';
import { weightStorage, type WeightStorage } from '../../src/engine/model/weight-storage.ts';
import { parameterCount } from '../../src/engine/model/weights.ts';
import { paperRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import type { Spread } from '../measure.ts';
import { measureStep } from '../training-step.ts';
import { virtualCheckpoint } from '../virtual-checkpoint.ts';

export interface TrainingResult {
  readonly model: string;
  readonly shape: string;
  readonly milliseconds: Spread;
  readonly tokensPerSecond: number;
  readonly dispatches: number;
  readonly dispatchesPerLayer: number;
  readonly bytes: number;
  /** Multiplications and additions with frozen weights, recomputation included; branches come on top. */
  readonly flops: number;
  /** Share of the time within dispatches that products and attention take. */
  readonly productShare: number;
  /** Share of the whole that is not within dispatches. */
  readonly launchShare: number;
}

interface TrainingCase {
  readonly id: string;
  readonly model: string;
  readonly records: number;
  readonly length: number;
  readonly rounds: number;
  readonly open: (
    gpu: Gpu,
  ) => Promise<{ config: ModelConfig; weights: WeightsFolder; storage?: WeightStorage }>;
}

const cases: readonly TrainingCase[] = [
  {
    id: 'step-nano',
    model: 'medcare-nano',
    records: 2,
    length: 256,
    rounds: 3,
    open: () => openCheckpoint('public/models/medcare-nano'),
  },
  {
    id: 'step-qwen-slice',
    model: 'Qwen2.5-0.5B shape, 4 of 24 layers, random weights in float32',
    records: 1,
    length: 256,
    rounds: 1,
    open: async (gpu) => {
      const config = parseModelConfig({
        model_type: 'qwen2',
        hidden_size: 896,
        num_attention_heads: 14,
        num_key_value_heads: 2,
        intermediate_size: 4864,
        num_hidden_layers: 4,
        vocab_size: 151_936,
        max_position_embeddings: 32_768,
        rope_theta: 1e6,
        rms_norm_eps: 1e-6,
        tie_word_embeddings: true,
      });
      const weights = await virtualCheckpoint(config);
      return { config, weights, storage: weightStorage(weights.tensors, 'float32', gpu.traits) };
    },
  },
];

/** Frozen products forward, again for recomputation, and for the gradient of their inputs. */
function frozenFlops(config: ModelConfig, tokens: number, targets: number): number {
  const head = config.hiddenSize * config.vocabularySize;
  const blocks = parameterCount(config) - head * (config.tiedHead ? 1 : 2);
  return 2 * (3 * blocks * tokens + 2 * head * targets);
}

/** @param wants whether a case is asked for, by its id */
export async function measureTraining(
  gpu: Gpu,
  wants: (id: string) => boolean,
  log: (line: string) => void,
): Promise<TrainingResult[]> {
  const results: TrainingResult[] = [];
  for (const { id, model, records, length, rounds, open } of cases) {
    if (!wants(id)) continue;
    try {
      const { config, weights, storage } = await open(gpu);
      const batch = { records, microBatchTokens: records * length, maxLength: length };
      const recipe = { ...paperRecipe(), batch, checkpointing: 'block' as const };
      const shape = { records, length, rounds, ...(storage ? { storage } : {}) };
      const step = await measureStep(gpu, config, weights, recipe, shape);
      const { profile, dispatches, bytes, tokens, targets } = step;
      const layered = profile.dispatches.filter(({ scope }) => scope.startsWith('layer'));
      results.push({
        model,
        shape: `${records} × ${length} tokens`,
        milliseconds: step.milliseconds,
        tokensPerSecond: step.tokensPerSecond,
        dispatches,
        dispatchesPerLayer: layered.length / config.layers,
        bytes,
        flops: frozenFlops(config, tokens, targets),
        productShare: profile.productMilliseconds / profile.milliseconds,
        // Not a number where there are no timestamps to tell it by.
        launchShare:
          (profile.launchMilliseconds ?? Number.NaN) /
          ((profile.launchMilliseconds ?? 0) + profile.milliseconds),
      });
      log(
        `  step of ${model}: ${step.milliseconds.median.toFixed(0)} ms, ${dispatches} dispatches`,
      );
    } catch (error) {
      log(`  step of ${model} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return results;
}
