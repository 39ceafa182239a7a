/** Runs one optimiser step at full length before a run begins, so that what does not fit fails within a second. */
import { NO_TARGET } from '../../../text/labels/no-target.ts';
import type { WeightsFolder } from '../../../formats/weights/weights-folder.ts';
import { initialParameters, packParameters } from '../../branches/parameters.ts';
import type { Gpu } from '../../gpu/device.ts';
import { totalBytes } from '../../gpu/ledger.ts';
import type { ModelConfig } from '../../model/config.ts';
import { packRecords, type MicroBatch, type TokenRecord } from '../../model/packing.ts';
import { weightStorage, type Precision } from '../../model/weight-storage.ts';
import { BaseModel, describeWeights, weightSpecs, type ModelWeights } from '../../model/weights.ts';
import { longestRecord, microBatchRows, rotaryPositions } from '../run/lengths.ts';
import { planRecipeStage } from '../recipe/recipe-stage.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { stageBytes, type StagePlan } from './stage-plan.ts';
import { StageTrainer } from './stage-trainer.ts';

export interface DryRunOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  /** The frozen weights, on the device already. */
  readonly weights: ModelWeights;
  readonly recipe: Recipe;
  /** Tasks by which routing is counted. */
  readonly tasks: number;
  /** The longest known record; where there is none, made-up ids of the greatest length. */
  readonly longest: TokenRecord | null;
}

export interface DryRunResult {
  /** The stage that takes the most memory, which was tried. */
  readonly stage: number;
  /** Tokens of the longest record in it. */
  readonly longest: number;
  /** Whether that record came from the data, rather than being made up at the greatest length. */
  readonly fromData: boolean;
  /** Rows of the micro-batch, all of them in use. */
  readonly rows: number;
  /** Bytes on the device during the step, as the ledger counted them, and as planned. */
  readonly peakBytes: number;
  readonly plannedBytes: number;
  /** One micro-batch, forward and backward, with its optimiser step. */
  readonly milliseconds: number;
}

/**
 * Takes one step of the stage with the largest plan, with a full micro-batch, and releases everything. The
 * step changes only temporary parameters: a run that follows gives the same bits as without it.
 * @returns null for a recipe without stages
 * @throws StudioError `gpu-out-of-memory`, `tensor-too-large`, the device's fault
 */
export async function dryRun(options: DryRunOptions): Promise<DryRunResult | null> {
  const { gpu, config, weights, recipe, tasks } = options;
  const plans = recipe.stages.map((_, stage) => {
    const plan = planRecipeStage({ config, weights, recipe, stage, tasks, traits: gpu.traits });
    return { stage, plan, bytes: totalBytes(stageBytes(plan, weightSpecs(weights))) };
  });
  const [first, ...others] = plans;
  if (!first) return null;
  const { stage, plan, bytes } = others.reduce(
    (most, next) => (next.bytes > most.bytes ? next : most),
    first,
  );
  const trainer = await trialTrainer(gpu, plan, recipe);
  try {
    const { batch, longest } = fullBatch(options);
    const peakBytes = gpu.ledger.total;
    const began = performance.now();
    await trainer.step([batch], { learningRate: 0, step: 0, seed: recipe.seed });
    const milliseconds = performance.now() - began;
    gpu.check();
    const fromData = options.longest !== null;
    const rows = microBatchRows(recipe);
    return { stage, longest, fromData, rows, peakBytes, plannedBytes: bytes, milliseconds };
  } finally {
    trainer.release();
  }
}

/** A trainer that begins with the recipe's initial values, for steps that no run keeps. */
export async function trialTrainer(
  gpu: Gpu,
  plan: StagePlan,
  { seed, initialisation }: Recipe,
): Promise<StageTrainer> {
  const { layout } = plan.options;
  const parameters = packParameters(layout, initialParameters(layout, seed, initialisation));
  return StageTrainer.create(gpu, plan, { parameters, firstMoment: null, secondMoment: null });
}

export interface DryRunOfRecipeOptions extends Omit<DryRunOptions, 'weights'> {
  readonly folder: WeightsFolder;
  /** How the frozen weights are kept on the device. */
  readonly precision: Precision;
}

/**
 * The same for a run that has not begun: loads the model for it and releases everything.
 * @throws StudioError as `dryRun`, and what loading throws
 */
export async function dryRunOfRecipe(options: DryRunOfRecipeOptions): Promise<DryRunResult | null> {
  const { gpu, config, recipe, folder, precision } = options;
  const storage = weightStorage(folder.tensors, precision, gpu.traits);
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const base = await BaseModel.load(gpu, config, folder, { weights });
  try {
    return await dryRun({ ...options, weights });
  } finally {
    base.release();
  }
}

/** The longest record and as many made-up tokens as fill its micro-batch. */
function fullBatch({ config, recipe, longest }: DryRunOptions): {
  readonly batch: MicroBatch;
  readonly longest: number;
} {
  const rows = microBatchRows(recipe);
  const record = longest ?? madeUp(config.vocabularySize, longestRecord(config, recipe), 0);
  const records: TokenRecord[] = [record];
  let left = rows - record.ids.length;
  while (left > 0) {
    const length = Math.min(left, record.ids.length);
    records.push(madeUp(config.vocabularySize, length, rows - left));
    left -= length;
  }
  const [batch] = packRecords(records, rows);
  if (!batch) throw new RangeError('A micro-batch without a record');
  return { batch, longest: record.ids.length };
}

/** Ids spread over the vocabulary, so that lookups do not all read one place; the later half are targets. */
export function madeUp(vocabulary: number, length: number, from: number): TokenRecord {
  const ids = Uint32Array.from(
    { length },
    (_, t) => (Math.imul(from + t, 0x9e3779b1) >>> 0) % vocabulary,
  );
  const labels = Int32Array.from(ids, (id, t) => (t < length / 2 ? NO_TARGET : id));
  return { ids, labels, task: 0 };
}
