/** What page and worker say about experts: routing, scores by forced pair, growth of branches. */
import { z } from 'zod';
import type { RoutedScore, RoutedTaskScore } from '../engine/evaluation/routing-pairs.ts';
import type { Projection } from '../engine/model/projections.ts';
import type { RoutingCounts } from '../engine/training/run/run-events.ts';
import type {
  BranchNorms,
  BranchOverlap,
  GrowthPoint,
  LinearGrowth,
} from '../engine/training/stage/branch-growth.ts';
import { knownColumns } from './data.ts';
import { takes } from './call.ts';
import { loadingState, readingQuestions, readingRows } from './faults.ts';
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
