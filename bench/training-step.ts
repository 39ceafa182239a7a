import { initialParameters, packParameters } from '../src/engine/branches/parameters.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import type { PlanProfile } from '../src/engine/gpu/profile.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import type { WeightStorage } from '../src/engine/model/weight-storage.ts';
import { BaseModel, describeWeights } from '../src/engine/model/weights.ts';
import { rotaryPositions } from '../src/engine/training/run/lengths.ts';
import { fullMicroBatch } from '../src/engine/training/stage/profile-stage.ts';
import { planRecipeStage } from '../src/engine/training/recipe/recipe-stage.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { StageTrainer } from '../src/engine/training/stage/stage-trainer.ts';
import type { WeightsFolder } from '../src/formats/weights/weights-folder.ts';
import { spreadOf, type Spread } from './measure.ts';

export interface StepResult {
  readonly checkpointing: Recipe['checkpointing'];
  readonly records: number;
  readonly tokens: number;
  readonly targets: number;
  readonly dispatches: number;
  readonly bytes: number;
  /** Wall clock of whole replayed steps, inputs written and figures read. */
  readonly milliseconds: Spread;
  readonly tokensPerSecond: number;
  /** Processor time of a step over all threads: where a software adapter shares its machine, steadier. */
  readonly processorMilliseconds: Spread;
  /** Where a step's time goes on the device. */
  readonly profile: PlanProfile;
  readonly deviceBytes: number;
}

/** One optimiser step of a stage as a run takes it: one micro-batch of `records` × `length` tokens. */
export async function measureStep(
  gpu: Gpu,
  config: ModelConfig,
  folder: WeightsFolder,
  recipe: Recipe,
  shape: {
    readonly records: number;
    readonly length: number;
    readonly rounds: number;
    /** How weights are kept; in float32 and whole unless told otherwise. */
    readonly storage?: WeightStorage;
    /** The stage of the recipe, the first unless told otherwise. */
    readonly stage?: number;
  },
): Promise<StepResult> {
  const { records, length, rounds, stage = 0 } = shape;
  const weights = describeWeights(config, rotaryPositions(config, recipe), shape.storage);
  const base = await BaseModel.load(gpu, config, folder, { weights });
  const traits = gpu.traits;
  const plan = planRecipeStage({ config, weights, recipe, stage, tasks: 1, traits });
  const { layout } = plan.options;
  const parameters = packParameters(layout, initialParameters(layout, recipe.seed, 'uniform'));
  const trainer = await StageTrainer.create(gpu, plan, {
    parameters,
    firstMoment: null,
    secondMoment: null,
  });
  try {
    const part = fullMicroBatch(config.vocabularySize, records, length);
    const times: number[] = [];
    const processor: number[] = [];
    const step = async (index: number): Promise<void> => {
      const started = performance.now();
      const used = process.cpuUsage();
      const settings = { learningRate: 1e-4, step: index, seed: recipe.seed };
      const figures = await trainer.step([part], settings);
      if (figures.fault) throw new Error(`The step failed: ${figures.fault}`);
      const { user, system } = process.cpuUsage(used);
      // The first step finds caches cold.
      if (index === 0) return;
      times.push(performance.now() - started);
      processor.push((user + system) / 1000);
    };
    await step(0);
    for (let round = 1; round <= 2 * rounds; round += 1) await step(round);
    const profile = await trainer.profile(part, { rounds });
    const { families } = profile;
    const milliseconds = spreadOf(times);
    return {
      checkpointing: recipe.checkpointing,
      records,
      tokens: part.tokens,
      targets: part.targets,
      dispatches: families.reduce((sum, each) => sum + each.dispatches, 0),
      bytes: families.reduce((sum, { bytes }) => sum + bytes, 0),
      milliseconds,
      tokensPerSecond: (1000 * part.tokens) / milliseconds.median,
      processorMilliseconds: spreadOf(processor),
      profile,
      deviceBytes: gpu.ledger.total,
    };
  } finally {
    trainer.release();
    base.release();
  }
}
