import type { AdapterDescription } from '../engine/gpu/device.ts';
import type { KernelChoices } from '../engine/gpu/kernel.ts';
import { weightStorage } from '../engine/model/weight-storage.ts';
import { kernelClass } from '../engine/kernels/choices.ts';
import { modelNeeds } from '../engine/tuning/model-needs.ts';
import {
  choicesOf,
  parseTuning,
  tuningDevice,
  type TuningRecord,
} from '../engine/tuning/record.ts';
import { tune } from '../engine/tuning/tuner.ts';
import { parseRecipe, type Recipe } from '../engine/training/recipe.ts';
import type { Tunings } from '../storage/tunings.ts';
import { adapterName } from './adapter-name.ts';
import type { WorkerContext } from './context.ts';
import type { DeviceKeeper } from './device.ts';
import type { Handlers } from './dispatcher.ts';
import type { OpenModel } from './library.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { Task } from './tasks.ts';
import type { TuningCalls, TuningReport } from './tuning-protocol.ts';
import type { VariantShelf } from './variants.ts';

/** What was found for a device, or null. */
async function storedTuning(
  tunings: Tunings,
  adapter: AdapterDescription,
): Promise<TuningRecord | null> {
  const device = tuningDevice(adapter);
  return parseTuning(await tunings.get(device), device);
}

/** The choices that were found for a device; none where it was not tuned. */
export async function storedChoices(
  tunings: Tunings,
  adapter: AdapterDescription,
): Promise<KernelChoices> {
  return choicesOf(await storedTuning(tunings, adapter));
}

/** Tunes the worker's device, and remembers. */
export class TuningKeeper {
  readonly #tunings: Tunings;
  readonly #device: DeviceKeeper;
  readonly #shelf: VariantShelf;

  constructor(tunings: Tunings, device: DeviceKeeper, shelf: VariantShelf) {
    this.#tunings = tunings;
    this.#device = device;
    this.#shelf = shelf;
  }

  async report(): Promise<TuningReport> {
    const { adapter } = await this.#device.get();
    const found = await storedTuning(this.#tunings, adapter);
    return {
      adapter: adapterName(adapter),
      software: adapter.software,
      tuned: found && {
        tunedAt: found.tunedAt,
        milliseconds: found.milliseconds,
        unfinished: found.unfinished,
        classes: found.classes,
      },
    };
  }

  /**
   * Tunes a GPU for the classes of this model that it was not tuned for yet. Software adapters keep the
   * defaults: those were measured on them, and two seconds of a busy processor would measure noise.
   */
  async ensure(model: OpenModel, recipe: Recipe, task: Task): Promise<void> {
    const { adapter } = await this.#device.get();
    if (adapter.software) return;
    try {
      await this.#tune(model, recipe, task, await storedTuning(this.#tunings, adapter));
    } catch {
      // What asked for it goes on with the defaults; a device that is lost, it will hear of itself.
      task.check();
    }
  }

  /** Tunes anew, whatever was found before. */
  async again(model: OpenModel, recipe: Recipe, task: Task): Promise<void> {
    await this.#tune(model, recipe, task, null);
  }

  async #tune(
    { config, weights, summary }: OpenModel,
    recipe: Recipe,
    task: Task,
    before: TuningRecord | null,
  ): Promise<void> {
    const gpu = await this.#device.get();
    // What is asked for without choices is what each class is, whatever was chosen.
    const plain = gpu.withChoices({});
    const storage = weightStorage(weights.tensors, summary.precision, plain.traits);
    const known = new Set(before?.classes.map((tuned) => tuned.kernelClass));
    const needs = modelNeeds(config, recipe, plain.traits, storage).filter(
      ({ sizes }) => !known.has(kernelClass(sizes)),
    );
    if (needs.length === 0) return;
    // The timings need the memory, and the device to themselves.
    await this.#shelf.clear();
    task.progress(0, 'Timing kernel variants');
    const found = await tune(plain, needs, {
      onProgress: (done, total) => task.progress(done / total, 'Timing kernel variants'),
      stopped: () => task.signal.aborted,
    });
    task.check();
    const classes = [...(before?.classes ?? []), ...found.classes];
    const record = { ...found, classes };
    await this.#tunings.put(record.device, record);
    await this.#device.useChoices(choicesOf(record));
    await this.#device.announceMemory(true);
  }

  async reset(): Promise<void> {
    const { adapter } = await this.#device.get();
    await this.#tunings.remove(tuningDevice(adapter));
    // Models that are loaded were planned with the choices that go.
    await this.#shelf.clear();
    await this.#device.useChoices({});
  }
}

export function tuningHandlers(
  { library, tasks }: WorkerContext,
  keeper: RunKeeper,
  tuning: TuningKeeper,
): Pick<Handlers, keyof TuningCalls> {
  return {
    'tuning.report': () => tuning.report(),
    'tuning.run': ({ modelId, recipe, task }) =>
      tasks.run(task, (running) =>
        keeper.aside(async () => {
          await tuning.again(await library.open(modelId), parseRecipe(recipe), running);
          return tuning.report();
        }),
      ),
    'tuning.reset': async () => {
      await tuning.reset();
      return tuning.report();
    },
  };
}
