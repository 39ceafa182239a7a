/** What each state of a run remembers, with intervals over canaries and records, and what dropping a branch changes. */
import type { DataKind } from '../../../formats/records/record-types.ts';
import {
  bootstrapDraws,
  differenceOfDraws,
  drawer,
  percentileInterval,
} from '../statistics/bootstrap.ts';
import type { Estimate } from '../trust/calibration-report.ts';
import {
  exposure,
  membershipAuc,
  truePositiveRateAt,
  type MembershipScores,
} from '../trust/memorisation.ts';
import { exposureByChance } from './canary-plan.ts';
import { FALSE_POSITIVES, MATCHES, type StateMeasures } from './report.ts';

/** A canary as it was measured: the kind of data that it stood among, and how often it was trained on. */
export interface PlantedCanary {
  readonly kind: DataKind;
  /** 0 for controls. */
  readonly times: number;
}

export interface ExposureEstimate extends PlantedCanary {
  readonly canaries: number;
  /** Mean exposure, in bits. */
  readonly bits: Estimate;
}

/** Records of which at least so many tokens came word for word. */
export interface ReproducedShare {
  readonly tokens: number;
  readonly records: number;
  /** By the greedy continuation alone. */
  readonly greedy: number;
  /** Records long enough. */
  readonly of: number;
}

export interface StateMemory {
  /** None where no canary was planted. */
  readonly exposures: readonly ExposureEstimate[];
  /** Mean exposure of all canaries that were trained on; null where none was. */
  readonly planted: Estimate | null;
  /** Null of the base, which the others are compared with, and where no record was held out. */
  readonly membership: { readonly auc: Estimate; readonly truePositives: Estimate } | null;
  /** Null where no record is long enough to be continued. */
  readonly extraction: {
    readonly records: number;
    /** Mean of the longest matches, in tokens. */
    readonly matched: Estimate;
    readonly shares: readonly ReproducedShare[];
  } | null;
}

/** The ways in which memory is measured. */
export const MEMORY_MEASURES = ['exposure', 'membership', 'extraction'] as const;
export type MemoryMeasure = (typeof MEMORY_MEASURES)[number];

/**
 * What dropping changed. `none-remembered`: nothing shows that the state before remembered anything. `none-seen`: it
 * did, and no change shows. `mixed`: less by one measure, more by another.
 */
export const DROP_SAYS = ['none-remembered', 'none-seen', 'less', 'more', 'mixed'] as const;
export type DropSays = (typeof DROP_SAYS)[number];

/** One measure before and after; its change is paired by canary and record. */
export interface MeasureChange {
  readonly measure: MemoryMeasure;
  /** Whether the state before remembered, and the state after still does: beyond chance, or the base. */
  readonly before: boolean;
  readonly after: boolean;
  readonly change: Estimate;
}

export interface DropChange {
  readonly changes: readonly MeasureChange[];
  readonly says: DropSays;
}

/** What was measured of one state, beside the base and the facts that all states share. */
export interface MeasuredState {
  readonly canaries: readonly PlantedCanary[];
  readonly references: number;
  readonly state: StateMeasures;
  /** Undefined where the state is the base. */
  readonly base?: StateMeasures | undefined;
  readonly seed: number;
}

export function memoryOf(measured: MeasuredState): StateMemory {
  const { state, seed } = measured;
  const scores = gains(measured);
  const auc = scores && estimate(drawsOfPairs(scores, seed, aucOf), aucOf(scores));
  const told = scores && estimate(drawsOfPairs(scores, seed, toldOf), toldOf(scores));
  const matches = state.extractions.map(({ matched }) => matched);
  return {
    exposures: exposureGroups(measured),
    planted: plantedOf(measured),
    membership: auc && told && { auc, truePositives: told },
    extraction:
      matches.length === 0
        ? null
        : {
            records: matches.length,
            matched: meanEstimate(matches, 'matches', seed),
            shares: MATCHES.map((tokens) => ({
              tokens,
              records: state.extractions.filter(({ matched }) => matched >= tokens).length,
              greedy: state.extractions.filter(({ greedy }) => greedy >= tokens).length,
              of: state.extractions.filter((one) => one.tokens >= tokens).length,
            })),
          },
  };
}

/** What changed between two states of a run that were measured on the same canaries and records. */
export function dropChange(
  before: MeasuredState,
  after: MeasuredState,
  base: StateMeasures,
): DropChange {
  const changes = [
    exposureChange(before, after),
    membershipChange(before, after),
    extractionChange(before, after, base),
  ].flatMap((change) => change ?? []);
  return { changes, says: saidOf(changes) };
}

