/** What page and worker say about runs. */
import { z } from 'zod';
import type { KernelChoices } from '../engine/gpu/kernel.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import type {
  RecordLoss,
  RunActivity,
  StageProgress,
  StepMetrics,
  ValidationPoint,
} from '../engine/training/run/run-events.ts';
import type { Snapshot } from '../engine/training/run/snapshots.ts';
import type { DryRunResult } from '../engine/training/stage/dry-run.ts';
import type { FaultDescription } from '../faults/catalogue.ts';
import { takes } from './call.ts';
import { besideRuns, preparing, readingRows, startingRun, training } from './faults.ts';
import type { CutCounts, DataRow } from './data.ts';
import { count, id, recipe, task } from './fields.ts';
import type { RunNoise } from './experts.ts';
import type { RunMemory } from './memorisation.ts';
import type { Precision } from './models.ts';
import type { RunOrigin } from './run-origin.ts';

export type { RecordLoss, RunActivity, Snapshot, StageProgress, StepMetrics, ValidationPoint };

export type RunState =
  | 'preparing'
  | 'running'
  | 'reopening'
  | 'paused'
  | 'interrupted'
  | 'finalising'
  | 'stopped'
  | 'failed'
  | 'done';

/** What became of the records of a run's data sets. */
export interface RunData {
  /** Length at which records were cut, in tokens: of recipe, micro-batch and context, the least. */
  readonly maxLength: number;
  /** Records to train on that are cut; in runs without the next count, of all records. */
  readonly truncated: number;
  /** Records kept apart to measure on that are cut. */
  readonly validationTruncated?: number;
  /** What the cut does to records to train on, in all sets and in each; absent in runs that did not count it. */
  readonly cut?: CutCounts;
  readonly cutBySet?: readonly CutOfSet[];
  /** Left out because they had no target left. */
  readonly withoutTargets: number;
  readonly training: number;
  /** Kept apart to measure on. */
  readonly validation: number;
  /** Records that teach nothing, by reason, most frequent first; absent in runs that did not count them. */
  readonly leftOut?: readonly LeftOut[];
  /** Of the records that teach: with an answer after which the template puts no end, */
  readonly withoutEnd?: number;
  /** with reasoning that the template cuts off, */
  readonly reasoningDropped?: number;
  /** with other text before an answer than the template's prompt has. */
  readonly otherPrompt?: number;
  /** Records tokenised so far, while tokenising goes on beside the training; the other counts are partial too. */
  readonly tokenised?: number;
}

/** The work of one stage. */
export interface StageLoad {
  readonly steps: number;
  /** Of all epochs; an estimate where only a sample was tokenised. */
  readonly tokens: number;
}

/** What becomes of the records of a run that has not begun, and how much work they are. */
export interface RunOutlook extends RunData {
  readonly stages: readonly StageLoad[];
}

/** What the cut does to the records of one set. */
export interface CutOfSet extends CutCounts {
  readonly dataSet: string;
  /** Records to train on that were looked at; in runs that did not count validation apart, all of them. */
  readonly records: number;
}

/** Records that a run leaves out, for one reason. */
export interface LeftOut {
  /** The fault of the first of them; its data names the data set and, where it is known, the line. */
  readonly reason: FaultDescription;
  readonly count: number;
}

/** The kernels of a run. It keeps them, whatever is chosen later, so that it gives the same bits when resumed. */
export interface RunKernels {
  /** Variants other than the defaults, by kernel class. */
  readonly choices: KernelChoices;
  /** Fingerprint of the kernels' texts. */
  readonly fingerprint: string;
}

/** How a run goes on by itself after its device was lost. */
export interface RunRecovery {
  /** Which attempt it is since the last checkpoint, from 1. */
  readonly attempt: number;
  /** The most attempts in a row. */
  readonly most: number;
  /** The checkpoint from which it goes on. */
  readonly stage: number;
  readonly step: number;
  /** Why there was no device: the loss, or what stood in the way of the attempt before. */
  readonly error: FaultDescription;
}

export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
  /** How the base is kept on the device; float32 in runs that did not record it. */
  readonly precision?: Precision;
  readonly state: RunState;
  /** Of an interrupted run: whether a person had paused it before its tab was closed. */
  readonly paused?: boolean;
  readonly stages: readonly StageProgress[];
  readonly snapshots: readonly Snapshot[];
  readonly adapter: string;
  /** The kernels of the run; the defaults of their time in runs that did not record them. */
  readonly kernels?: RunKernels;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Where it can go on from after a reload; null when there is no checkpoint. */
  readonly checkpoint: { readonly stage: number; readonly step: number } | null;
  readonly error: FaultDescription | null;
  readonly data?: RunData;
  readonly tags?: readonly string[];
  readonly notes?: string;
  /** Of the stages whose validation loss was measured between their steps. */
  readonly best?: readonly BestStep[];
  readonly dryRun?: DryRunReport;
  /** Where it was resumed with other kernels than it was recorded with: last bits may differ from there. */
  readonly kernelsChanged?: { readonly stage: number; readonly step: number };
  /** Set while a lost device is opened again, and until the next checkpoint after that. */
  readonly recovery?: RunRecovery | null;
  /** Of an interrupted run: when it was handed off to be trained elsewhere; null once it goes on here. */
  readonly handedOff?: number | null;
  /** Of a run that was trained elsewhere: the run that was handed off. */
  readonly cameFrom?: string;
  /** What the states of a run remember, where it was measured. */
  readonly memorisation?: RunMemory;
  /** What its Noise Aggregator holds of its records; absent until it is measured. */
  readonly noiseAudit?: RunNoise;
  /** Of runs that were opened from an archive. */
  readonly origin?: RunOrigin;
}

