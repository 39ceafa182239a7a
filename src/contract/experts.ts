/** What page and worker say about experts: routing, scores by forced pair, growth of branches. */
import { z } from 'zod';
import type {
  AuditedRecords,
  LossFigures,
  NoiseAuditFigures,
} from '../engine/evaluation/noise-audit/noise-audit.ts';
import type { RoutedScore, RoutedTaskScore } from '../engine/evaluation/routing-pairs.ts';
import type { Projection } from '../engine/model/projections.ts';
import type { RoutingCounts } from '../engine/training/run/run-events.ts';
import type {
  BranchNorms,
  BranchOverlap,
  GrowthPoint,
  LinearGrowth,
} from '../engine/training/stage/branch-growth.ts';
import { knownColumns, type DataSetSummary } from './data.ts';
import { takes } from './call.ts';
import { loadingState, preparing, readingQuestions, readingRows } from './faults.ts';
import { count, files, id, task } from './fields.ts';

export type {
  BranchNorms,
  BranchOverlap,
  GrowthPoint,
  LinearGrowth,
  RoutedScore,
  RoutedTaskScore,
  RoutingCounts,
};

export interface RoutingReport {
  readonly runId: string;
  readonly experts: number;
  readonly active: number;
  readonly counts: readonly RoutingCounts[];
  /** The counted steps, where they are not the whole stage. */
  readonly steps: { readonly from: number; readonly to: number } | null;
  /** Whether the beginning and the end of the stage were counted separately. */
  readonly hasParts: boolean;
}

/** A text token by token: for every mixture linear the chosen experts and weights. */
export interface RoutingTrace {
  readonly tokens: readonly string[];
  readonly experts: number;
  readonly linears: readonly {
    readonly layer: number;
    readonly projection: Projection;
    /** tokens × K */
    readonly experts: readonly number[];
    readonly weights: readonly number[];
  }[];
}

/** Choices of the whole stage so far, of its first part or of its last, as growth was measured. */
const part = z.enum(['whole', 'first', 'last']);
export type RoutingPart = z.infer<typeof part>;

/** Evaluation items scored with routing forced to every pair of experts (figure 4 b); kept with the run. */
export interface PairEvaluation {
  readonly id: string;
  readonly runId: string;
  /** The state of the model with its mixture attached. */
  readonly snapshot: string;
  readonly createdAt: number;
  readonly experts: number;
  /** Names of the files; empty for the questions that come with the studio. */
  readonly files: readonly string[];
  readonly items: number;
  /** Items with a choice among option letters: accuracy is over them. */
  readonly choices: number;
  readonly tasks: readonly string[];
  /** Under the routers' own choices; null until it was measured. */
  readonly routed: RoutedScore | null;
  /** Pairs measured so far, in the order of pairs; the rest can follow at any time. */
  readonly pairs: readonly RoutedScore[];
}

export interface GrowthReport {
  readonly runId: string;
  /** In the order of training. */
  readonly points: readonly GrowthPoint[];
  /** Stages of which only the end is known: they were trained before growth was recorded. */
  readonly endsOnly: readonly number[];
}

/** Losses of the records of the stage that trained the mixture, with it and without it; kept with the run. */
export interface NoiseAudit extends AuditedRecords {
  readonly runId: string;
  readonly createdAt: number;
  /** The state with the mixture beside the shared experts, and the one that follows without it. */
  readonly states: { readonly withNoise: string; readonly without: string };
  /** Ids of the run's data sets; `dataSet` is a place among them. */
  readonly dataSetIds: readonly string[];
  readonly tasks: readonly string[];
  /** Records that the stage trained on; fewer may have been measured. */
  readonly trained: number;
  /** Mean losses of records that the run kept for validation; null where it kept none. */
  readonly heldOut: LossFigures | null;
}

/** The figures of a run's audit, without any of a single record. */
export interface RunNoise extends Omit<NoiseAuditFigures, 'byTask'> {
  readonly measuredAt: number;
  readonly states: NoiseAudit['states'];
  /** Records that the stage trained on. */
  readonly trained: number;
  readonly heldOut: LossFigures | null;
  /** By name of the task, the most held first. */
  readonly byTask: readonly (LossFigures & { readonly task: string })[];
}

export const expertCalls = {
  'experts.report': takes({ runId: id, part: part.exactOptional() })
    .onDevice('stored')
    .fails('run-missing', 'mixture-missing')
    .gives<RoutingReport>(),
  'experts.trace': takes({ runId: id, text: z.string().max(100_000) })
    .onDevice('stored')
    .fails(...loadingState, 'mixture-missing', 'mixture-untrained', 'text-empty')
    .gives<RoutingTrace>(),
  /** A record of a set as the run reads it, through the model's template. */
  'experts.traceRecord': takes({
    runId: id,
    dataSetId: id,
    index: count,
  })
    .onDevice('stored')
    .fails(
      ...loadingState,
      ...readingRows,
      'row-missing',
      'mixture-missing',
      'mixture-untrained',
      'text-empty',
    )
    .gives<RoutingTrace>(),
  'experts.growth': takes({ runId: id })
    .fails('run-missing', 'files', 'weights', 'file-damaged')
    .gives<GrowthReport>(),
};

/** The Noise Aggregator as an auditor of the records. */
export const noiseCalls = {
  /** The audit that is kept with a run; null before the first. */
  'experts.noiseAudit': takes({ runId: id }).fails('run-missing').gives<NoiseAudit | null>(),
  /** Measures records in an order drawn by the run's seed: `maxRecords` of them, or all (0). It replaces an earlier audit. */
  'experts.auditNoise': takes({ runId: id, maxRecords: count, task })
    .onDevice('answers')
    .fails(
      ...loadingState,
      ...preparing,
      'mixture-missing',
      'mixture-untrained',
      'mixture-kept',
      'run-inputs-changed',
    )
    .gives<NoiseAudit>(),
  /** Copies of the run's sets without the share of measured records of which the Noise Aggregator holds most. */
  'experts.leaveOutNoisiest': takes({ runId: id, share: z.number().gt(0).lt(1), task })
    .fails(
      'run-missing',
      'noise-audit-missing',
      'data-set-in-use',
      'storage-changing',
      'cancelled',
      ...readingRows,
    )
    .gives<readonly DataSetSummary[]>(),
};

/** Scores by forced pair. */
export const pairCalls = {
  'experts.pairEvaluations': takes({ runId: id })
    .fails('run-missing')
    .gives<readonly PairEvaluation[]>(),
  /** Begins a new evaluation; each finished pair is stored and reported as `experts.pairs`. */
  'experts.scorePairs': takes({
    runId: id,
    files,
    columns: knownColumns.optional(),
    maxItems: count,
    task,
  })
    .onDevice('answers')
    .fails(...loadingState, ...readingQuestions, 'mixture-missing', 'mixture-untrained')
    .gives<PairEvaluation>(),
  /** Goes on with the pairs that are missing. */
  'experts.resumePairs': takes({ runId: id, id, task })
    .onDevice('answers')
    .fails(...loadingState, 'pairs-missing')
    .gives<PairEvaluation>(),
  'experts.removePairs': takes({ runId: id, id }).gives<null>(),
};
