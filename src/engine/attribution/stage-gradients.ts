/** Gradients of single records on the branches that a stage trained, as they were when it ended. */
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { packParameters } from '../branches/parameters.ts';
import type { Gpu } from '../gpu/device.ts';
import type { ModelConfig } from '../model/config.ts';
import { packRecords, type TokenRecord } from '../model/packing.ts';
import { weightStorage, type Precision } from '../model/weight-storage.ts';
import { BaseModel, describeWeights } from '../model/weights.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { planRecipeStage } from '../training/recipe/recipe-stage.ts';
import { CarriedBranches } from '../training/run/carried-branches.ts';
import { decodeBranches } from '../training/run/checkpoint.ts';
import { StageTrainer, trainableMask } from '../training/stage/stage-trainer.ts';
import type { PhraseGradients } from './ranking.ts';
import { sketchOf } from './sketch.ts';

export interface StageGradientsOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  readonly precision?: Precision;
  readonly recipe: Recipe;
  readonly stage: number;
  /** Safetensors of the branches at the end of each stage, this one's included. */
  readonly stageBranches: readonly Uint8Array[];
  /** Tokens of the longest record that will come. */
  readonly longest: number;
  /** Of the random projection. */
  readonly seed: number;
}

export class StageGradients {
  readonly #base: BaseModel;
  readonly #trainer: StageTrainer;
  readonly #rows: number;
  readonly #seed: number;
  readonly #mask: Float32Array;

  private constructor(
    { seed }: StageGradientsOptions,
    base: BaseModel,
    trainer: StageTrainer,
    rows: number,
  ) {
    this.#base = base;
    this.#trainer = trainer;
    this.#rows = rows;
    this.#seed = seed;
    this.#mask = trainableMask(trainer.plan);
  }

  /**
   * Loads the base with what earlier stages merged, and the stage's branches beside it.
   * @throws StudioError what loading throws
   */
  static async create(options: StageGradientsOptions): Promise<StageGradients> {
    const { gpu, config, stage, stageBranches, precision = 'float32' } = options;
    const rows = Math.ceil(Math.max(1, options.longest) / 64) * 64;
    const recipe = measuringRecipe(options.recipe, rows);
    const storage = weightStorage(options.weights.tensors, precision, gpu.traits);
    const weights = describeWeights(config, rows, storage);
    const plan = planRecipeStage({ config, weights, recipe, stage, tasks: 1, traits: gpu.traits });
    const base = await BaseModel.load(gpu, config, options.weights, { weights });
    try {
      const carried = new CarriedBranches({ gpu, config, recipe }, weights);
      for (let earlier = 0; earlier < stage; earlier += 1) {
        await carried.replay(earlier, await decodeBranches(stageBranches[earlier] ?? nothing));
      }
      const named = await decodeBranches(stageBranches[stage] ?? nothing);
      const parameters = packParameters(plan.options.layout, named);
      const moments = { firstMoment: null, secondMoment: null };
      const trainer = await StageTrainer.create(gpu, plan, { parameters, ...moments });
      return new StageGradients(options, base, trainer, rows);
    } catch (error) {
      base.release();
      throw error;
    }
  }

  /** The sketch of a record's gradient of its mean loss per target; zeros for a record without targets. */
  async ofRecord(record: TokenRecord): Promise<Float32Array<ArrayBuffer>> {
    const parts = packRecords([{ ...record, task: 0 }], this.#rows);
    this.#trainer.accumulate(parts, { learningRate: 0, step: 0, seed: 0 });
    const gradients = await this.#trainer.readGradients();
    // Frozen branches learned nothing from the records of this stage.
    return sketchOf(
      gradients.map((value, i) => value * (this.#mask[i] ?? 0)),
      this.#seed,
    );
  }

  /**
   * The gradients of a phrase of an answer, and of other words in its place.
   * @param sequence prompt and answer up to the end of the phrase
   * @param from index in `sequence` at which the phrase begins
   * @param others tokens to put there instead, such as answers of other records
   */
  async ofPhrase(
    sequence: Uint32Array,
    from: number,
    others: readonly Uint32Array[],
  ): Promise<PhraseGradients> {
    const after = (tokens: Uint32Array): TokenRecord => {
      const ids = new Uint32Array([...sequence.subarray(0, from), ...tokens]);
      const labels = new Int32Array(ids.length).fill(NO_TARGET);
      labels.set(tokens, from);
      return { ids, labels, task: 0 };
    };
    const room = this.#rows - from;
    const sketches: Float32Array[] = [];
    for (const tokens of others) {
      sketches.push(await this.ofRecord(after(tokens.subarray(0, room))));
    }
    return { phrase: await this.ofRecord(after(sequence.subarray(from))), others: sketches };
  }

  release(): void {
    this.#trainer.release();
    this.#base.release();
  }
}

const nothing = new Uint8Array();

/** Answers of other records that stand for what the prompt does whatever follows. */
const otherAnswers = 8;

/** The targets of some records, spread over all of them: words to put in a phrase's place. */
export function answersOf(records: readonly Pick<TokenRecord, 'labels'>[]): Uint32Array[] {
  const step = Math.max(1, Math.floor(records.length / otherAnswers));
  return records
    .filter((_, i) => i % step === 0)
    .slice(0, otherAnswers)
    .map(({ labels }) => Uint32Array.from(labels.filter((label) => label !== NO_TARGET)))
    .filter(({ length }) => length > 0);
}

/** The recipe without chance, in passes as long as the records, and with moments that take no room. */
function measuringRecipe(recipe: Recipe, rows: number): Recipe {
  return {
    ...recipe,
    batch: { ...recipe.batch, microBatchTokens: rows },
    optimizer: { ...recipe.optimizer, moments: '8-bit' },
    stages: recipe.stages.map((stage) => ({ ...stage, dropout: {} })),
  };
}
