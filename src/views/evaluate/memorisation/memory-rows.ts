/** What a run remembers, as panels of a figure and rows of a table. Pure. */
import type { DataKind } from '../../../contract/data.ts';
import type { RunMemory, StateMemory } from '../../../contract/memorisation.ts';
import { exposureByChance } from '../../../studio/evaluation/memorisation.ts';

/** The figure after a colon of a state, as it is drawn: a mean with its interval. */
type Figure = NonNullable<StateMemory['planted']>;

export interface PanelLine {
  /** How often the canaries were planted; null of a line that is alone. */
  readonly times: number | null;
  /** By state; null where a state has none. */
  readonly points: readonly (Figure | null)[];
}

export interface MemoryPanel {
  readonly what: 'membership' | 'extraction' | DataKind;
  readonly lines: readonly PanelLine[];
  /** What is reached without any memory; null where that is not known. */
  readonly chance: number | null;
  /** Values with a line and a number, from the lowest to the highest that is drawn. */
  readonly ticks: readonly number[];
}

/** Every measure that has figures, each over all states. */
export function memoryPanels({ states, references, heldOut, continued }: RunMemory): MemoryPanel[] {
  return [
    ...(['knowledge', 'alignment'] as const).flatMap((kind) =>
      exposurePanel(states, kind, references),
    ),
    ...(heldOut > 0 ? [membershipPanel(states)] : []),
    ...(continued > 0 ? [extractionPanel(states)] : []),
  ];
}

function exposurePanel(
  states: RunMemory['states'],
  kind: DataKind,
  references: number | null,
): MemoryPanel[] {
  const own = states.map(({ exposures }) => exposures.filter((one) => one.kind === kind));
  const times = [...new Set(own.flat().map((one) => one.times))].sort((a, b) => a - b);
  if (times.length === 0 || references === null) return [];
  return [
    {
      what: kind,
      chance: exposureByChance(references),
      ticks: ticksOf(0, Math.log2(references + 1), 1),
      lines: times.map((count) => ({
        times: count,
        points: own.map((all) => all.find((one) => one.times === count)?.bits ?? null),
      })),
    },
  ];
}

function membershipPanel(states: RunMemory['states']): MemoryPanel {
  const points = states.map(({ membership }) => membership?.auc ?? null);
  const lowest = Math.min(0.4, ...endsOf(points));
  return {
    ...{ what: 'membership', lines: [{ times: null, points }], chance: 0.5 },
    ticks: ticksOf(Math.floor(lowest * 10) / 10, 1, 0.1),
  };
}

function extractionPanel(states: RunMemory['states']): MemoryPanel {
  const points = states.map(({ extraction }) => extraction?.matched ?? null);
  const high = Math.max(5, ...endsOf(points));
  return {
    ...{ what: 'extraction', lines: [{ times: null, points }] },
    // The base, which has read none of the records, writes as much of them by itself.
    chance: points[0]?.value ?? null,
    ticks: ticksOf(0, Math.ceil(high / 5) * 5, Math.ceil(high / 5)),
  };
}

/** From `low` to the first that reaches `high`. */
function ticksOf(low: number, high: number, step: number): number[] {
  const count = Math.ceil((high - low) / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => low + i * step);
}

const endsOf = (points: readonly (Figure | null)[]): number[] =>
  points.flatMap((point) =>
    point ? [point.interval?.low ?? point.value, point.interval?.high ?? point.value] : [],
  );

/** Tokens of a match that the table counts. */
export const counted = 10;

/** A state as the table shows it. */
export interface MemoryRow {
  readonly snapshot: string;
  readonly planted: Figure | null;
  readonly controls: Figure | null;
  readonly auc: Figure | null;
  readonly truePositives: Figure | null;
  readonly matched: Figure | null;
  readonly share: { readonly records: number; readonly greedy: number; readonly of: number } | null;
}

export function memoryRows({ states }: Pick<RunMemory, 'states'>): MemoryRow[] {
  return states.map(({ snapshot, exposures, planted, membership, extraction }) => {
    const controls = exposures.filter(({ times }) => times === 0);
    const canaries = controls.reduce((sum, one) => sum + one.canaries, 0);
    const mean = controls.reduce((sum, one) => sum + one.canaries * one.bits.value, 0) / canaries;
    return {
      ...{ snapshot, planted },
      controls: canaries > 0 ? { value: mean, interval: null } : null,
      auc: membership?.auc ?? null,
      truePositives: membership?.truePositives ?? null,
      matched: extraction?.matched ?? null,
      share: extraction?.shares.find(({ tokens }) => tokens === counted) ?? null,
    };
  });
}
