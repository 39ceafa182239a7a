/** What a run reports: steps, validation, checkpoints, ends of stages. */
import type { DataKind } from '../../../formats/records/record-types.ts';
import type { Projection } from '../../model/projections.ts';
import type { GrowthPoint } from '../stage/branch-growth.ts';
import type { Snapshot } from './snapshots.ts';

export interface StepMetrics {
  /** Stage index and optimiser step within it, both from 0. */
  readonly stage: number;
  readonly step: number;
  readonly nll: number;
  /** Σ|A_k A_dᵀ|, unweighted; null in stages without the term. */
  readonly orthogonal: number | null;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly targetTokens: number;
  readonly tokens: number;
  readonly milliseconds: number;
}

export interface ValidationPoint {
  readonly stage: number;
  readonly step: number;
  /** Token-mean nll by data kind; null where that kind has no validation records. */
  readonly knowledge: number | null;
  readonly alignment: number | null;
  /** Which weights were measured: a snapshot's id, or `training` within a stage. */
  readonly snapshot: string;
  /**
   * Of a snapshot: the loss of each validation record, in one order at all snapshots of a run, so that two
   * of them can be compared record by record. Absent within a stage, and in runs that did not keep them.
   */
  readonly records?: readonly RecordLoss[];
}

/** What a model makes of one validation record. */
export interface RecordLoss {
  /** Index of its data set in the run. */
  readonly dataSet: number;
  readonly kind: DataKind;
  /** Sum of −log p over its targets, and their number. */
  readonly nll: number;
  readonly targets: number;
}

/** Choices of one mixture linear for one task, summed over a stage. */
export interface RoutingCounts {
  readonly layer: number;
  readonly projection: Projection;
  readonly task: string;
  readonly tokens: number;
  /** E×E, row-major: [a][b] with a<b counts the unordered pair, the diagonal each expert. */
  readonly pairs: readonly number[];
  /** Sum of gate weights by expert. */
  readonly weights: readonly number[];
}

export interface StageProgress {
  readonly name: string;
  readonly steps: number;
  readonly stepsDone: number;
  readonly records: number;
}

/** What a run does between its steps: told as it begins and as it gets on, so that nobody has to guess why no step comes. */
export interface RunActivity {
  /** `opening`: a stage is laid out and its kernels compile. `growth`: norms, overlaps and routing are read. */
  readonly what: 'opening' | 'validating' | 'answering' | 'growth' | 'merging' | 'checkpoint';
  readonly stage: number;
  /** Records validated, of how many; prompts answered, of how many. */
  readonly count?: { readonly done: number; readonly total: number };
}

export type RunEvent =
  | { readonly type: 'step'; readonly metrics: StepMetrics; readonly records: readonly number[] }
  | { readonly type: 'validation'; readonly point: ValidationPoint }
  /** Answers to the run's sample prompts, in their order, as token ids. */
  | {
      readonly type: 'samples';
      readonly stage: number;
      readonly step: number;
      /** A snapshot's id, or `training` within a stage. */
      readonly snapshot: string;
      readonly answers: readonly Uint32Array[];
    }
  /** The lowest validation loss of the stage so far, and the branches that gave it. */
  | {
      readonly type: 'best';
      readonly stage: number;
      readonly step: number;
      /** Token mean over the validation records of the kinds that the stage trains on. */
      readonly loss: number;
      readonly branches: Uint8Array<ArrayBuffer>;
      readonly snapshot: Snapshot;
    }
  | {
      readonly type: 'growth';
      readonly point: GrowthPoint;
      /** Choices counted since the stage began. */
      readonly routing: readonly RoutingCounts[];
    }
  | {
      readonly type: 'checkpoint';
      readonly data: Uint8Array<ArrayBuffer>;
      readonly stage: number;
      readonly step: number;
    }
  | {
      readonly type: 'stage-end';
      readonly stage: number;
      /** Safetensors of the branch parameters at the end of the stage. */
      readonly branches: Uint8Array<ArrayBuffer>;
      /** Snapshots that exist from now on. */
      readonly snapshots: readonly Snapshot[];
      readonly routing: readonly RoutingCounts[];
    }
  | { readonly type: 'done'; readonly snapshots: readonly Snapshot[] };