function saidOf(changes: readonly MeasureChange[]): DropSays {
  const remembered = changes.filter(({ before }) => before);
  if (remembered.length === 0) return 'none-remembered';
  const less = remembered.some(({ change: { interval } }) => interval && interval.high < 0);
  const more = remembered.some(({ change: { interval } }) => interval && interval.low > 0);
  if (less && more) return 'mixed';
  if (less) return 'less';
  return more ? 'more' : 'none-seen';
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means of draws with replacement; the draws follow from name, number and seed alone. */
function meanDraws(values: readonly number[], name: string, seed: number): Float64Array {
  const draw = drawer(values.length, name, seed);
  return Float64Array.from({ length: bootstrapDraws }, (_, round) => {
    let sum = 0;
    for (const place of draw(round)) sum += values[place] ?? 0;
    return sum / values.length;
  });
}

function estimate(draws: Float64Array | null, value: number | null): Estimate | null {
  if (draws === null || value === null) return null;
  return { value, interval: percentileInterval(draws) };
}

function meanEstimate(values: readonly number[], name: string, seed: number): Estimate {
  const interval = values.length < 2 ? null : percentileInterval(meanDraws(values, name, seed));
  return { value: meanOf(values), interval };
}

/** Exposure of each canary, in bits; NaN where a loss is none. */
function bitsOf({ state }: Pick<MeasuredState, 'state'>): number[] {
  return state.canaries.map(({ nll, references }) => {
    const bits = exposure(nll, references);
    return bits.ok ? bits.value : Number.NaN;
  });
}

/** The exposures of the canaries that were trained on; null where none was, or one is not a number. */
function plantedBits(measured: MeasuredState): number[] | null {
  const bits = bitsOf(measured).filter((_, i) => (measured.canaries[i]?.times ?? 0) > 0);
  return bits.length > 0 && bits.every((value) => Number.isFinite(value)) ? bits : null;
}

function plantedOf(measured: MeasuredState): Estimate | null {
  const bits = plantedBits(measured);
  return bits && meanEstimate(bits, 'planted', measured.seed);
}

function exposureGroups(measured: MeasuredState): ExposureEstimate[] {
  const bits = bitsOf(measured);
  const groups = new Map<string, { readonly about: PlantedCanary; readonly own: number[] }>();
  measured.canaries.forEach(({ kind, times }, i) => {
    const key = `${kind} ${times}`;
    const group = groups.get(key) ?? { about: { kind, times }, own: [] };
    group.own.push(bits[i] ?? Number.NaN);
    groups.set(key, group);
  });
  return [...groups]
    .filter(([, { own }]) => own.every((value) => Number.isFinite(value)))
    .map(([name, { about, own }]) => ({
      ...{ ...about, canaries: own.length },
      bits: meanEstimate(own, `exposure ${name}`, measured.seed),
    }))
    .sort((a, b) => (a.kind < b.kind ? 1 : a.kind > b.kind ? -1 : a.times - b.times));
}

/** Losses under the base less those under the state; null where there is nothing to compare. */
function gains({ state, base }: MeasuredState): MembershipScores | null {
  if (!base) return null;
  const of = (which: 'members' | 'nonMembers'): number[] =>
    state[which].map((loss, i) => (base[which][i] ?? Number.NaN) - loss);
  const scores = { members: of('members'), nonMembers: of('nonMembers') };
  return membershipAuc(scores).ok ? scores : null;
}

const valueOf = (outcome: ReturnType<typeof membershipAuc>): number =>
  outcome.ok ? outcome.value : Number.NaN;
const aucOf = (scores: MembershipScores): number => valueOf(membershipAuc(scores));
const toldOf = (scores: MembershipScores): number =>
  valueOf(truePositiveRateAt(scores, FALSE_POSITIVES));

/** A figure over draws of members and, apart, of records never seen. */
function drawsOfPairs(
  { members, nonMembers }: MembershipScores,
  seed: number,
  figure: (scores: MembershipScores) => number,
): Float64Array {
  const [inside, outside] = [
    drawer(members.length, 'members', seed),
    drawer(nonMembers.length, 'held out', seed),
  ];
  const taken = (values: readonly number[], places: Uint32Array): number[] =>
    Array.from(places, (place) => values[place] ?? Number.NaN);
  return Float64Array.from({ length: bootstrapDraws }, (_, round) =>
    figure({
      members: taken(members, inside(round)),
      nonMembers: taken(nonMembers, outside(round)),
    }),
  );
}

/** Whether all draws but one in forty lie above a value. */
const above = (draws: Float64Array, value: number): boolean => {
  const interval = percentileInterval(draws);
  return interval !== null && interval.low > value;
};

function exposureChange(before: MeasuredState, after: MeasuredState): MeasureChange | null {
  const [one, other] = [plantedBits(before), plantedBits(after)];
  if (!one || !other || one.length < 2) return null;
  const { seed } = before;
  const [a, b] = [meanDraws(one, 'planted', seed), meanDraws(other, 'planted', seed)];
  const chance = exposureByChance(before.references);
  return {
    ...{ measure: 'exposure', before: above(a, chance), after: above(b, chance) },
    change: changeOf(a, b, meanOf(other) - meanOf(one)),
  };
}

function membershipChange(before: MeasuredState, after: MeasuredState): MeasureChange | null {
  const [one, other] = [gains(before), gains(after)];
  if (!one || !other) return null;
  const { seed } = before;
  const [a, b] = [drawsOfPairs(one, seed, aucOf), drawsOfPairs(other, seed, aucOf)];
  return {
    ...{ measure: 'membership', before: above(a, 0.5), after: above(b, 0.5) },
    change: changeOf(a, b, aucOf(other) - aucOf(one)),
  };
}

function extractionChange(
  { state: before, seed }: MeasuredState,
  { state: after }: MeasuredState,
  base: StateMeasures,
): MeasureChange | null {
  const matched = ({ extractions }: StateMeasures): number[] =>
    extractions.map((one) => one.matched);
  const [none, one, other] = [matched(base), matched(before), matched(after)];
  if (one.length < 2) return null;
  const [start, a, b] = [none, one, other].map((values) => meanDraws(values, 'matches', seed));
  if (!start || !a || !b) return null;
  return {
    measure: 'extraction',
    before: above(differenceOfDraws(start, a), 0),
    after: above(differenceOfDraws(start, b), 0),
    change: changeOf(a, b, meanOf(other) - meanOf(one)),
  };
}

function changeOf(before: Float64Array, after: Float64Array, value: number): Estimate {
  return { value, interval: percentileInterval(differenceOfDraws(before, after)) };
}
