/** Which sets the next run trains on: those that a person ticked, and by default a person's own. */
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { asStrings, readPreference, writePreference } from '../preferences.ts';

/** Sets that a person ticked or unticked, by id. */
export interface Ticks {
  readonly taken: readonly string[];
  readonly left: readonly string[];
}

interface Ticked {
  readonly sets: readonly DataSetSummary[];
  readonly ticks: Ticks;
}

/** Evaluation files measure; they never train. */
const canTrain = ({ shape, records }: DataSetSummary): boolean =>
  shape !== 'evaluation' && records > 0;

/**
 * Sets that the next run trains on: what a person ticked stays ticked, and what they unticked stays out. Of the others
 * a person's own train, and the sample sets only where there is none of their own. Canaries train where they were
 * planted, beside records of their kind.
 */
export function trainingSets({ sets, ticks: { taken, left } }: Ticked): DataSetSummary[] {
  const able = sets.filter(canTrain);
  const own = able.some(({ sample, canaries }) => sample !== true && !canaries);
  const used = able.filter(({ id, sample, canaries }) => {
    if (taken.includes(id) || left.includes(id)) return taken.includes(id);
    return !canaries && (sample !== true || !own);
  });
  const kinds = new Set(used.flatMap(({ kind, canaries }) => (canaries ? [] : [kind])));
  return used.filter(({ kind, canaries }) => !canaries || kinds.has(kind));
}

/** Whether there are sets to train on that this run was not trained on. */
export function hasNewData(sets: Ticked, { dataSetIds }: Pick<RunSummary, 'dataSetIds'>): boolean {
  return trainingSets(sets).some(({ id }) => !dataSetIds.includes(id));
}

/** Sets that could train and do not. */
export function offeredSets(state: Ticked): DataSetSummary[] {
  const used = new Set(trainingSets(state).map(({ id }) => id));
  return state.sets.filter((set) => canTrain(set) && !set.canaries && !used.has(set.id));
}

/** A person's own sets before those that come with the studio. */
export function ownFirst(sets: readonly DataSetSummary[]): DataSetSummary[] {
  return [...sets].sort((a, b) => Number(a.sample === true) - Number(b.sample === true));
}

/** The ticks after one more. The others stay as the person saw them, whatever is brought in later. */
export function ticked(before: Ticked, id: string, used: boolean): Ticks {
  const shown = new Set(trainingSets(before).map((set) => set.id));
  const now = before.sets.filter(canTrain).map((set) => ({
    id: set.id,
    used: set.id === id ? used : shown.has(set.id),
  }));
  const others = (ids: readonly string[]): string[] =>
    ids.filter((known) => !now.some((set) => set.id === known));
  const idsOf = (wanted: boolean): string[] =>
    now.filter((set) => set.used === wanted).map((set) => set.id);
  return {
    taken: [...others(before.ticks.taken), ...idsOf(true)],
    left: [...others(before.ticks.left), ...idsOf(false)],
  };
}

export function keptTicks(): Ticks {
  return {
    taken: readPreference('taken-in', asStrings) ?? [],
    left: readPreference('left-out', asStrings) ?? [],
  };
}

export function keepTicks({ taken, left }: Ticks): void {
  writePreference('taken-in', taken);
  writePreference('left-out', left);
}
