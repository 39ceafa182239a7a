/** Keeps the model states that are in use on the device. */
import { sameMode } from '../../engine/gpu/kernel-mode.ts';
import { StateModel } from '../../engine/inference/state-model.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import type { Products } from '../../engine/kernels/linear/linear-kernels.ts';
import { bestStageOf } from '../../engine/training/run/snapshots.ts';
import type { DatedTemplate } from '../../text/template/chat-template.ts';
import { tellCompiling } from '../runs/compile-progress.ts';
import type { DeviceKeeper } from '../device/device.ts';
import type { ModelLibrary } from './library.ts';
import type { OpenModel } from './open-model.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import { keepInUse, modelLock, runUseLock, whileInUse } from '../../storage/lock-names.ts';
import type { Locks, Release } from '../../storage/locks.ts';
import type { Runs } from '../../storage/runs.ts';
import type { Task } from '../tasks/tasks.ts';

/** Weights on the device with the text side that belongs to them. */
export interface LoadedState {
  readonly weights: StateModel;
  readonly model: OpenModel;
  readonly template: DatedTemplate;
}

/** Who waits for a state's words, and what its products then multiply. */
interface Speaking {
  readonly task: Pick<Task, 'progress'>;
  readonly products: Products;
}

interface Shelved {
  readonly state: ModelStateId;
  readonly loaded: Promise<LoadedState>;
  readonly gpu: Gpu;
  /** Gives the locks that keep the model and the run from being removed. */
  readonly holds: Promise<Release>;
  /** The end of the latest use: uses of one state follow each other. */
  tail: Promise<unknown>;
  users: number;
}

/** Unused states kept: two can be compared side by side. */
const KEPT = 2;

function keyOf({ modelId, runId, snapshot }: ModelStateId): string {
  // The base is the same for every run.
  return JSON.stringify(snapshot === 'base' ? [modelId] : [modelId, runId, snapshot]);
}

/** Keeps on the device the model states in use, and the two that were used last. */
export class StateShelf {
  readonly #library: ModelLibrary;
  readonly #runs: Runs;
  readonly #device: DeviceKeeper;
  readonly #locks: Locks;
  /** Least recently used first. */
  readonly #shelf = new Map<string, Shelved>();

  constructor(library: ModelLibrary, runs: Runs, device: DeviceKeeper, locks: Locks) {
    this.#library = library;
    this.#runs = runs;
    this.#device = device;
    this.#locks = locks;
    // The states on a lost device are gone with it.
    device.onFault(() => {
      for (const shelved of this.#shelf.values()) void shelved.tail.then(() => letGo(shelved));
      this.#shelf.clear();
    });
  }

  /**
   * Loads a model state if it is not there and uses it, one use at a time.
   * @param speaks where the state is to answer: its pipelines compile while it loads, and the task reports progress
   * @throws StudioError what loading or `work` throws
   */
  async use<T>(
    state: ModelStateId,
    work: (loaded: LoadedState) => Promise<T>,
    speaks?: Speaking,
  ): Promise<T> {
    // Locked from the beginning, because opening the device may take a while, too.
    return whileInUse(this.#locks, locksOf(state), () =>
      this.#device.use((gpu) => this.#useOn(gpu, state, work, speaks)),
    );
  }

  async #useOn<T>(
    gpu: Gpu,
    state: ModelStateId,
    work: (loaded: LoadedState) => Promise<T>,
    speaks?: Speaking,
  ): Promise<T> {
    const key = keyOf(state);
    this.#dropOfOtherMode(key, gpu);
    const shelved = this.#shelf.get(key) ?? this.#put(state, gpu, speaks?.products);
    this.#shelf.delete(key);
    this.#shelf.set(key, shelved);
    shelved.users += 1;
    const turn = shelved.tail.then(async () => work(await shelved.loaded));
    shelved.tail = turn.catch(() => undefined);
    try {
      return await (speaks ? tellCompiling(gpu, speaks.task, () => turn) : turn);
    } catch (error) {
      // A state that failed to load is tried again next time.
      await shelved.loaded.catch(() => {
        if (this.#shelf.get(key) === shelved) this.#shelf.delete(key);
        return letGo(shelved);
      });
      throw error;
    } finally {
      shelved.users -= 1;
      await this.#tidy(KEPT);
    }
  }

  /** A state that was loaded for kernels that the device no longer uses is loaded again. */
  #dropOfOtherMode(key: string, gpu: Gpu): void {
    const shelved = this.#shelf.get(key);
    if (!shelved || sameMode(shelved.gpu.traits, gpu.traits)) return;
    this.#shelf.delete(key);
    void this.#release(shelved);
  }

