/** Hands a run off, to be trained elsewhere, and knows what came of it. */
import type { BundleSize, HandedOff, HandOffSource } from '../../contract/handoff.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { worker } from '../../worker/client.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

export type { HandOffSource };

/** Makes the bundle of a run, which the person then saves. */
export function handOff(
  source: HandOffSource,
  withRecords: boolean,
  onStarted: (task: string) => void,
): Promise<TaskOutcome<HandedOff>> {
  return runTask((task) => worker.call('handoff.build', { source, withRecords, task }), onStarted);
}

/** How large its bundle will be. */
export function sizeOfBundle(source: HandOffSource): Promise<TaskOutcome<BundleSize>> {
  return runTask((task) => worker.call('handoff.size', { source, task }));
}

/** Whether a run has steps left that can be trained elsewhere. */
export function canBeHandedOff({ state, checkpoint }: Pick<RunSummary, 'state' | 'checkpoint'>) {
  return checkpoint !== null && ['paused', 'interrupted', 'failed'].includes(state);
}

/** The runs that came back of one that was handed off, newest first. */
export function cameBack(runs: readonly RunSummary[], id: string): readonly RunSummary[] {
  return runs.filter(({ cameFrom }) => cameFrom === id);
}
