/** Training as a loop over its events. */
import { onTested } from '../checks/self-test.ts';
import { TrainingRun } from '../training/run/run.ts';
import type { RunEvent } from '../training/run/run-events.ts';
import type { SamplePrompts } from '../training/run/samples.ts';
import type { Snapshot } from '../training/run/snapshots.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { promptText } from '../evaluation/prompt-text.ts';
import { deviceOf, type EngineGpu } from './gpu.ts';
import { openedModel, type Model, type OpenedModel } from './model.ts';
import { runRecords, type RecordSet } from './records.ts';

/** The result of a finished run: everything that its model states need beside the base model. */
export interface Trained {
  readonly recipe: Recipe;
  /** Safetensors of the branches at the end of each stage, in order. */
  readonly stageBranches: readonly Uint8Array[];
  /** The states of the model that the run passed through, in order. */
  readonly snapshots: readonly Snapshot[];
}

/** Everything that a run needs to go on bit for bit, beside model, recipe and records. */
export interface ResumePoint {
  /** Null goes on at the start of the stage after the last stage that ended. */
  readonly checkpoint: Uint8Array | null;
  /** Safetensors of the branches at the end of each stage that ended, in order. */
  readonly stageBranches: readonly Uint8Array[];
  /** Lowest validation loss so far of the stage that the run goes on with; null without any. */
  readonly bestLoss: number | null;
}

/** The events of a run, in order. */
export type TrainEvent =
  /** A stage begins, or goes on where an earlier run stopped. */
  | {
      readonly type: 'stage-start';
      readonly stage: number;
      readonly name: string;
      readonly records: number;
      readonly steps: number;
      /** Steps that an earlier run has taken. */
      readonly stepsDone: number;
    }
  | Exclude<RunEvent, { readonly type: 'samples' | 'checkpoint' | 'done' }>
  /** Answers to the sample prompts, in their order. */
  | {
      readonly type: 'samples';
      readonly stage: number;
      readonly step: number;
      /** A snapshot's id, or `training` within a stage. */
      readonly snapshot: string;
      readonly answers: readonly string[];
    }
  | {
      readonly type: 'checkpoint';
      readonly stage: number;
      readonly step: number;
      readonly resume: ResumePoint;
    }
  /** The signal ended the run; the last event. */
  | { readonly type: 'stopped'; readonly resume: ResumePoint }
  /** The last event of a run that went to its end. */
  | { readonly type: 'done'; readonly trained: Trained };

export interface TrainOptions {
  readonly gpu: EngineGpu;
  readonly model: Model;
  readonly recipe: Recipe;
  readonly records: readonly RecordSet[];
  /** Records for validation, instead of those that the recipe keeps apart from `records`; `[]` for none. */
  readonly validation?: readonly RecordSet[];
  /** Questions whose answers are shown during training, as often as the recipe says. */
  readonly samples?: readonly string[];
  /** The point at which an earlier run of the same model, recipe and records stopped. */
  readonly resume?: ResumePoint;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal;
}

/**
 * Trains every stage of a recipe. Ends with `done`, or with `stopped` when the signal was given; leaving the loop
 * earlier also frees the device memory.
 * @throws StudioError for input that model or records refuse, and requests that the device refuses
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const { recipe, signal, resume } = options;
  const model = openedModel(options.model);
  const kept = new Kept(recipe, resume);
  const stopped = (): boolean => signal?.aborted === true;
  if (stopped()) {
    yield { type: 'stopped', resume: kept.resumePoint(resume?.checkpoint ?? null) };
    return;
  }
  const run = await onTested(deviceOf(options.gpu), (gpu) =>
    TrainingRun.create({
      gpu,
      config: model.folder.config,
      weights: model.folder.weights,
      precision: model.precision,
      recipe,
      ...runRecords(model, recipe, options.records, options.validation),
      ...(options.samples ? { samples: samplePrompts(model, options.samples) } : {}),
      // A run resumed from its very start is a new run.
      ...(resume && (resume.checkpoint || resume.stageBranches.length > 0) ? { resume } : {}),
    }),
  );
  const startOf = (stage: number): TrainEvent[] => {
    const begun = run.stages[stage];
    return begun ? [{ type: 'stage-start', stage, ...begun }] : [];
  };
  try {
    yield* startOf(resume?.stageBranches.length ?? 0);
    while (!run.done) {
      if (stopped()) {
        for (const event of await run.settle()) yield kept.take(event, model);
        const checkpoint = await run.checkpoint();
        yield { type: 'stopped', resume: kept.resumePoint(checkpoint?.data ?? null) };
        return;
      }
      for (const event of await run.advance()) {
        yield kept.take(event, model);
        if (event.type === 'stage-end') yield* startOf(event.stage + 1);
      }
    }
  } finally {
    run.release();
  }
}

/** The results of a run so far. */
class Kept {
  readonly #recipe: Recipe;
  readonly #stageBranches: Uint8Array[];
  #bestLoss: number | null;

  constructor(recipe: Recipe, resume?: ResumePoint) {
    this.#recipe = recipe;
    this.#stageBranches = [...(resume?.stageBranches ?? [])];
    this.#bestLoss = resume?.bestLoss ?? null;
  }

  resumePoint(checkpoint: Uint8Array | null): ResumePoint {
    return { checkpoint, stageBranches: [...this.#stageBranches], bestLoss: this.#bestLoss };
  }

  /** Keeps the results in an event and gives it the form that users see. */
  take(event: RunEvent, model: OpenedModel): TrainEvent {
    switch (event.type) {
      case 'best':
        this.#bestLoss = event.loss;
        return event;
      case 'stage-end':
        this.#stageBranches.push(event.branches);
        this.#bestLoss = null;
        return event;
      case 'checkpoint': {
        const { type, stage, step, data } = event;
        return { type, stage, step, resume: this.resumePoint(data) };
      }
      case 'samples': {
        const text = promptText(model.tokenizer, model.chat);
        return { ...event, answers: event.answers.map((ids) => text.decode(ids)) };
      }
      case 'done': {
        const { snapshots } = event;
        const stageBranches = [...this.#stageBranches];
        return { type: 'done', trained: { recipe: this.#recipe, stageBranches, snapshots } };
      }
      case 'step':
      case 'validation':
      case 'growth':
        return event;
    }
  }
}

function samplePrompts({ tokenizer, chat }: OpenedModel, asked: readonly string[]): SamplePrompts {
  const text = promptText(tokenizer, chat);
  return { prompts: asked.map((prompt) => text.prompt(prompt)), stopIds: text.eosIds.slice(0, 16) };
}
