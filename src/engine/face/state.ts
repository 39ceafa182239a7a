/** A state of a model on the device: the base model, or what a run made of it. */
import { StateModel } from '../inference/state-model.ts';
import { snapshotsAfter, type Snapshot } from '../training/run/snapshots.ts';
import { deviceOf, type EngineGpu } from './gpu.ts';
import { openedModel, type Model, type OpenedModel, type TokenisedRecord } from './model.ts';
import type { Trained } from './train.ts';

export interface OpenStateOptions {
  readonly gpu: EngineGpu;
  readonly model: Model;
  /** The result of a run, of which recipe and branches are enough; without it, the base model. */
  readonly trained?: Pick<Trained, 'recipe' | 'stageBranches'>;
  /** Id of a snapshot of the run; the last one unless told otherwise. */
  readonly snapshot?: string;
  /** Longest sequence in tokens, prompt and answer together; at most the model's context. */
  readonly context?: number;
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

/**
 * The state behind the face.
 * @internal
 */
export class OpenedState implements ModelState {
  readonly snapshot: string;
  readonly branches: readonly string[];
  readonly model: OpenedModel;
  readonly weights: StateModel;

  constructor(model: OpenedModel, weights: StateModel, { id, branches }: Snapshot) {
    this.model = model;
    this.weights = weights;
    this.snapshot = id;
    this.branches = branches;
  }

  get context(): number {
    return this.weights.context;
  }

  logits(ids: Uint32Array): Promise<Float32Array> {
    return this.weights.logits(ids);
  }

  score(
    records: readonly TokenisedRecord[],
  ): Promise<readonly { readonly nll: number; readonly targets: number }[]> {
    return this.weights.score(records.map((record) => ({ ...record, task: 0 })));
  }

  close(): void {
    this.weights.release();
  }
}

/**
 * Puts a state of the model on the device.
 * @throws RangeError for a snapshot that the run does not have
 * @throws StudioError for a state that does not fit, and requests that the device refuses
 */
export async function openState({
  gpu,
  trained,
  context,
  ...options
}: OpenStateOptions): Promise<ModelState> {
  const model = openedModel(options.model);
  const snapshots = trained
    ? snapshotsAfter(trained.recipe, trained.stageBranches.length)
    : [{ id: 'base', label: 'Base', branches: [] }];
  const wanted = options.snapshot ?? snapshots.at(-1)?.id;
  const snapshot = snapshots.find(({ id }) => id === wanted);
  if (!snapshot) throw new RangeError(`The run has no snapshot ${wanted ?? ''}`);
  const { config, weights } = model.folder;
  const loaded = await StateModel.load({
    ...{ gpu: deviceOf(gpu), config, weights, precision: model.precision },
    run: trained && snapshot.id !== 'base' ? { ...trained, snapshot: snapshot.id } : null,
    ...(context === undefined ? {} : { context }),
  });
  return new OpenedState(model, loaded, snapshot);
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
