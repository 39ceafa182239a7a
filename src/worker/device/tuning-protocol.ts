/** What page and worker say about kernel choices. Part of the protocol (protocol.ts); types only. */
import type { SizeWord } from '../../engine/kernels/kernel-class.ts';
import type { KernelKind } from '../../engine/kernels/kernel-classes.ts';
import type { TunedCandidate, TunedClass } from '../../engine/tuning/record.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';

export type { KernelKind, SizeWord, TunedCandidate };

/** A class with what its name says; null where this version has no such class. */
export interface ReportedClass extends TunedClass {
  readonly meaning: { readonly kind: KernelKind; readonly sizes: readonly SizeWord[] } | null;
}

export interface TuningReport {
  readonly adapter: string;
  /** On a software adapter the defaults are what was measured as best; it is tuned only when asked. */
  readonly software: boolean;
  /** What tuning found; null where the device was never tuned or was set back. */
  readonly tuned: {
    readonly tunedAt: number;
    /** What timing took, and compiling and checking beside it. */
    readonly milliseconds: number;
    readonly checking: number;
    /** Time was over before every computation had its turn. */
    readonly unfinished: boolean;
    readonly classes: readonly ReportedClass[];
  } | null;
}

export interface TuningCalls {
  'tuning.report': { in: Record<string, never>; out: TuningReport };
  /**
   * Times the kernels that training and generating with this model need, for about two seconds beside
   * compiling and checking them, and uses what it finds from then on, also when it is cancelled. Asked again
   * it goes on with what was left, and begins anew where nothing was. Refused while a run is on the device.
   */
  'tuning.run': { in: { modelId: string; recipe: Recipe; task: string }; out: TuningReport };
  /** Forgets what was found: the defaults hold. Runs keep the choices that they were started with. */
  'tuning.reset': { in: Record<string, never>; out: TuningReport };
}
