/** What page and worker say about where the time of a step goes. Part of the protocol (protocol.ts); types only. */
import type { FamilyProfile, DispatchProfile, ProfileClock } from '../../engine/gpu/profile.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';

/** A training step of a stage of the recipe, or the decoding of one token. */
export type ProfileSubject =
  { readonly kind: 'stage'; readonly stage: number } | { readonly kind: 'decode' };

/** What was run: a token after so many, or a micro-batch of so many records of so many tokens. */
export type ProfileLoad =
  | { readonly kind: 'decode'; readonly tokens: number }
  | {
      readonly kind: 'micro-batch';
      readonly records: number;
      readonly recordTokens: number;
      readonly targets: number;
    };

export interface ProfileReport {
  readonly subject: ProfileSubject;
  readonly modelId: string;
  readonly modelName: string;
  /** Name of the stage, or of what was decoded. */
  readonly title: string;
  readonly load: ProfileLoad;
  readonly adapter: string;
  readonly software: boolean;
  readonly clock: ProfileClock;
  readonly rounds: number;
  readonly measuredAt: number;
  readonly families: readonly FamilyProfile[];
  /** In the order in which they run. */
  readonly dispatches: readonly DispatchProfile[];
  /** Sum over the dispatches. */
  readonly milliseconds: number;
  /** Wall clock of all of it in one submission: the least. */
  readonly wallMilliseconds: number;
  /** Encoding, submitting and gaps between dispatches; null where that cannot be told. */
  readonly launchMilliseconds: number | null;
  /** Time within matrix products and attention. */
  readonly productMilliseconds: number;
  /** The dispatches as a Chrome trace (JSON), for Perfetto. */
  readonly trace: Blob;
}

export interface ProfileCalls {
  /**
   * Loads the model, runs the step some times and gives everything back. Refused while a run is on the
   * device. Progress comes as `progress` events.
   */
  'profile.measure': {
    in: { modelId: string; recipe: Recipe; subject: ProfileSubject; task: string };
    out: ProfileReport;
  };
}
