/** A model state on the device, the base model or a snapshot of a run, ready to answer and to be exported. */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { fault } from '../../faults/fault.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { branchTensors, describeBranches, writeBranches } from '../branches/device-branches.ts';
import { layOutBranches, type BranchLayout, type BranchPlan } from '../branches/layout.ts';
import { mergeBranches } from '../branches/merge.ts';
import { packParameters, type NamedParameters } from '../branches/parameters.ts';
import { withBranches } from '../branches/with-branches.ts';
import type { Gpu } from '../gpu/device.ts';
import type { BufferSpec } from '../gpu/tensor.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import type { ModelConfig } from '../model/config.ts';
import type { DeviceBranches } from '../model/passes/context.ts';
import { buffersOf } from '../model/inputs.ts';
import { packRecords } from '../model/packing.ts';
import { weightStorage, type Precision } from '../model/weight-storage.ts';
import { BaseModel, describeWeights } from '../model/weights.ts';
import { mergingOf, stageBranches } from '../training/stage/branch-plans.ts';
import { decodeBranches } from '../training/run/checkpoint.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { snapshotPlan } from '../training/run/snapshots.ts';
import { cacheFormatOf, chatContext } from './chat-memory.ts';
import { Generator } from './generator.ts';
import { MergedWeightReader } from './merged-weights.ts';
import { Scorer, type RoutingValues } from './scorer.ts';
import { checkPrompt, StateAnswers, type Decoding } from './state-answers.ts';

export interface StateModelOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** How the frozen weights are kept on the device; in float32 unless told otherwise. */
  readonly precision?: Precision;
  /** The run's recipe and the branch files of its ended stages; null for the base model. */
  readonly run: {
    readonly recipe: Recipe;
    readonly stageBranches: readonly Uint8Array[];
    /** A snapshot's id; see training/run/snapshots.ts. */
    readonly snapshot: string;
  } | null;
  /** Longest sequence, prompt and answer together; at most the model's context. */
  readonly context?: number;
  /** The state will first be asked for answers with these products: kernels for that compile while weights load. */
  readonly speaks?: Products;
}

/** Branches that stay beside the weights. */
interface AttachedBranches {
  readonly onDevice: DeviceBranches | null;
  readonly buffers: readonly BufferSpec[];
  /** Branches that belong into the weights but stay beside them, as the base's format requires. */
  readonly merged: readonly string[];
}

const noBranches: AttachedBranches = { onDevice: null, buffers: [], merged: [] };

/** A snapshot of a run, or the base model, ready to generate, score and be exported. */
export class StateModel {
  readonly config: ModelConfig;
  /** The longest sequence that it can hold. */
  readonly context: number;
  readonly #gpu: Gpu;
  readonly #base: BaseModel;
  readonly #branches: DeviceBranches | null;
  readonly #branchBuffers: readonly BufferSpec[];
  /** Branches that belong into the weights but stay beside them, as the base's format requires. */
  readonly #merged: readonly string[];
  #answers: StateAnswers | null = null;

  private constructor(
    gpu: Gpu,
    base: BaseModel,
    context: number,
    { onDevice, buffers, merged }: AttachedBranches,
  ) {
    this.#gpu = gpu;
    this.#base = base;
    this.config = base.config;
    this.context = context;
    this.#branches = onDevice;
    this.#branchBuffers = buffers;
    this.#merged = merged;
  }

  /** Base weights, the merges that lead to the snapshot, and the branches still attached to it. */
  static async load(options: StateModelOptions): Promise<StateModel> {
    const { gpu, config, run, precision = 'float32' } = options;
    const context = Math.min(options.context ?? chatContext, config.contextLength);
    const storage = weightStorage(options.weights.tensors, precision, gpu.traits);
    const weights = describeWeights(config, context, storage);
    const beside = mergingOf(weights) === 'beside-weights';
    const plan = run && snapshotPlan(run.recipe, run.snapshot);
    const attached = plan?.attached;
    const plans: BranchOfStage[] = [
      ...(attached?.branches.map((branch) => ({ stage: attached.stage, branch })) ?? []),
      ...(beside ? (plan?.merges ?? []) : []),
    ];
    const layout = layOutBranches(
      config,
      plans.map(({ branch }) => branch),
    );
    const branches = plans.length > 0 ? describeBranches(layout) : null;
    if (options.speaks) {
      const cache = cacheFormatOf(weights);
      const decoding = { config, weights, branches, cache, products: options.speaks };
      void Generator.warm(gpu, { ...decoding, slots: 1, capacity: context });
    }
    const base = await BaseModel.load(gpu, config, options.weights, { weights });
    const buffers: BufferSpec[] = [];
    try {
      if (!run || !plan) return new StateModel(gpu, base, context, noBranches);
      const ofStage = await stageParameters(run);
      if (!beside)
        await mergeStages(gpu, base, { recipe: run.recipe, merges: plan.merges, ofStage });
      if (!branches) return new StateModel(gpu, base, context, noBranches);
      buffers.push(...buffersOf(branchTensors(branches)));
      await gpu.allocate(buffers);
      const named = branchParameters(layout, plans, ofStage);
      writeBranches(gpu, branches, packParameters(layout, named));
      const merged = beside ? plan.merges.map(({ branch }) => branch.name) : [];
      return new StateModel(gpu, base, context, { onDevice: branches, buffers, merged });
    } catch (error) {
      gpu.release(buffers);
      base.release();
      throw error;
    }
  }

