/** What page and worker say about experts: routing, scores by forced pair, growth of branches. */
import type { RoutedScore, RoutedTaskScore } from '../../engine/evaluation/routing-pairs.ts';
import type {
  BranchNorms,
  BranchOverlap,
  GrowthPoint,
  LinearGrowth,
} from '../../engine/training/stage/branch-growth.ts';
import type { RoutingReport, RoutingTrace } from '../protocol.ts';

export type { BranchNorms, BranchOverlap, GrowthPoint, LinearGrowth, RoutedScore, RoutedTaskScore };

/** Choices of the whole stage so far, of its first part or of its last, as growth was measured. */
export type RoutingPart = 'whole' | 'first' | 'last';

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
  /** Pairs measured so far, in the order of pairs; the rest can be taken up at any time. */
  readonly pairs: readonly RoutedScore[];
}

export interface GrowthReport {
  readonly runId: string;
  /** In the order of training. */
  readonly points: readonly GrowthPoint[];
  /** Stages of which only the end is known: they were trained before growth was recorded. */
  readonly endsOnly: readonly number[];
}

export interface ExpertCalls {
  'experts.report': {
    in: { runId: string; part?: RoutingPart };
    out: RoutingReport;
  };
  'experts.trace': { in: { runId: string; text: string }; out: RoutingTrace };
  /** A record of a set as the run reads it, through the model's template. */
  'experts.traceRecord': {
    in: { runId: string; dataSetId: string; index: number };
    out: RoutingTrace;
  };
  'experts.growth': { in: { runId: string }; out: GrowthReport };
  'experts.pairEvaluations': { in: { runId: string }; out: readonly PairEvaluation[] };
  /** Begins a new evaluation; each pair is stored and told of as `experts.pairs` when it is done. */
  'experts.scorePairs': {
    in: { runId: string; files: readonly File[]; maxItems: number; task: string };
    out: PairEvaluation;
  };
  /** Goes on with the pairs that are missing. */
  'experts.resumePairs': { in: { runId: string; id: string; task: string }; out: PairEvaluation };
  'experts.removePairs': { in: { runId: string; id: string }; out: null };
}

/** A pair was measured, or the evaluation begun. */
export interface PairsEvent {
  readonly type: 'experts.pairs';
  readonly evaluation: PairEvaluation;
}
