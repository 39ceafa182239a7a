/** Canaries for the next run: planted as marked sets among those that train, and taken out again. */
import { usualPlan } from '../../engine/evaluation/memorisation/planting.ts';
import type { CanaryMark, DataKind, DataSetSummary } from '../../contract/data.ts';
import { worker } from '../../worker/client.ts';
import { orShowError } from '../or-show-error.ts';
import { useRuns } from '../runs/runs.ts';
import { trainingSets, useDataSets } from './data-sets.ts';

/** How canaries are planted. */
export interface CanaryPlanting {
  readonly seed: number;
  readonly times: readonly number[];
  /** Canaries of each number of times, in every kind of data. */
  readonly each: number;
}

/** What names a set of canaries in the page's language. */
export type CanaryNames = Readonly<Record<DataKind, string>>;

const usualSeed = 1;

/** The sets of canaries that the next run trains on, and its other sets. */
export function plantedSets(state: Parameters<typeof trainingSets>[0]): {
  readonly planted: readonly (DataSetSummary & { readonly canaries: CanaryMark })[];
  readonly others: readonly DataSetSummary[];
} {
  const used = trainingSets(state);
  return {
    planted: used.flatMap((set) => (set.canaries ? [{ ...set, canaries: set.canaries }] : [])),
    others: used.filter(({ canaries }) => !canaries),
  };
}

/** The planting that suits these sets. */
export function usualPlanting(sets: readonly DataSetSummary[]): CanaryPlanting {
  const records = sets.reduce((sum, set) => sum + set.records, 0);
  const kinds = new Set(sets.map(({ kind }) => kind)).size;
  return { seed: usualSeed, ...usualPlan(records, kinds) };
}

/** How these canaries were planted. */
export function plantingOf({ seed, times, count }: CanaryMark): CanaryPlanting {
  return { seed, times, each: count / times.length };
}

/** "0, 1, 4" as numbers of times; null where it is none, or would plant nothing. */
export function readTimes(text: string): number[] | null {
  const parts = text.split(/[\s,，、;；]+/).filter((part) => part !== '');
  const times = [...new Set(parts.map(Number))].sort((a, b) => a - b);
  const able = times.every((count) => Number.isInteger(count) && count >= 0 && count <= 100);
  return able && times.length <= 12 && (times.at(-1) ?? 0) > 0 ? times : null;
}

let last: Promise<unknown> = Promise.resolve();

/** One change after the other, so that a later one takes the place of an earlier. */
function inTurn(act: () => Promise<void>): Promise<void> {
  const done = last.then(() => orShowError(useDataSets.setState, act));
  last = done;
  return done;
}

/** Plants canaries for the next run; they take the place of those planted before. */
export function plantCanaries(planting: CanaryPlanting, names: CanaryNames): Promise<void> {
  return inTurn(async () => {
    const { planted, others } = plantedSets(useDataSets.getState());
    if (others.length === 0) return;
    const dataSetIds = others.map(({ id }) => id);
    const made = await worker.call('memorisation.plant', { dataSetIds, names, ...planting });
    await useDataSets.getState().load();
    for (const { id } of made) useDataSets.getState().setUsed(id, true);
    await takeOut(planted.filter(({ id }) => !made.some((set) => set.id === id)));
  });
}

/** Leaves canaries out of the next run. */
export function unplantCanaries(): Promise<void> {
  return inTurn(() => takeOut(plantedSets(useDataSets.getState()).planted));
}

/** Sets that a run was trained on stay, left out; the others are removed. */
async function takeOut(sets: readonly DataSetSummary[]): Promise<void> {
  for (const { id } of sets) {
    const { setUsed, remove } = useDataSets.getState();
    setUsed(id, false);
    const { runs } = useRuns.getState();
    if (!runs.some(({ dataSetIds }) => dataSetIds.includes(id))) await remove(id);
  }
}
