/**
 * What the Noise Aggregator holds: losses of a stage's records with it and without it, and what their difference goes
 * with. Pure.
 */
import { meanInterval, type MeanInterval } from '../statistics/mean-interval.ts';
import { rankCorrelation, type RankInterval } from '../statistics/rank-correlation.ts';

/** Losses of records, column by column: record i has the i-th entry of each. */
export interface AuditedRecords {
  /** Place of the record's data set among those of the run, and its row there. */
  readonly dataSet: Uint32Array;
  readonly row: Uint32Array;
  /** Index into the names of the tasks. */
  readonly task: Uint32Array;
  /** Tokens that the loss is over. */
  readonly targets: Uint32Array;
  /** Mean −log p per target token with the Noise Aggregator beside the Knowledge Aggregator, and without it. */
  readonly withNoise: Float32Array;
  readonly without: Float32Array;
  /** How many other measured records are nearly the same. */
  readonly repeats: Uint32Array;
  /** How often the record was planted, where it is a canary; 0 for every other. */
  readonly planted: Uint32Array;
}

/** Records of one kind: how many, and their mean losses. */
export interface LossFigures {
  readonly records: number;
  readonly withNoise: number;
  readonly without: number;
  /** Loss without minus loss with: what the Noise Aggregator takes away. Null of a single record. */
  readonly held: MeanInterval | null;
}

export interface NoiseAuditFigures {
  /** Records with finite losses; the others are in no figure. */
  readonly all: LossFigures;
  readonly notFinite: number;
  /** By place of their task among the names, the most held first. */
  readonly byTask: readonly (LossFigures & { readonly task: number })[];
  /** Rank correlation of what is held with the length in target tokens. */
  readonly length: RankInterval | null;
  /** Records that are nearly the same as another measured one, and those that stand alone. */
  readonly repeated: LossFigures;
  readonly single: LossFigures;
  /** Canaries by how often they were planted, the rarest first; none where none was measured. */
  readonly canaries: readonly (LossFigures & { readonly times: number })[];
}

/** What the Noise Aggregator takes from the loss of each record, in nats per target token. */
export function heldByNoise({ withNoise, without }: AuditedRecords): Float64Array {
  return Float64Array.from(without, (loss, i) => loss - (withNoise[i] ?? Number.NaN));
}

/** Places of the records with finite losses, those of which most is held first; equal ones in their own order. */
export function rankedByHeld(audited: AuditedRecords): Uint32Array {
  const held = heldByNoise(audited);
  const finite = Uint32Array.from(held.keys()).filter((place) => Number.isFinite(held[place]));
  return finite.sort((one, other) => (held[other] ?? 0) - (held[one] ?? 0) || one - other);
}

/** Places of the share of records of which most is held, at least one; none where there is no record. */
export function noisiest(audited: AuditedRecords, share: number): Uint32Array {
  const ranked = rankedByHeld(audited);
  return ranked.subarray(0, Math.max(1, Math.round(ranked.length * share)));
}

export function noiseAuditFigures(audited: AuditedRecords): NoiseAuditFigures {
  const places = [...rankedByHeld(audited)];
  const held = heldByNoise(audited);
  const byTask = grouped(places, audited.task);
  const byTimes = grouped(places, audited.planted);
  byTimes.delete(0);
  const isRepeated = (place: number): boolean => (audited.repeats[place] ?? 0) > 0;
  return {
    all: figuresOf(audited, places),
    notFinite: held.length - places.length,
    byTask: [...byTask]
      .map(([task, own]) => ({ task, ...figuresOf(audited, own) }))
      .sort((one, other) => meanHeld(other) - meanHeld(one)),
    length: rankCorrelation(
      places.map((place) => held[place] ?? Number.NaN),
      places.map((place) => audited.targets[place] ?? 0),
    ),
    repeated: figuresOf(audited, places.filter(isRepeated)),
    single: figuresOf(
      audited,
      places.filter((place) => !isRepeated(place)),
    ),
    canaries: [...byTimes]
      .sort(([one], [other]) => one - other)
      .map(([times, own]) => ({ times, ...figuresOf(audited, own) })),
  };
}

/** Places by what a column holds for them. */
function grouped(places: readonly number[], column: Uint32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const place of places) {
    const value = column[place] ?? 0;
    const own = groups.get(value);
    if (own) own.push(place);
    else groups.set(value, [place]);
  }
  return groups;
}

/** Mean losses of the records at these places. */
export function figuresOf(audited: AuditedRecords, places: readonly number[]): LossFigures {
  const mean = (losses: Float32Array): number =>
    places.reduce((sum, place) => sum + (losses[place] ?? Number.NaN), 0) / places.length;
  const held = places.map(
    (place) => (audited.without[place] ?? Number.NaN) - (audited.withNoise[place] ?? Number.NaN),
  );
  return {
    records: places.length,
    withNoise: mean(audited.withNoise),
    without: mean(audited.without),
    held: meanInterval(held),
  };
}

function meanHeld({ withNoise, without }: LossFigures): number {
  return without - withNoise;
}
