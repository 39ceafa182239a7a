/** Canaries for the next run: planted as marked sets among those that train, and taken out again. */
import { create } from 'zustand';
import { usualPlan } from '../../engine/evaluation/memorisation/canary-plan.ts';
import type { CanaryMark, DataKind, DataSetSummary } from '../../contract/data.ts';
import { asStudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import { orShowError } from '../or-show-error.ts';
import { useQueue } from '../queue/page-queue.ts';
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

/** The planting that is under way, which fields show before it is done; null while none is. */
export const useCanaries = create<{ readonly wanted: CanaryPlanting | null }>()(() => ({
  wanted: null,
}));

let last: Promise<unknown> = Promise.resolve();

/** One change after the other. */
function inTurn(act: () => Promise<void>): Promise<void> {
  const done = last.then(() => orShowError(useDataSets.setState, act));
  last = done;
  return done;
}

/** Plants canaries for the next run; they take the place of those planted before, and a later planting of theirs. */
export function plantCanaries(planting: CanaryPlanting, names: CanaryNames): Promise<void> {
  useCanaries.setState({ wanted: planting });
  const isWanted = (): boolean => useCanaries.getState().wanted === planting;
  return inTurn(async () => {
    if (!isWanted()) return;
    try {
      await plantNow(planting, names);
    } finally {
      if (isWanted()) useCanaries.setState({ wanted: null });
    }
  });
}

async function plantNow(planting: CanaryPlanting, names: CanaryNames): Promise<void> {
  await takeOut();
  const { others } = plantedSets(useDataSets.getState());
  if (others.length === 0) return;
  const dataSetIds = others.map(({ id }) => id);
  const made = await worker.call('memorisation.plant', { dataSetIds, names, ...planting });
  await useDataSets.getState().load();
  for (const { id } of made) useDataSets.getState().setUsed(id, true);
}

/** Leaves canaries out of the next run. */
export function unplantCanaries(): Promise<void> {
  useCanaries.setState({ wanted: null });
  return inTurn(takeOut);
}

/** Takes canaries out of the next run. */
async function takeOut(): Promise<void> {
  const { setUsed } = useDataSets.getState();
  for (const { id } of plantedSets(useDataSets.getState()).planted) setUsed(id, false);
  await removeUnneeded();
}

/** Milliseconds after which a set that was still being read is tried again. */
const TRY_AGAIN_MS = 1000;
let again: ReturnType<typeof setTimeout> | undefined;

/** Removes every set of canaries on which neither the next run trains, nor one that is here or waits. */
async function removeUnneeded(): Promise<void> {
  const { load } = useDataSets.getState();
  const next = plantedSets(useDataSets.getState()).planted.map(({ id }) => id);
  const { runs } = useRuns.getState();
  const waiting = useQueue.getState().waiting.flatMap((work) => (work.kind === 'run' ? work : []));
  const needed = new Set([...next, ...[...runs, ...waiting].flatMap((run) => run.dataSetIds)]);
  const unneeded = useDataSets
    .getState()
    .sets.filter(({ id, canaries }) => canaries && !needed.has(id));
  let left = unneeded.length;
  for (const { id } of unneeded) {
    try {
      await worker.call('data.remove', { id });
      left -= 1;
    } catch (thrown) {
      if (asStudioError(thrown).code !== 'data-set-in-use') throw thrown;
    }
  }
  if (left < unneeded.length) await load();
  clearTimeout(again);
  if (left > 0) again = setTimeout(() => void inTurn(removeUnneeded), TRY_AGAIN_MS);
}
