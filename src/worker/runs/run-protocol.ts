/** What page and worker say about runs beyond steps and curves. Part of the protocol (protocol.ts); types only. */
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { DryRunResult } from '../../engine/training/stage/dry-run.ts';
import type { RunData, RunSummary } from '../protocol.ts';

/** The fullest step of a run, tried before its first. */
export interface DryRunReport extends DryRunResult {
  /** Where the longest record lies: index of its data set in the run, and row; null for a made-up one. */
  readonly record: { readonly dataSet: number; readonly row: number } | null;
}

/** A validation record that a run is asked again and again. */
export interface SamplePrompt {
  readonly dataSet: number;
  readonly row: number;
  /** The last question, in words. */
  readonly text: string;
  /** The answer that its record has. */
  readonly reference: string;
}

export interface SamplePoint {
  readonly stage: number;
  readonly step: number;
  /** Which weights answered: `base`, `training`, or the end of a stage. */
  readonly snapshot: string;
  /** One to each prompt, greedy. */
  readonly answers: readonly string[];
}

export interface RunSamples {
  readonly prompts: readonly SamplePrompt[];
  /** In the order of training; the first are the answers of the base model. */
  readonly points: readonly SamplePoint[];
}

/** The step of a stage with the lowest validation loss. */
export interface BestStep {
  readonly stage: number;
  readonly step: number;
  /** Token mean over the validation records of the kinds that the stage trains on. */
  readonly loss: number;
}

/** What people write on a run. */
export interface RunNotes {
  readonly tags: readonly string[];
  readonly notes: string;
}

export interface RunCalls {
  'run.annotate': { in: { id: string } & RunNotes; out: RunSummary };
  'run.samples': { in: { id: string }; out: RunSamples };
  /**
   * Tokenises everything, loads the model and takes the fullest step there can be, then gives all back.
   * Refused while a run is on the device. Null for a recipe without stages.
   */
  'run.dry': {
    in: { modelId: string; dataSetIds: readonly string[]; recipe: Recipe; task: string };
    out: DryRunReport | null;
  };
  /**
   * What would become of the records of a run: how many train, and which it does without, by reason. All
   * are tokenised, of a large data set a sample.
   */
  'run.outlook': {
    in: { modelId: string; dataSetIds: readonly string[]; recipe: Recipe; task: string };
    out: RunData;
  };
}

export interface SamplesEvent {
  readonly type: 'run.samples';
  readonly runId: string;
  readonly point: SamplePoint;
}
