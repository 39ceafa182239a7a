/** From losses and continuations to figures: what one model state remembers, beside the base model. */
import { exposure, membershipAuc, truePositiveRateAt } from '../trust/memorisation.ts';
import type { Outcome } from '../trust/outcome.ts';
import type { Canary } from './canaries.ts';
import type { CanaryLoss, Extraction } from './measure.ts';

/** What was measured of one state. */
export interface StateMeasures {
  readonly canaries: readonly CanaryLoss[];
  /** Mean −log p per target token of records that it trained on, and of records of the same sets that it never saw. */
  readonly members: readonly number[];
  readonly nonMembers: readonly number[];
  readonly extractions: readonly Extraction[];
}

/** Canaries that stood as often among the records. */
export interface ExposureFigure {
  /** 0 for controls, which were never planted. */
  readonly times: number;
  /** Bits, canary by canary; of log2(references + 1) at most. */
  readonly bits: readonly number[];
  readonly mean: number;
}

export interface MembershipFigures {
  /** 0.5 where members look like records never seen. */
  readonly auc: Outcome<number>;
  /** Share of members that are told at one false alarm in a hundred. */
  readonly truePositives: Outcome<number>;
}

/** Records of which at least so many tokens came word for word. */
export interface ExtractedShare {
  readonly tokens: number;
  readonly records: number;
  /** Records whose rest is that long, so that they could. */
  readonly of: number;
}

export interface MemoryFigures {
  readonly exposures: readonly ExposureFigure[];
  /** Null of the base model, which the others are compared with. */
  readonly membership: MembershipFigures | null;
  readonly extracted: readonly ExtractedShare[];
  /** Tokens of the longest match of each record, in their order. */
  readonly longest: readonly number[];
}

export const FALSE_POSITIVES = 0.01;
/** Lengths of matches that are counted, in tokens. */
export const MATCHES = [5, 10, 20, 50] as const;

/** @param base measures of the base model on the same canaries and records; undefined where the state is the base */
export function memoryFigures(
  canaries: readonly Canary[],
  state: StateMeasures,
  base?: StateMeasures,
): MemoryFigures {
  return {
    exposures: exposuresOf(canaries, state.canaries),
    membership: base ? membershipOf(state, base) : null,
    extracted: MATCHES.map((tokens) => ({
      tokens,
      records: state.extractions.filter(({ matched }) => matched >= tokens).length,
      of: state.extractions.filter((one) => one.tokens >= tokens).length,
    })),
    longest: state.extractions.map(({ matched }) => matched),
  };
}

/** Exposures by how often canaries were planted; `losses` are theirs, in their order. */
export function exposuresOf(
  canaries: readonly Canary[],
  losses: readonly CanaryLoss[],
): ExposureFigure[] {
  const byTimes = new Map<number, number[]>();
  canaries.forEach(({ times }, i) => {
    const loss = losses[i];
    if (!loss) return;
    const bits = exposure(loss.nll, loss.references);
    byTimes.set(times, [...(byTimes.get(times) ?? []), bits.ok ? bits.value : Number.NaN]);
  });
  return [...byTimes]
    .sort(([one], [other]) => one - other)
    .map(([times, bits]) => ({
      times,
      bits,
      mean: bits.reduce((sum, value) => sum + value, 0) / bits.length,
    }));
}

function membershipOf(state: StateMeasures, base: StateMeasures): MembershipFigures {
  const gained = (of: 'members' | 'nonMembers'): number[] =>
    state[of].map((loss, i) => (base[of][i] ?? Number.NaN) - loss);
  const scores = { members: gained('members'), nonMembers: gained('nonMembers') };
  return {
    auc: membershipAuc(scores),
    truePositives: truePositiveRateAt(scores, FALSE_POSITIVES),
  };
}
