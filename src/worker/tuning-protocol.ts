/** What page and worker say about kernel choices. Part of the protocol (protocol.ts); types only. */
import type { TunedCandidate, TunedClass } from '../engine/tuning/record.ts';
import type { Recipe } from '../engine/training/recipe.ts';

export type { TunedCandidate, TunedClass };

export interface TuningReport {
  readonly adapter: string;
  /** On a software adapter the defaults are what was measured as best; it is tuned only when asked. */
  readonly software: boolean;
  /** What tuning found; null where the device was never tuned or was set back. */
  readonly tuned: {
    readonly tunedAt: number;
    readonly milliseconds: number;
    /** Time was over before every candidate had its turn. */
    readonly unfinished: boolean;
    readonly classes: readonly TunedClass[];
  } | null;
}

export interface TuningCalls {
  'tuning.report': { in: Record<string, never>; out: TuningReport };
  /**
   * Times the kernels that training and generating with this model need, for two seconds at most, and uses
   * what it finds from then on. Refused while a run is on the device.
   */
  'tuning.run': { in: { modelId: string; recipe: Recipe; task: string }; out: TuningReport };
  /** Forgets what was found: the defaults hold. Runs keep the choices that they were started with. */
  'tuning.reset': { in: Record<string, never>; out: TuningReport };
}
