/** What two checkouts are compared by: kernels, training steps and decoding, each prepared once and run many times. */
import { initialParameters, packParameters } from '../../src/engine/branches/parameters.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Generator } from '../../src/engine/inference/generator.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { BaseModel, describeWeights } from '../../src/engine/model/weights.ts';
import { randomSource } from '../../src/engine/testing/numbers.ts';
import { paperRecipe } from '../../src/engine/training/recipe/presets.ts';
import { planRecipeStage } from '../../src/engine/training/recipe/recipe-stage.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { rotaryPositions } from '../../src/engine/training/run/lengths.ts';
import { stageBranches } from '../../src/engine/training/stage/branch-plans.ts';
import { fullMicroBatch } from '../../src/engine/training/stage/profile-stage.ts';
import { StageTrainer } from '../../src/engine/training/stage/stage-trainer.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { kernelCases } from '../kernels.ts';
import { prepareCase, timeReplays } from '../measure.ts';

export interface PreparedRow {
  /** Does the work `times` times and waits for the device. */
  readonly run: (times: number) => Promise<void>;
  readonly release: () => void;
}

export interface Row {
  readonly name: string;
  readonly prepare: () => Promise<PreparedRow>;
}

export interface RowModel {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly folder: WeightsFolder;
}

interface StepShape {
  readonly records: number;
  readonly length: number;
  readonly checkpointing: Recipe['checkpointing'];
}

/** The shorter steps are for adapters on which one of 8 × 256 tokens takes so long that the machine changes meanwhile. */
const stepShapes: readonly StepShape[] = [
  { records: 2, length: 48, checkpointing: 'none' },
  { records: 2, length: 48, checkpointing: 'block' },
  { records: 2, length: 256, checkpointing: 'none' },
  { records: 8, length: 256, checkpointing: 'none' },
  { records: 8, length: 256, checkpointing: 'block' },
];
/** Kernels are measured at the sizes of this step. */
const kernelShape: StepShape = { records: 8, length: 256, checkpointing: 'none' };

const promptTokens = 32;
const answerTokens = 48;

function recipeOf({ records, length, checkpointing }: StepShape): Recipe {
  const batch = { records, microBatchTokens: records * length, maxLength: length };
  return { ...paperRecipe(), batch, checkpointing };
}

async function repeat(times: number, once: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i += 1) await once();
}

/** One optimiser step of stage 1 of the paper's recipe. */
function stepRow({ gpu, config, folder }: RowModel, shape: StepShape): Row {
  const prepare = async (): Promise<PreparedRow> => {
    const recipe = recipeOf(shape);
    const weights = describeWeights(config, rotaryPositions(config, recipe));
    const base = await BaseModel.load(gpu, config, folder, { weights });
    const { traits } = gpu;
    const plan = planRecipeStage({ config, weights, recipe, stage: 0, tasks: 1, traits });
    const { layout } = plan.options;
    const parameters = packParameters(layout, initialParameters(layout, recipe.seed, 'uniform'));
    const start = { parameters, firstMoment: null, secondMoment: null };
    const trainer = await StageTrainer.create(gpu, plan, start);
    const part = fullMicroBatch(config.vocabularySize, shape.records, shape.length);
    let step = 0;
    const once = async (): Promise<void> => {
      const settings = { learningRate: 1e-4, step, seed: recipe.seed };
      const { fault } = await trainer.step([part], settings);
      if (fault) throw new Error(`The step failed: ${fault}`);
      step += 1;
    };
    const release = (): void => {
      trainer.release();
      base.release();
    };
    return { run: async (times) => repeat(times, once), release };
  };
  const { records, length, checkpointing } = shape;
  return { name: `step of ${records} × ${length}, checkpointing ${checkpointing}`, prepare };
}

/** Greedy answers of the base model: one streamed, or several at a time. */
function decodingRow({ gpu, config, folder }: RowModel, slots: number): Row {
  const prepare = async (): Promise<PreparedRow> => {
    const capacity = promptTokens + answerTokens + 1;
    const weights = describeWeights(config, capacity);
    const base = await BaseModel.load(gpu, config, folder, { weights });
    const options = { config, weights, branches: null, slots, capacity };
    const generator = await Generator.create(gpu, options);
    const next = randomSource(11);
    const prompts = Array.from({ length: slots }, () =>
      Uint32Array.from({ length: promptTokens }, () => Math.floor(next() * config.vocabularySize)),
    );
    const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 0 };
    const hooks = {
      stopIds: [],
      maxTokens: answerTokens,
      onToken: () => undefined,
      stopped: () => false,
    };
    const [prompt] = prompts;
    const once = async (): Promise<unknown> =>
      slots === 1 && prompt
        ? generator.stream(prompt, settings, hooks)
        : generator.greedy(prompts, answerTokens, []);
    const release = (): void => {
      generator.release();
      base.release();
    };
    return { run: async (times) => repeat(times, once), release };
  };
  return { name: `${answerTokens} tokens for ${slots} at a time`, prepare };
}

/** Every row of this checkout; names are the same in every checkout that has the row. */
export function comparedRows(model: RowModel): Row[] {
  const { gpu, config } = model;
  const { records, length } = kernelShape;
  const kernels = kernelCases(config, stageBranches(recipeOf(kernelShape), 0), records, length);
  const kernelRows = kernels.map((description): Row => {
    const prepare = async (): Promise<PreparedRow> => {
      const { plan, release } = await prepareCase(gpu, description);
      return { run: async (times) => void (await timeReplays(gpu, plan, times)), release };
    };
    return { name: `${description.name}, ${description.shape}`, prepare };
  });
  const steps = stepShapes.map((shape) => stepRow(model, shape));
  return [...kernelRows, ...steps, ...[1, 8].map((slots) => decodingRow(model, slots))];
}
