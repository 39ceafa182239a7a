/** The lines of the table of losses, and the rows of its file. Pure. */
import type { NoiseAudit } from '../../../contract/experts.ts';
import type {
  LossFigures,
  NoiseAuditFigures,
} from '../../../engine/evaluation/noise-audit/noise-audit.ts';
import { heldByNoise } from '../../../engine/evaluation/noise-audit/noise-audit.ts';

export interface LossLine extends LossFigures {
  readonly key: 'all' | 'validation' | 'repeated' | 'single' | `task ${number}`;
  /** Name of the task, where the line is one's. */
  readonly task: string | null;
}

/** All records, those kept for validation, repeated and single ones, then task by task; kinds without a record are not there. */
export function lossLines(
  { tasks, heldOut }: Pick<NoiseAudit, 'tasks' | 'heldOut'>,
  { all, repeated, single, byTask }: NoiseAuditFigures,
): LossLine[] {
  const lines: LossLine[] = [{ key: 'all', task: null, ...all }];
  if (heldOut) lines.push({ key: 'validation', task: null, ...heldOut });
  if (repeated.records > 0) {
    lines.push({ key: 'repeated', task: null, ...repeated });
    if (single.records > 0) lines.push({ key: 'single', task: null, ...single });
  }
  if (byTask.length > 1) {
    for (const { task, ...figures } of byTask) {
      lines.push({ key: `task ${task}`, task: tasks[task] ?? '', ...figures });
    }
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
