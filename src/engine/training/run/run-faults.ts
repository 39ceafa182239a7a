/** Faults of records that a run cannot take, and of steps after which it cannot go on. */
import { fault, type StudioError } from '../../../faults/fault.ts';
import type { RecordPlace } from './data-order.ts';
import type { StepFigures } from '../stage/stage-trainer.ts';

/** The error of a step whose figures forbid going on; it names the step and its records. */
export function stepFault(
  kind: NonNullable<StepFigures['fault']>,
  stage: number,
  step: number,
  chosen: readonly RecordPlace[],
): StudioError {
  const places = chosen.slice(0, 32).map(({ dataSet, row }) => `${dataSet}:${row}`);
  return fault(
    kind === 'not-finite' ? 'loss-not-finite' : 'gradient-vanished',
    { stage, step, records: places },
    { kept: 'checkpoint-and-steps' },
  );
}
