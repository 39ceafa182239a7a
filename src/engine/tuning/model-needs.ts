/** The kernel classes that training and generating with a model need. */
import { layOutBranches } from '../branches/layout.ts';
import type { DeviceTraits, Kernel } from '../gpu/kernel.ts';
import { planDecoding } from '../inference/decode-plan.ts';
import type { ModelConfig } from '../model/config.ts';
import type { WeightStorage } from '../model/weight-storage.ts';
import { describeWeights } from '../model/weights.ts';
import { mergingOf, stageBranches } from '../training/stage/branch-plans.ts';
import { microBatchRows, rotaryPositions } from '../training/run/lengths.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { planStage, plansOf, type StagePlan } from '../training/stage/stage-plan.ts';
import { kernelNeeds, type KernelNeed, type PlanUse } from './needs.ts';

/** Tokens generated for each micro-batch, which sets the weight of decoding. */
const tokensPerMicroBatch = 64;
/** Tokens in the conversation that the needs assume. */
const conversation = 512;

/** Everything needed to lay out the plans of a run: its model, recipe and device. */
export interface RunOutline {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly traits: DeviceTraits;
  readonly storage?: WeightStorage | undefined;
}

/** The plans of each stage, laid out without a device. */
function stagePlans({ config, recipe, traits, storage }: RunOutline): StagePlan[] {
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const merging = mergingOf(weights);
  return recipe.stages.map(({ orthogonal }, stage) =>
    planStage({
      config,
      weights,
      layout: layOutBranches(config, stageBranches(recipe, stage, merging)),
      optimizer: recipe.optimizer,
      orthogonal,
      rows: microBatchRows(recipe),
      checkpointing: recipe.checkpointing,
      products: recipe.products,
      tasks: 1,
      traits,
    }),
  );
}

/** The kernels that the plans of a run name. */
export function runKernels(run: RunOutline): Set<Kernel> {
  const commands = stagePlans(run).flatMap((plan) =>
    plansOf(plan).flatMap((each) => each.commands),
  );
  return new Set(
    commands.flatMap((command) => (command.kind === 'dispatch' ? [command.call.kernel] : [])),
  );
}

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
  const run = { config, recipe, traits, storage };
  const stages = stagePlans(run).flatMap(({ micro, score }): PlanUse[] => [
    { plan: micro, times: 1 },
    { plan: score, times: 1 / 8 },
  ]);
  const capacity = Math.min(conversation, config.contextLength);
  const { prefill, decode } = planDecoding({
    config,
    weights: describeWeights(config, capacity, storage),
    branches: null,
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
