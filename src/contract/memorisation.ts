/** What page and worker say about what a run remembers of its records. */
import { z } from 'zod';
import { canaryTimes } from '../engine/evaluation/memorisation/planting.ts';
import type {
  DropChange,
  DropSays,
  ExposureEstimate,
  MeasureChange,
  MemoryMeasure,
  ReproducedShare,
  StateMemory,
} from '../engine/evaluation/memorisation/state-memory.ts';
import type { DataSetSummary } from './data.ts';
import { takes } from './call.ts';
import { loadingState, preparing, readingRows } from './faults.ts';
import { id, task } from './fields.ts';

export type {
  DropChange,
  DropSays,
  ExposureEstimate,
  MeasureChange,
  MemoryMeasure,
  ReproducedShare,
  StateMemory,
};

const memorySettings = z.strictObject({
  /** Records trained on, and as many kept for validation, whose losses are compared. */
  records: z.int().min(2).max(2000),
  /** Records trained on that are continued. */
  continued: z.int().min(0).max(500),
  /** Drawn continuations of each beside the greedy one. */
  draws: z.int().min(0).max(20),
});
export type MemorySettings = Readonly<z.infer<typeof memorySettings>>;

/** A record of which a state wrote more than the base, word for word. */
export interface Leak {
  /** Index of the data set in the run, and row. */
  readonly dataSet: number;
  readonly row: number;
  /** Tokens of its answer that could come. */
  readonly tokens: number;
  /** The longest match with the base model. */
  readonly base: number;
  /** The states that wrote the most of it, and where in those tokens the piece begins. */
  readonly states: readonly {
    readonly snapshot: string;
    readonly matched: number;
    readonly from: number;
  }[];
}

/** What dropping a branch changed: from the state before to the state after. */
export interface RunDrop extends DropChange {
  /** Names of the branches. */
  readonly branches: readonly string[];
  readonly before: string;
  readonly after: string;
}

/** What the states of a run remember; it names no text. */
export interface RunMemory {
  readonly measuredAt: number;
  readonly adapter: string;
  readonly milliseconds: number;
  readonly settings: MemorySettings;
  /** Records compared: trained on, kept for validation, continued. */
  readonly members: number;
  readonly heldOut: number;
  readonly continued: number;
  /** Other codes of each canary; null where none was planted. */
  readonly references: number | null;
  /** Canaries that were planted, and the records that they were planted as. */
  readonly canaries: number;
  readonly planted: number;
  /** In the order of training; the first is the base. */
  readonly states: readonly (StateMemory & { readonly snapshot: string })[];
  /** Null where no stage drops a branch. */
  readonly drop: RunDrop | null;
  /** Records that leak, the longest first; their number where the archive brought no places. */
  readonly leaked: number;
  readonly leaks: readonly Leak[];
}

/** A leak with its text: what was given, then the rest of the answer with the piece that came. */
export interface LeakText extends Leak {
  readonly name: string;
  /** What was given, or its end. */
  readonly before: string;
  /** The rest of the record, cut where the piece of the state that wrote the most begins and ends. */
  readonly rest: readonly [before: string, written: string, after: string];
}

const name = z.string().trim().min(1).max(200);

export const memorisationCalls = {
  /**
   * Makes the canaries of a plan as data sets, one for each kind of these sets, in their language. Those that are there
   * already are given again.
   */
  'memorisation.plant': takes({
    dataSetIds: z.array(id).min(1).max(1000).readonly(),
    seed: z.int().min(0).max(0xffffffff),
    times: canaryTimes,
    each: z.int().min(1).max(20),
    /** What the sets are called. */
    names: z.strictObject({ knowledge: name, alignment: name }),
  })
    .fails(...readingRows, 'data-set-in-use', 'storage-changing')
    .gives<readonly DataSetSummary[]>(),
  /** Measures every state of a run and keeps the figures with it, as `runs.changed` says too. Nothing is kept when it is cancelled. */
  'memorisation.measure': takes({ runId: id, settings: memorySettings, task })
    .onDevice('stored')
    .fails(...loadingState, ...preparing, 'run-inputs-changed')
    .gives<RunMemory>(),
  /** The records that leak, with their texts; those of sets that are gone are left out. */
  'memorisation.leaks': takes({ runId: id })
    .fails(...preparing, 'run-missing')
    .gives<readonly LeakText[]>(),
  /** Makes the run's sets without the records that leak. Gives the sets of a run without them, in its order. */
  'memorisation.leaveOut': takes({ runId: id })
    .fails(...readingRows, 'run-missing', 'data-set-in-use', 'storage-changing')
    .gives<readonly DataSetSummary[]>(),
};