export interface RunCurves {
  readonly steps: readonly StepMetrics[];
  readonly validation: readonly ValidationPoint[];
}

/** The fullest step of a run, tried before its first. */
export interface DryRunReport extends DryRunResult {
  /** The place of the longest record: index of its data set in the run, and row; null for a made-up record. */
  readonly record: { readonly dataSet: number; readonly row: number } | null;
}

/** A validation record that a run is asked again and again. */
export interface SamplePrompt {
  readonly dataSet: number;
  readonly row: number;
  /** The last question, in words. */
  readonly text: string;
  /** The answer in its record. */
  readonly reference: string;
}

export interface SamplePoint {
  readonly stage: number;
  readonly step: number;
  /** Which weights answered: `base`, `training`, or the end of a stage. */
  readonly snapshot: string;
  /** One per prompt, greedy. */
  readonly answers: readonly string[];
  /** Whether each ran on to the limit of tokens instead of coming to an end; absent where that was not kept. */
  readonly endless?: readonly boolean[];
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

/** Tags and notes that a person gives a run. */
const runNotes = z.strictObject({
  tags: z.array(z.string().min(1).max(40)).max(20).readonly(),
  notes: z.string().max(20_000),
});
export type RunNotes = Readonly<z.infer<typeof runNotes>>;

/** What a run is made of. */
const inputs = { modelId: id, dataSetIds: z.array(id).readonly(), recipe };

export const runCalls = {
  /** Answers once the run is set up; steps then come as `runs.steps` events. */
  'runs.start': takes({ name: z.string().max(200), ...inputs })
    .onDevice('no-run-begun')
    .fails(...startingRun)
    .gives<RunSummary>(),
  'runs.pause': takes({ id }).onDevice('run-resumable').fails('run-not-active').gives<null>(),
  /** Goes on after a pause, or from the last checkpoint after an interruption. */
  'runs.resume': takes({ id })
    .onDevice('run-resumable')
    .fails(...startingRun, 'run-not-resumable', 'run-inputs-changed')
    .gives<RunSummary>(),
  /** Exactly one optimiser step of a paused run. */
  'runs.single': takes({ id })
    .onDevice('run-resumable')
    .fails(...training, 'run-not-active', 'run-not-paused')
    .gives<null>(),
  /** Ends the run early and keeps what it has. */
  'runs.stop': takes({ id })
    .onDevice('run-resumable')
    .fails(...training, 'run-not-active')
    .gives<null>(),
  'runs.list': takes({}).gives<readonly RunSummary[]>(),
  'runs.curves': takes({ id }).fails('run-missing').gives<RunCurves>(),
  'runs.rename': takes({ id, name: z.string().min(1).max(200) })
    .fails('run-missing')
    .gives<RunSummary>(),
  'runs.annotate': takes({ id, ...runNotes.shape })
    .fails('run-missing')
    .gives<RunSummary>(),
  'runs.remove': takes({ id }).fails('run-elsewhere', 'run-in-use').gives<null>(),
  /** The records of a step, for tracing a bad loss. */
  'runs.records': takes({ id, stage: count, step: count })
    .fails(...readingRows, 'run-missing', 'step-missing')
    .gives<readonly DataRow[]>(),
  'runs.samples': takes({ id }).gives<RunSamples>(),
  /**
   * Tokenises everything, loads the model and takes the fullest possible step, then releases everything.
   * Refused while a run is on the device. Null for a recipe without stages.
   */
  'runs.dry': takes({ ...inputs, task })
    .onDevice('no-run-begun')
    .fails(...preparing, ...besideRuns)
    .gives<DryRunReport | null>(),
  /**
   * The fate of a run's records: how many train, and which are left out, by reason. All are tokenised; of
   * a large data set, a sample.
   */
  'runs.outlook': takes({ ...inputs, task })
    .fails(...preparing)
    .gives<RunOutlook>(),
  /** Milliseconds per token in the latest run of a model on an adapter; null without one. */
  'runs.pace': takes({ modelId: id, adapter: z.string().max(1000) }).gives<number | null>(),
};

/** New steps of a run, a few at a time. */
export interface NewSteps {
  readonly runId: string;
  readonly steps: readonly StepMetrics[];
}
