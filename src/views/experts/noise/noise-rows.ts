/** The lines of the table of losses, and the rows of its file. Pure. */
import type { NoiseAudit, RunNoise } from '../../../contract/experts.ts';
import { heldByNoise, type LossFigures } from '../../../studio/experts/noise-audit.ts';

export interface LossLine extends LossFigures {
  readonly key:
    | 'all'
    | 'validation'
    | 'repeated'
    | 'single'
    | `planted ${number}`
    | `task ${string}`;
  /** Name of the task, where the line is one's. */
  readonly task: string | null;
  /** How often its canaries were planted, where the line is of canaries. */
  readonly times: number | null;
}

/** Kinds of records from all to single tasks; a kind without a record has no line. */
export function lossLines({
  all,
  heldOut,
  repeated,
  single,
  canaries,
  byTask,
}: RunNoise): LossLine[] {
  const lines: LossLine[] = [{ key: 'all', task: null, times: null, ...all }];
  const add = (key: LossLine['key'], of: LossFigures | null, about: Partial<LossLine> = {}) => {
    if (of && of.records > 0) lines.push({ key, task: null, times: null, ...of, ...about });
  };
  add('validation', heldOut);
  add('repeated', repeated);
  if (repeated.records > 0) add('single', single);
  for (const { times, ...losses } of canaries) add(`planted ${times}`, losses, { times });
  if (byTask.length > 1) {
    for (const { task, ...losses } of byTask) add(`task ${task}`, losses, { task });
  }
  return lines;
}

/** What a plain reading of the figures allows to say. */
export type NoiseConclusion = 'holds' | 'falls' | 'unclear';

export function conclusionOf({ held }: LossFigures): NoiseConclusion {
  if (!held || (held.low <= 0 && held.high >= 0)) return 'unclear';
  return held.low > 0 ? 'holds' : 'falls';
}

/** With fewer records kept for validation, nothing is concluded from them. */
const FEWEST_HELD_OUT = 30;

/** Whether more is held of records that were seen than of those kept for validation; null where that cannot be told. */
export function holdsOwn(all: LossFigures, heldOut: LossFigures | null): boolean | null {
  if (!all.held || !heldOut?.held || all.held.low <= 0) return null;
  if (heldOut.records < FEWEST_HELD_OUT) return null;
  if (all.held.low > heldOut.held.high) return true;
  return heldOut.held.mean > 0.8 * all.held.mean ? false : null;
}

/** One row for each measured record; the first is the header. */
export function auditFile(audit: NoiseAudit): (readonly (string | number)[])[] {
  const held = heldByNoise(audit);
  return [
    [
      'data_set',
      'record',
      'task',
      'targets',
      'nll_ka_na',
      'nll_ka',
      'difference',
      'near_duplicates',
    ],
    ...Array.from(audit.row, (row, i) => [
      ...[(audit.dataSet[i] ?? 0) + 1, row + 1, audit.tasks[audit.task[i] ?? 0] ?? ''],
      ...[audit.targets[i] ?? 0, audit.withNoise[i] ?? Number.NaN, audit.without[i] ?? Number.NaN],
      ...[held[i] ?? Number.NaN, audit.repeats[i] ?? 0],
    ]),
  ];
}
