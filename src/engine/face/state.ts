/** A state of a model on the device: the base model, or what a run made of it. */
import { fault } from '../../faults/fault.ts';
import { onTested } from '../checks/self-test.ts';
import type { Gpu } from '../gpu/device.ts';
import { sameMode } from '../gpu/kernel-mode.ts';
import type { StateAnswers } from '../inference/state-answers.ts';
import { StateModel } from '../inference/state-model.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import {
  bestSnapshot,
  bestStageOf,
  snapshotsAfter,
  type Snapshot,
} from '../training/run/snapshots.ts';
import { deviceOf, type EngineGpu } from './gpu.ts';
import { openedModel, type Model, type OpenedModel, type TokenisedRecord } from './model.ts';
import type { Trained } from './train.ts';

export interface OpenStateOptions {
  readonly gpu: EngineGpu;
  readonly model: Model;
  /** The result of a run, of which recipe and branches are enough; without it, the base model. */
  readonly trained?: Pick<Trained, 'recipe' | 'stageBranches'>;
  /**
   * Id of a snapshot of the run; the last one unless told otherwise. `stage1.best` takes a stage's best step: then the
   * branches of that stage are those of a `best` event.
   */
  readonly snapshot?: string;
  /** Longest sequence in tokens, prompt and answer together; at most the model's context. */
  readonly context?: number;
  /**
   * What products multiply while prompts are read and records scored; sums are float32. `float16` is faster on many
   * GPUs, wrong by about 0.1 %, and needs a device with `shader-f16`. `float32` unless told otherwise.
   */
  readonly products?: Products;
}

/** A state of a model, to answer with, measure and export. */
export interface ModelState {
  /** A snapshot's id: `base`, `stage1.end`, `stage1.after`, …, `merged`. */
  readonly snapshot: string;
  /** Branches that are attached to it, not merged. */
  readonly branches: readonly string[];
  /** The longest sequence that it can hold, in tokens. */
  readonly context: number;
  /**
   * Logits after the last of these tokens, one for each entry of the vocabulary.
   * @throws StudioError `prompt-too-long`, requests that the device refuses
   */
  logits(ids: Uint32Array): Promise<Float32Array>;
  /** Sum of −log p over the targets of each record, and their number. */
  score(
    records: readonly TokenisedRecord[],
  ): Promise<readonly { readonly nll: number; readonly targets: number }[]>;
  /** Frees its memory on the device. */
  close(): void;
}

/** Weights on a device, and the kernels that they were loaded for. */
interface Loaded {
  readonly gpu: Gpu;
  readonly weights: StateModel;
}

interface StateToOpen {
  readonly gpu: Gpu;
  readonly model: OpenedModel;
  readonly snapshot: Snapshot;
  readonly products: Products;
  readonly load: (gpu: Gpu) => Promise<StateModel>;
}

/**
 * The state behind the face.
 * @internal
 */
export class OpenedState implements ModelState {
  readonly snapshot: string;
  readonly branches: readonly string[];
  readonly model: OpenedModel;
  readonly #gpu: Gpu;
  readonly #products: Products;
  readonly #load: (gpu: Gpu) => Promise<StateModel>;
  #loaded: Loaded;

  private constructor(options: StateToOpen, loaded: Loaded) {
    this.model = options.model;
    this.snapshot = options.snapshot.id;
    this.branches = options.snapshot.branches;
    this.#gpu = options.gpu;
    this.#products = options.products;
    this.#load = options.load;
    this.#loaded = loaded;
  }

  static open(options: StateToOpen): Promise<OpenedState> {
    return onTested(options.gpu, async (gpu) => {
      return new OpenedState(options, { gpu, weights: await options.load(gpu) });
    });
  }

  /** The weights as they are on the device. */
  get weights(): StateModel {
    return this.#loaded.weights;
  }

  /** Lets it answer; its weights are loaded again where kernels turn out to be wrong that were chosen for them. */
  use<T>(work: (answers: StateAnswers) => Promise<T>): Promise<T> {
    return onTested(this.#gpu, async (gpu) => {
      if (!sameMode(gpu.traits, this.#loaded.gpu.traits)) {
        this.close();
        this.#loaded = { gpu, weights: await this.#load(gpu) };
      }
      return work(this.weights.answers(this.#products));
    });
  }

  get context(): number {
    return this.weights.context;
  }

  logits(ids: Uint32Array): Promise<Float32Array> {
    return this.use((answers) => answers.logits(ids));
  }

  score(
    records: readonly TokenisedRecord[],
  ): Promise<readonly { readonly nll: number; readonly targets: number }[]> {
    return this.use((answers) => answers.score(records.map((record) => ({ ...record, task: 0 }))));
  }

  close(): void {
    this.weights.release();
  }
}

/**
 * Puts a state of the model on the device.
 * @throws RangeError for a snapshot that the run does not have
 * @throws StudioError `products-need-float16`, for a state that does not fit, and requests that the device refuses
 */
export async function openState({
  gpu,
  trained,
  context,
  products = 'float32',
  ...options
}: OpenStateOptions): Promise<ModelState> {
  const model = openedModel(options.model);
  const snapshots = trained
    ? snapshotsAfter(trained.recipe, trained.stageBranches.length)
    : [{ id: 'base', label: 'Base', branches: [] }];
  const wanted = options.snapshot ?? snapshots.at(-1)?.id ?? '';
  const best = bestStageOf(wanted);
  const snapshot =
    trained && best !== null && best < trained.stageBranches.length
      ? bestSnapshot(trained.recipe, best, 0)
      : snapshots.find(({ id }) => id === wanted);
  if (!snapshot) throw new RangeError(`The run has no snapshot ${wanted}`);
  const { config, weights } = model.folder;
  const load = (on: Gpu): Promise<StateModel> =>
    StateModel.load({
      ...{ gpu: on, config, weights, precision: model.precision },
      run: trained && snapshot.id !== 'base' ? { ...trained, snapshot: snapshot.id } : null,
      ...(context === undefined ? {} : { context }),
    });
  const device = deviceOf(gpu);
  if (products === 'float16' && !device.traits.f16) throw fault('products-need-float16');
  return OpenedState.open({ gpu: device, model, snapshot, products, load });
}

/**
 * The state behind the face.
 * @internal
 * @throws TypeError for an object that did not come from `openState`
 */
export function openedState(state: ModelState): OpenedState {
  if (state instanceof OpenedState) return state;
  throw new TypeError('state is none that openState() gave');
}
