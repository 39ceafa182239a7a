/** Trains into the folder of a run: every event is kept as it comes, so that a kill at any moment loses little. */
import { storedRouting } from '../../archive/run-parts.ts';
import type { RunData, RunSummary } from '../../contract/runs.ts';
import { deviceOf } from '../../engine/face/gpu.ts';
import { train, type EngineGpu, type ResumePoint, type TrainEvent } from '../../engine/index.ts';
import type { RecordPlace } from '../../engine/training/run/data-order.ts';
import { StageRecords } from '../../engine/training/run/record-source.ts';
import { asStudioError } from '../../faults/fault.ts';
import type { RunInputs } from './run-inputs.ts';
import type { Place, RunFolder } from './run-folder.ts';
import type { TokenisedRun } from './tokenised.ts';

export interface Training {
  readonly gpu: EngineGpu;
  readonly inputs: RunInputs;
  readonly tokenised: TokenisedRun;
  /** Null for a new run. */
  readonly resume: ResumePoint | null;
  readonly signal: AbortSignal;
  readonly hear: (event: TrainEvent, stages: RunSummary['stages']) => void;
}

/**
 * Trains until the end, or until the signal.
 * @returns whether it went to its end; otherwise a checkpoint was kept
 * @throws StudioError what training throws; the folder says how the run ended, and from where it can go on
 */
export async function trainInto(folder: RunFolder, training: Training): Promise<boolean> {
  const { gpu, inputs, tokenised, resume, signal } = training;
  const { base, recipe } = inputs;
  const keeper = new Keeper(folder, training);
  try {
    const options = { gpu, recipe, signal, model: base.model, records: tokenised.records };
    for await (const event of train({ ...options, ...(resume && { resume }) })) {
      await keeper.take(event);
      training.hear(event, keeper.stages);
    }
  } catch (thrown) {
    const error = asStudioError(thrown);
    await folder.flush();
    // A run whose device failed can go on on another; any other fault of it comes again.
    const lost = deviceOf(gpu).fault !== null || error.code === 'gpu-out-of-memory';
    const state = lost ? 'interrupted' : 'failed';
    await folder.change({}, { state, error: error.describe(), stages: keeper.stages });
    throw error;
  }
  return keeper.done;
}

/** What the summary of a new run says of its stages and its records. */
export function begunWith(
  inputs: Pick<RunInputs, 'base' | 'recipe'>,
  { places, facts }: TokenisedRun,
): { readonly stages: RunSummary['stages']; readonly facts: RunData } {
  return { stages: stagesOf(inputs, places), facts };
}

/** The stages of a run with their steps, none taken yet. */
function stagesOf(
  { base, recipe }: Pick<RunInputs, 'base' | 'recipe'>,
  places: readonly RecordPlace[],
): RunSummary['stages'] {
  const source = { places, read: () => Promise.resolve([]) };
  const { config } = base.model.folder;
  return recipe.stages.map(({ name }, stage) => {
    const { steps, records } = new StageRecords(config, recipe, stage, source);
    return { name, steps, stepsDone: 0, records };
  });
}

/** Keeps what a run reports. */
class Keeper {
  done = false;
  stages: RunSummary['stages'];
  readonly #folder: RunFolder;
  readonly #places: readonly RecordPlace[];
  /** The next step. */
  #at: Place = { stage: 0, step: 0 };

  constructor(folder: RunFolder, { inputs, tokenised: { places } }: Training) {
    this.#folder = folder;
    this.#places = places;
    this.stages = stagesOf(inputs, places);
  }

  #reached({ stage, step }: Place): void {
    this.#at = { stage, step };
    this.stages = this.stages.map((known, i) => {
      const stepsDone = i < stage ? known.steps : i === stage ? step : 0;
      return { ...known, stepsDone };
    });
  }

  async take(event: TrainEvent): Promise<void> {
    const folder = this.#folder;
    switch (event.type) {
      case 'stage-start':
        this.#reached({ stage: event.stage, step: event.stepsDone });
        break;
      case 'step': {
        const { metrics, records } = event;
        const rows = records.flatMap((index) => {
          const { dataSet = 0, row = 0 } = this.#places[index] ?? {};
          return [dataSet, row];
        });
        await folder.addStep({ metrics, rows: Uint32Array.from(rows) });
        this.#reached({ stage: metrics.stage, step: metrics.step + 1 });
        break;
      }
      case 'validation':
        await folder.addPoint(event.point);
        break;
      case 'growth': {
        const { point, routing } = event;
        await folder.addGrowth({ point, routing });
        await this.#routed(routing);
        break;
      }
      case 'best':
        await folder.saveBest(
          { stage: event.stage, step: event.step, loss: event.loss },
          event.branches,
        );
        break;
      case 'stage-end':
        await folder.flush();
        await folder.saveStage(event.stage, event.branches);
        await this.#routed(event.routing);
        this.#reached({ stage: event.stage + 1, step: 0 });
        await folder.change({}, { stages: this.stages });
        break;
      case 'checkpoint':
        await this.#keep(event.resume.checkpoint);
        break;
      case 'stopped':
        await this.#keep(event.resume.checkpoint);
        await folder.change({}, { state: 'interrupted' });
        break;
      case 'done':
        this.done = true;
        await folder.flush();
        await folder.change({ checkpoint: null }, { state: 'done', checkpoint: null });
        break;
      case 'samples':
        break;
    }
  }

  /** Keeps the point that the run has reached; the beginning of a stage takes no file. */
  async #keep(checkpoint: Uint8Array | null): Promise<void> {
    await this.#folder.flush();
    if (checkpoint) await this.#folder.saveCheckpoint(this.#at, checkpoint);
    await this.#folder.change({}, { stages: this.stages });
  }

  /** Choices of experts; those of an earlier stage stay where a later one has no mixture. */
  async #routed(counts: Parameters<typeof storedRouting>[1]): Promise<void> {
    const routing = storedRouting(this.#folder.summary.recipe, counts);
    if (routing) await this.#folder.change({ routing });
  }
}
