/** Facts that follow from the list of runs: which run is meant, how far it is, how to find it again. */
import type { DataKind, DataSetSummary } from '../../contract/data.ts';
import type { RunState, RunSummary, Snapshot } from '../../contract/runs.ts';
import type { RunsState } from './runs.ts';

const activeStates: ReadonlySet<RunState> = new Set([
  'preparing',
  'running',
  'reopening',
  'paused',
  'finalising',
]);

/** Whether a run holds the device, so that no other can start. */
export function isActive({ state }: Pick<RunSummary, 'state'>): boolean {
  return activeStates.has(state);
}

/** Whether a run has steps left, whether it goes on now or was interrupted. */
export function isUnfinished({ state }: Pick<RunSummary, 'state'>): boolean {
  return activeStates.has(state) || state === 'interrupted';
}

/** Whether a run has ended and left its results: at its last step, or where a person stopped it. */
export function isOver({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'done' || state === 'stopped';
}

/** Whether a run was handed off, and does not go on here since. */
export function isHandedOff({
  state,
  handedOff,
}: Pick<RunSummary, 'state'> & { readonly handedOff?: number | null | undefined }): boolean {
  return state === 'interrupted' && typeof handedOff === 'number';
}

/** The states as a person knows them. */
export type ShownState = RunState | 'handed-off';

/** A run that was paused is paused after a reload, too; one that trains elsewhere only waits here. */
export function shownState({
  state,
  paused,
  error,
  handedOff,
}: Pick<RunSummary, 'state' | 'paused' | 'error' | 'handedOff'>): ShownState {
  if (isHandedOff({ state, handedOff })) return 'handed-off';
  return state === 'interrupted' && paused === true && error === null ? 'paused' : state;
}

/** Whether any set of a run was of this kind, as far as its sets are known: one that is gone may have been. */
export function tookPart(
  { dataSetIds, origin }: Pick<RunSummary, 'dataSetIds' | 'origin'>,
  sets: readonly Pick<DataSetSummary, 'id' | 'kind'>[],
  kind: DataKind,
): boolean {
  return dataSetIds.some((id, place) => {
    const set = origin?.dataSets[place] ?? sets.find((one) => one.id === id);
    return set === undefined || set.kind === kind;
  });
}

type Runs = Pick<RunsState, 'runs' | 'selectedId'>;

/** The run that holds the device. */
export function activeRun({ runs }: Pick<Runs, 'runs'>): RunSummary | null {
  return runs.find(isActive) ?? null;
}

/** The run that computes; one that is paused keeps its memory, but not the device. */
export function computingRun({ runs }: Pick<Runs, 'runs'>): RunSummary | null {
  return runs.find((run) => isActive(run) && run.state !== 'paused') ?? null;
}

/** The run that is looked at: the chosen one, else the active one, else the newest. */
export function selectedRun({ runs, selectedId }: Runs): RunSummary | null {
  return runs.find(({ id }) => id === selectedId) ?? activeRun({ runs }) ?? runs[0] ?? null;
}

/** Runs that a reload or a crash interrupted and that can go on from a checkpoint. */
export function resumableRuns({ runs }: Pick<Runs, 'runs'>): RunSummary[] {
  return runs.filter(
    (run) => run.state === 'interrupted' && run.checkpoint !== null && !isHandedOff(run),
  );
}

/** Optimiser steps done and planned, all stages together. */
export function runProgress(run: Pick<RunSummary, 'stages'>): {
  readonly done: number;
  readonly total: number;
} {
  return run.stages.reduce(
    (sum, { stepsDone, steps }) => ({ done: sum.done + stepsDone, total: sum.total + steps }),
    { done: 0, total: 0 },
  );
}

/** Index of the stage under way: the first with steps left; the last when all are done. */
export function currentStage({ stages }: Pick<RunSummary, 'stages'>): number {
  const index = stages.findIndex(({ stepsDone, steps }) => stepsDone < steps);
  return index < 0 ? stages.length - 1 : index;
}

/** A name for a run that no other run has: "Quick look 3". */
export function nextRunName(recipeName: string, runs: readonly Pick<RunSummary, 'name'>[]): string {
  const taken = new Set(runs.map(({ name }) => name));
  if (!taken.has(recipeName)) return recipeName;
  let number = 2;
  while (taken.has(`${recipeName} ${number}`)) number += 1;
  return `${recipeName} ${number}`;
}

/** Snapshots of a run, without the base model. */
export function trainedSnapshots(run: Pick<RunSummary, 'snapshots'>): Snapshot[] {
  return run.snapshots.filter(({ id }) => id !== 'base');
}

/** Every tag in use, most frequent first. */
export function tagsInUse({ runs }: Pick<RunsState, 'runs'>): string[] {
  const counts = new Map<string, number>();
  for (const tag of runs.flatMap(({ tags = [] }) => tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}

/** Runs that carry the tag, if one is asked for, and have every word in their name, notes, tags, recipe or model. */
export function findRuns(
  runs: readonly RunSummary[],
  words: string,
  tag: string | null,
): RunSummary[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    const { name, notes = '', tags = [], recipe, modelName } = run;
    if (tag !== null && !tags.includes(tag)) return false;
    const text = [name, notes, ...tags, recipe.name, modelName].join('\n').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
