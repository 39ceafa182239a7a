/** Measures where the time of an optimiser step goes. */
import type { Gpu } from '../../gpu/device.ts';
import type { PlanProfile, ProfileOptions } from '../../gpu/profile.ts';
import type { ModelConfig } from '../../model/config.ts';
import { packRecords, type MicroBatch } from '../../model/packing.ts';
import { weightStorage, type Precision } from '../../model/weight-storage.ts';
import { BaseModel, describeWeights } from '../../model/weights.ts';
import type { WeightsFolder } from '../../../formats/weights/weights-folder.ts';
import { madeUp, trialTrainer } from './dry-run.ts';
import { longestRecord, microBatchRows, rotaryPositions } from '../run/lengths.ts';
import { planRecipeStage } from '../recipe/recipe-stage.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { plansOf } from './stage-plan.ts';

export interface ProfileStageOptions extends Omit<ProfileOptions, 'before'> {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** How the frozen weights are kept on the device; in float32 unless told otherwise. */
  readonly precision?: Precision;
  readonly recipe: Recipe;
  readonly stage: number;
}

export interface StageProfile {
  readonly profile: PlanProfile;
  readonly records: number;
  readonly tokens: number;
  readonly targets: number;
}

/** One full micro-batch: `records` records of `length` made-up ids each, the later half of each a target. */
export function fullMicroBatch(vocabulary: number, records: number, length: number): MicroBatch {
  const made = Array.from({ length: records }, (_, record) =>
    madeUp(vocabulary, length, record * length),
  );
  const [part] = packRecords(made, records * length);
  if (!part) throw new RangeError('A micro-batch without a record');
  return part;
}

/**
 * Where the time of one optimiser step of a stage goes: a micro-batch full of the longest records the recipe
 * allows. Loads the model for it and releases everything.
 * @throws StudioError errors of loading and laying out, the device's fault, and what `onProgress` throws
 */
export async function profileStage(options: ProfileStageOptions): Promise<StageProfile> {
  const { gpu, config, recipe, stage, precision = 'float32', ...rest } = options;
  const storage = weightStorage(options.weights.tensors, precision, gpu.traits);
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const plan = planRecipeStage({ config, weights, recipe, stage, tasks: 1, traits: gpu.traits });
  void gpu.warm(plansOf(plan));
  const base = await BaseModel.load(gpu, config, options.weights, { weights });
  try {
    const trainer = await trialTrainer(gpu, plan, recipe);
    try {
      const length = longestRecord(config, recipe);
      const records = Math.max(1, Math.floor(microBatchRows(recipe) / length));
      const part = fullMicroBatch(config.vocabularySize, records, length);
      const profile = await trainer.profile(part, rest);
      const { tokens, targets } = part;
      return { profile, records, tokens, targets };
    } finally {
      trainer.release();
    }
  } finally {
    base.release();
  }
}
