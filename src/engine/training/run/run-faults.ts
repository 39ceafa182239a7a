/** Records a run refuses, and steps it cannot go on from. */
import { StudioError } from '../../../errors.ts';
import type { RecordPlace } from './data-order.ts';
import type { StepFigures } from '../stage/stage-trainer.ts';

/** The error of a step whose figures cannot be gone on from; it names the step and its records. */
export function stepFault(
  fault: NonNullable<StepFigures['fault']>,
  stage: number,
  step: number,
  chosen: readonly RecordPlace[],
): StudioError {
  const places = chosen.slice(0, 32).map(({ dataSet, row }) => `${dataSet}:${row}`);
  const where = `at stage ${stage + 1}, step ${step + 1}`;
  return new StudioError({
    code: fault === 'not-finite' ? 'loss-not-finite' : 'gradient-vanished',
    message:
      fault === 'not-finite'
        ? `The loss or its gradient stopped being a finite number ${where}.`
        : `The gradient became exactly zero ${where}: the activations overflowed.`,
    kept: 'The last checkpoint, with every step before it.',
    remedy:
      'Lower the learning rate, or look at the records of that step; then resume from the checkpoint.',
    data: { stage, step, records: places },
  });
}
