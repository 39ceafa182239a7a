/** Decides when the growth of a stage's branches is measured, and reports it as an event of the run. */
import { unpackParameters } from '../../branches/parameters.ts';
import { branchGrowth } from './branch-growth.ts';
import { routingCounts } from './routing-counts.ts';
import type { RunEvent } from '../run/run-events.ts';
import type { StageTrainer } from './stage-trainer.ts';

/** Points within a stage, its beginning and end not counted. */
const pointsWithin = 8;

/** Whether growth is measured after `done` of `total` steps of a stage. */
export function growthDue(done: number, total: number): boolean {
  if (done <= 0 || done >= total) return false;
  return done % Math.ceil(total / (pointsWithin + 1)) === 0;
}

/**
 * Reads the arena between two steps, when nothing is in flight, and measures; training goes on with the
 * same bits.
 */
export async function growthEvent(
  trainer: StageTrainer,
  tasks: readonly string[],
  place: { readonly stage: number; readonly step: number },
): Promise<Extract<RunEvent, { type: 'growth' }>> {
  const arena = await trainer.readParameters();
  const named = unpackParameters(trainer.plan.options.layout, arena);
  const point = { ...place, linears: branchGrowth(named) };
  return { type: 'growth', point, routing: await routingCounts(trainer, tasks) };
}