  get #decoding(): Decoding {
    const { weights } = this.#base;
    const cache = cacheFormatOf(weights);
    return { config: this.config, weights, branches: this.#branches, cache };
  }

  /**
   * Its answers, scores and logits, computed with these products. What they hold on the device stays until other
   * products are asked for.
   * @throws StudioError `products-need-float16`
   */
  answers(products: Products = 'float32'): StateAnswers {
    if (this.#answers?.products !== products) {
      if (products === 'float16' && !this.#gpu.traits.f16) throw fault('products-need-float16');
      this.#answers?.release();
      this.#answers = new StateAnswers(this.#gpu, this.#decoding, this.context, products);
    }
    return this.#answers;
  }

  /**
   * A scorer for packed passes of `rows` rows, for the duration of `work`.
   * @param forced experts that every mixture is forced to use (figure 4 b), changed with `force`; null
   *   leaves the choice to the routers
   */
  async withScorer<T>(
    rows: number,
    forced: readonly number[] | null,
    work: (scorer: Scorer) => Promise<T>,
  ): Promise<T> {
    const scorer = await Scorer.create(this.#gpu, {
      ...this.#decoding,
      rows,
      forcedExperts: forced,
    });
    try {
      return await work(scorer);
    } finally {
      scorer.release();
    }
  }

  /** Every mixture linear's choices for each token of a text; empty where no mixture is attached. */
  async trace(ids: Uint32Array): Promise<RoutingValues[]> {
    checkPrompt(ids, this.context);
    const scorer = await Scorer.create(this.#gpu, {
      ...this.#decoding,
      rows: ids.length,
      routing: true,
    });
    try {
      const record = { ids, labels: new Int32Array(ids.length).fill(NO_TARGET), task: 0 };
      const [part] = packRecords([record], ids.length);
      if (part) scorer.submit(part);
      return await scorer.readRouting();
    } finally {
      scorer.release();
    }
  }

  /** The checkpoint's weights as float32, with this snapshot's merges. */
  get mergedWeights(): MergedWeightReader {
    return new MergedWeightReader(this.#gpu, this.#base.weights, this.#branches, this.#merged);
  }

  release(): void {
    this.#answers?.release();
    this.#answers = null;
    this.#gpu.release(this.#branchBuffers);
    this.#base.release();
  }
}

/** A branch, and the stage whose end has its parameters. */
interface BranchOfStage {
  readonly stage: number;
  readonly branch: BranchPlan;
}

/** The parameters that each stage of a run ended with. @throws StudioError `snapshot-missing` */
async function stageParameters(
  run: NonNullable<StateModelOptions['run']>,
): Promise<(stage: number) => NamedParameters> {
  const parameters = await Promise.all(run.stageBranches.map(decodeBranches));
  return (stage) => {
    const named = parameters[stage];
    if (named) return named;
    throw fault('snapshot-missing', { stage, snapshot: run.snapshot }, { kept: 'run' });
  };
}

/** Merges branches into the weights stage by stage, as the run did. */
async function mergeStages(
  gpu: Gpu,
  { config, weights }: BaseModel,
  {
    recipe,
    merges,
    ofStage,
  }: {
    readonly recipe: Recipe;
    readonly merges: readonly BranchOfStage[];
    readonly ofStage: (stage: number) => NamedParameters;
  },
): Promise<void> {
  for (const [stage] of recipe.stages.entries()) {
    const names = merges.flatMap((merge) => (merge.stage === stage ? [merge.branch.name] : []));
    if (names.length === 0) continue;
    // Laid out exactly as the run laid it out, so that the merge gives the same bits.
    const trained = layOutBranches(config, stageBranches(recipe, stage));
    await withBranches(gpu, trained, ofStage(stage), (own) =>
      mergeBranches(gpu, weights, own, names),
    );
  }
}

/** Parameters of a layout's branches, each from the stage given with it. */
function branchParameters(
  layout: BranchLayout,
  plans: readonly BranchOfStage[],
  ofStage: (stage: number) => NamedParameters,
): NamedParameters {
  const stages = new Map(plans.map(({ stage, branch }) => [branch.name, stage]));
  const named: NamedParameters = new Map();
  for (const { name, branch } of layout.parameters) {
    const value = ofStage(stages.get(branch.name) ?? 0).get(name);
    if (value) named.set(name, value);
  }
  return named;
}
