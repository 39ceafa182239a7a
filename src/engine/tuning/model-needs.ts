/** The kernel classes of training and generating with a model. */
import { layOutAdapters } from '../adapters/layout.ts';
import type { DeviceTraits } from '../gpu/kernel.ts';
import { planDecoding } from '../inference/decode-plan.ts';
import type { ModelConfig } from '../model/config.ts';
import type { WeightStorage } from '../model/weight-storage.ts';
import { describeWeights } from '../model/weights.ts';
import { mergingOf, stageBranches } from '../training/stage/branch-plans.ts';
import { microBatchRows, rotaryPositions } from '../training/run/lengths.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { planStage } from '../training/stage/stage-plan.ts';
import { kernelNeeds, type KernelNeed, type PlanUse } from './needs.ts';

/** Tokens that are generated beside each micro-batch: so much does decoding weigh. */
const tokensPerMicroBatch = 64;
/** Tokens that a conversation of the needs holds. */
const conversation = 512;

/**
 * The kernel classes of training a model by a recipe, validating it and generating with it: the plans
 * themselves are laid out, without a device.
 */
export function modelNeeds(
  config: ModelConfig,
  recipe: Recipe,
  traits: DeviceTraits,
  storage?: WeightStorage,
): KernelNeed[] {
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const merging = mergingOf(weights);
  const stages = recipe.stages.flatMap(({ orthogonal }, stage): PlanUse[] => {
    const { micro, score } = planStage({
      config,
      weights,
      layout: layOutAdapters(config, stageBranches(recipe, stage, merging)),
      optimizer: recipe.optimizer,
      orthogonal,
      rows: microBatchRows(recipe),
      checkpointing: recipe.checkpointing,
      tasks: 1,
      traits,
    });
    return [
      { plan: micro, times: 1 },
      { plan: score, times: 1 / 8 },
    ];
  });
  const capacity = Math.min(conversation, config.contextLength);
  const { prefill, decode } = planDecoding({
    config,
    weights: describeWeights(config, capacity, storage),
    adapters: null,
    slots: 1,
    capacity,
    traits,
  });
  return kernelNeeds([
    ...stages,
    { plan: prefill, times: 1 },
    { plan: decode, times: tokensPerMicroBatch },
  ]);
}
