/** Tunes the device for a model, remembers the result, and resets it. */
import type { Gpu } from '../../engine/gpu/device.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { describeClass, kernelClass } from '../../engine/kernels/kernel-classes.ts';
import { modelNeeds } from '../../engine/tuning/model-needs.ts';
import { isDecided, type TunedClass } from '../../engine/tuning/record.ts';
import { cheapestFirst, tune } from '../../engine/tuning/tuner.ts';
import { parseRecipe, type Recipe } from '../../engine/training/recipe/recipe.ts';
import { modelLock, whileInUse } from '../../storage/lock-names.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { WorkerContext } from '../context.ts';
import { tunedDevice, type DeviceMemory } from './device-memory.ts';
import type { DeviceKeeper } from './device.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { Task } from '../tasks/tasks.ts';
import type { tuningCalls, TuningReport } from '../../contract/device.ts';
import type { StateShelf } from '../models/state-shelf.ts';

interface Limits {
  /** Milliseconds after which no further class is begun; Cancel ends it at any time. */
  readonly bound: number;
  /** Whether to tune again where nothing is left. */
  readonly anew: boolean;
}

/** A run waits for its tuning, so the time is short; the remaining classes are tuned before the next run. */
const BEFORE_RUN: Limits = { bound: 10_000, anew: false };
const ON_REQUEST: Limits = { bound: 20_000, anew: true };

/** Earlier decisions, replaced by new results; classes left undecided now keep their earlier decision. */
function mergeClasses(
  decided: readonly TunedClass[],
  found: readonly TunedClass[],
): readonly TunedClass[] {
  const classes = new Map(decided.map((tuned) => [tuned.kernelClass, tuned]));
  for (const tuned of found) {
    if (isDecided(tuned) || !classes.has(tuned.kernelClass)) classes.set(tuned.kernelClass, tuned);
  }
  return [...classes.values()];
}

/** Tunes the worker's device, and remembers. */
export class TuningKeeper {
  readonly #memory: DeviceMemory;
  readonly #device: DeviceKeeper;
  readonly #shelf: StateShelf;

  constructor(memory: DeviceMemory, device: DeviceKeeper, shelf: StateShelf) {
    this.#memory = memory;
    this.#device = device;
    this.#shelf = shelf;
  }

  async report(): Promise<TuningReport> {
    const { adapter } = await this.#device.get();
    const found = await this.#memory.tuning(adapter);
    return {
      adapter: adapterName(adapter),
      software: adapter.software,
      tuned: found && {
        tunedAt: found.tunedAt,
        milliseconds: found.milliseconds,
        checking: found.checking ?? 0,
        unfinished: found.unfinished,
        classes: found.classes.map((tuned) => {
          return { ...tuned, meaning: describeClass(tuned.kernelClass) };
        }),
      },
    };
  }

  /**
   * Tunes a GPU for those kernel classes of this model that are not tuned yet. Software adapters keep the
   * defaults, which were measured on them; two seconds of a busy processor would measure noise.
   */
  async ensure(model: OpenModel, recipe: Recipe, task: Task): Promise<void> {
    const { adapter } = await this.#device.get();
    if (adapter.software) return;
    try {
      await this.#tune(model, recipe, task, BEFORE_RUN);
    } catch {
      // The caller goes on with the defaults; it will notice a lost device itself.
      task.check();
    }
  }

  /** Tunes the classes of this model that are still untuned, cheapest first; where none are, all of them again. */
  async again(model: OpenModel, recipe: Recipe, task: Task): Promise<void> {
    await this.#tune(model, recipe, task, ON_REQUEST);
  }

  #tune(model: OpenModel, recipe: Recipe, task: Task, limits: Limits): Promise<void> {
    return this.#device.use((gpu) => this.#tuneOn(gpu, { model, recipe, ...limits }, task));
  }

  async #tuneOn(
    gpu: Gpu,
    {
      model: { config, weights, summary },
      recipe,
      bound,
      anew,
    }: Limits & { readonly model: OpenModel; readonly recipe: Recipe },
    task: Task,
  ): Promise<void> {
    // In a safe mode nothing would use what tuning finds.
    if (this.#device.mode !== 'full') return;
    // Needs computed without choices name each class independently of earlier choices.
    const plain = gpu.withChoices({});
    const before = await this.#memory.tuning(gpu.adapter);
    const decided = before?.classes.filter(isDecided) ?? [];
    const known = new Set(decided.map((tuned) => tuned.kernelClass));
    const storage = weightStorage(weights.tensors, summary.precision, plain.traits);
    const all = modelNeeds(config, recipe, plain.traits, storage);
    const missing = all.filter(({ sizes }) => !known.has(kernelClass(sizes)));
    const goesOn = missing.length > 0 && missing.length < all.length;
    if (missing.length === 0 && !anew) return;
    const needs = goesOn ? cheapestFirst(plain, missing) : all;
    // The timings need the memory and an otherwise idle device.
    await this.#shelf.clear();
    task.progress(0, { code: 'tuning' });
    const found = await tune(plain, needs, {
      bound,
      signal: task.signal,
      onClass: (_, done, total) => {
        task.progress(done / total, { code: 'computations-tuned', done, total });
      },
    });
    const classes = mergeClasses(decided, found.classes);
    const record = {
      ...found,
      milliseconds: found.milliseconds + (goesOn ? (before?.milliseconds ?? 0) : 0),
      checking: (found.checking ?? 0) + (goesOn ? (before?.checking ?? 0) : 0),
      unfinished: !classes.every(isDecided),
      classes,
    };
    // Results are stored also after Cancel: those found until then are valid.
    if (classes.some(isDecided)) {
      await this.#memory.keepTuning(record);
      await this.#device.useTuning(tunedDevice(record));
    }
    task.check();
  }

  async reset(): Promise<void> {
    const { adapter } = await this.#device.get();
    await this.#memory.forgetTuning(adapter);
    // Loaded models were planned with the choices that are removed.
    await this.#shelf.clear();
    await this.#device.useTuning(tunedDevice(null));
  }
}

export function tuningHandlers(
  { library, tasks, storage }: WorkerContext,
  runs: { aside<T>(work: () => Promise<T>): Promise<T> },
  tuning: TuningKeeper,
): HandlersOf<typeof tuningCalls> {
  return {
    'device.tuning': () => tuning.report(),
    'device.tune': ({ modelId, recipe, task }) =>
      tasks.run(task, (running) =>
        runs.aside(() =>
          whileInUse(storage.locks, [modelLock(modelId)], async () => {
            await tuning.again(await library.open(modelId), parseRecipe(recipe), running);
            return tuning.report();
          }),
        ),
      ),
    'device.resetTuning': async () => {
      await tuning.reset();
      return tuning.report();
    },
  };
}
