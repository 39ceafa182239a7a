/** What a run needs: the model, its recipe, the records, and the checkpoint it goes on from. */
import type { WeightsFolder } from '../../../formats/weights/weights-folder.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { Precision } from '../../model/weight-storage.ts';
import type { TrainingRecord } from './data-order.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RecordSource } from './record-source.ts';
import type { RunActivity } from './run-events.ts';
import type { SamplePrompts } from './samples.ts';

export interface TrainingRunOptions {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** How the frozen weights are kept on the device; in float32 unless told otherwise. */
  readonly precision?: Precision;
  readonly recipe: Recipe;
  /** Names of the tasks that records refer to by index. */
  readonly tasks: readonly string[];
  /** Records in memory, or a source whose records may come later. */
  readonly records: readonly TrainingRecord[] | RecordSource;
  readonly validation: readonly TrainingRecord[];
  /** Prompts that the model answers now and then, where the recipe wants samples. */
  readonly samples?: SamplePrompts;
  /** Tries the fullest step before the first one, on this record where it is known. */
  readonly dryRun?: { readonly longest: TrainingRecord | null };
  /** Told what the run does between its steps; null when it takes steps again. */
  readonly onActivity?: (activity: RunActivity | null) => void;
  readonly resume?: {
    /** The last checkpoint; null goes on at the start of the stage after the last stage that ended. */
    readonly checkpoint: Uint8Array | null;
    /** Branch files of the stages that ended, in order. */
    readonly stageBranches: readonly Uint8Array[];
    /** Lowest validation loss so far of the stage that the run goes on with; null without any. */
    readonly bestLoss?: number | null;
  };
}
