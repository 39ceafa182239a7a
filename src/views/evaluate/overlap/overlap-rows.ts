/** Overlap of results with training records as lines of a table: those that hold questions found there. Pure. */
import type { EvaluationSummary, TaskOverlap, TaskReport } from '../../../contract/evaluation.ts';

type Result = Pick<EvaluationSummary, 'id' | 'label' | 'figures' | 'overlap'>;

export interface OverlapRow {
  readonly key: string;
  readonly label: string;
  readonly overlap: TaskOverlap;
  /** With every question. */
  readonly report: TaskReport;
}

/** Task by task, each with its states. */
export function overlapRows(results: readonly Result[]): OverlapRow[] {
  const rows = results.flatMap(({ id, label, figures, overlap }) =>
    (overlap?.tasks ?? []).flatMap((own): OverlapRow[] => {
      const report = figures?.tasks.find(({ task }) => task === own.task);
      if (!report || own.overlapping === 0) return [];
      return [{ key: `${id}\n${own.task}`, label, overlap: own, report }];
    }),
  );
  const order = [...new Set(rows.map(({ report }) => report.task))];
  return order.flatMap((task) => rows.filter(({ report }) => report.task === task));
}

/** Results that were not compared with the records of this run. */
export function notCompared(results: readonly Result[], runId: string | null): string[] {
  if (runId === null) return [];
  return results.flatMap(({ id, overlap }) => (overlap?.runId === runId ? [] : [id]));
}