  #put(state: ModelStateId, gpu: Gpu, speaks?: Products): Shelved {
    // While the state is kept here it counts as in use, and no tab removes its model or run.
    const holds = keepInUse(this.#locks, locksOf(state));
    const loaded = this.#tidy(KEPT - 1)
      .then(() => holds)
      .then(() => this.#load(state, gpu, speaks));
    return { state, loaded, gpu, holds, tail: loaded.catch(() => undefined), users: 0 };
  }

  async #load(
    { modelId, runId, snapshot }: ModelStateId,
    gpu: Gpu,
    speaks?: Products,
  ): Promise<LoadedState> {
    const model = await this.#library.open(modelId);
    if (runId === null || snapshot === 'base') {
      const weights = await StateModel.load({
        ...(speaks && { speaks }),
        gpu,
        config: model.config,
        weights: model.weights,
        precision: model.summary.precision,
        run: null,
      });
      return { weights, model, template: model.template() };
    }
    const { summary } = await this.#runs.get(runId);
    const best = bestStageOf(snapshot);
    const stageBranches =
      best === null ? await this.#runs.readStages(runId) : await this.#runs.readBest(runId, best);
    const weights = await StateModel.load({
      ...(speaks && { speaks }),
      gpu,
      config: model.config,
      weights: model.weights,
      precision: summary.precision ?? 'float32',
      run: { recipe: summary.recipe, stageBranches, snapshot },
    });
    return { weights, model, template: model.template(new Date(summary.createdAt)) };
  }

  /** Releases unused states until at most `kept` are left. */
  async #tidy(kept: number): Promise<void> {
    for (const [key, shelved] of [...this.#shelf]) {
      if (this.#shelf.size <= kept) return;
      if (shelved.users > 0) continue;
      this.#shelf.delete(key);
      await this.#release(shelved);
    }
  }

  async #release(shelved: Shelved): Promise<void> {
    await shelved.tail;
    const loaded = await shelved.loaded.catch(() => null);
    if (!shelved.gpu.fault) loaded?.weights.release();
    await letGo(shelved);
  }

  /** Releases the states of a model or run that is to be removed, except states in use. */
  async letGo(which: { readonly modelId?: string; readonly runId?: string }): Promise<void> {
    for (const [key, shelved] of [...this.#shelf]) {
      if (!belongs(shelved, which) || shelved.users > 0) continue;
      this.#shelf.delete(key);
      await this.#release(shelved);
    }
  }

  /** Releases the states of a removed or changed model or run, or all states to make room. */
  async clear(which: { readonly modelId?: string; readonly runId?: string } = {}): Promise<void> {
    for (const [key, shelved] of [...this.#shelf]) {
      if (!belongs(shelved, which)) continue;
      this.#shelf.delete(key);
      await this.#release(shelved);
    }
  }
}

function locksOf({ modelId, runId, snapshot }: ModelStateId): string[] {
  return [
    modelLock(modelId),
    ...(runId === null || snapshot === 'base' ? [] : [runUseLock(runId)]),
  ];
}

function belongs(
  { state }: Shelved,
  { modelId = state.modelId, runId }: { readonly modelId?: string; readonly runId?: string },
): boolean {
  return state.modelId === modelId && (runId === undefined || state.runId === runId);
}

async function letGo({ holds }: Shelved): Promise<void> {
  await holds.then(
    (release) => release(),
    () => undefined,
  );
}
