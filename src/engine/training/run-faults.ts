import { StudioError } from '../../errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { countTargets } from '../model/packing.ts';
import { stageRecords, type TrainingRecord } from './data-order.ts';
import { longestRecord } from './memory.ts';
import type { Recipe } from './recipe.ts';
import type { StepFigures } from './stage-trainer.ts';

/**
 * Refuses records that a run cannot hold, and stages without anything to learn.
 * @throws StudioError `record-too-long`, `stage-without-data`, `no-targets`
 */
export function checkRecords({
  config,
  recipe,
  records,
  validation,
}: {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly records: readonly TrainingRecord[];
  readonly validation: readonly TrainingRecord[];
}): void {
  const limit = longestRecord(config, recipe);
  for (const { ids } of [...records, ...validation]) {
    if (ids.length > limit) {
      throw new StudioError({
        code: 'record-too-long',
        message: `A record of ${ids.length} tokens is longer than the ${limit} that this run can hold.`,
        kept: 'Data sets and model.',
        remedy: `Cut records at ${limit} tokens, or raise the maximum length and the tokens per micro-batch.`,
        data: { tokens: ids.length, limit },
      });
    }
  }
  recipe.stages.forEach(({ name, data }, stage) => {
    const eligible = stageRecords(recipe, stage, records);
    if (eligible.length === 0) {
      throw new StudioError({
        code: 'stage-without-data',
        message: `Stage "${name}" has no records of kind ${data.kinds.join(' or ')}.`,
        kept: 'Data sets and model.',
        remedy: `Add a data set marked ${data.kinds.join(' or ')}, or mark one of yours so.`,
        data: { stage, kinds: data.kinds },
      });
    }
    if (
      !eligible.some((index) => countTargets(records[index] ?? { labels: new Int32Array() }) > 0)
    ) {
      throw new StudioError({
        code: 'no-targets',
        message: `No record of stage "${name}" has a token to learn: every target is masked or cut off.`,
        kept: 'Data sets and model.',
        remedy:
          'Raise the maximum length, or check that the records have answers of the assistant.',
        data: { stage },
      });
    }
  });
}

/** The error of a step whose figures cannot be gone on from; it names the step and its records. */
export function stepFault(
  fault: NonNullable<StepFigures['fault']>,
  stage: number,
  step: number,
  chosen: readonly number[],
  records: readonly TrainingRecord[],
): StudioError {
  const places = chosen.slice(0, 32).map((index) => {
    const record = records[index];
    return `${record?.dataSet ?? 0}:${record?.row ?? 0}`;
  });
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
