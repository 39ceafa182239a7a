import type { Measured } from '../../studio/evaluation.ts';
import type { DataKind, TaskScore } from '../../worker/protocol.ts';

/** One line of the table of results: a task, or the average of a kind. */
export interface ResultRow {
  readonly key: string;
  readonly kind: DataKind;
  readonly task: string | null;
  readonly metric: TaskScore['metric'] | null;
  /** By candidate, in the order of the results; null where that candidate was not measured on it. */
  readonly cells: readonly ResultCell[];
}

export interface ResultCell {
  readonly score: number | null;
  readonly formatAdherence: number | null;
  readonly items: number | null;
  /** The highest of the row, when there is something to compare with. */
  readonly best: boolean;
}

const kinds: readonly DataKind[] = ['knowledge', 'alignment'];

/** Rows by kind: its tasks in the order in which they first occur, then its average. */
export function resultRows(results: readonly Measured[]): ResultRow[] {
  return kinds.flatMap((kind) => {
    const tasks = new Map<string, TaskScore>();
    for (const { result } of results) {
      for (const score of result.scores) {
        if (score.kind === kind && !tasks.has(score.task)) tasks.set(score.task, score);
      }
    }
    if (tasks.size === 0) return [];
    const rows: ResultRow[] = [...tasks.values()].map(({ task, metric }) => {
      const found = results.map(({ result }) =>
        result.scores.find((score) => score.task === task && score.metric === metric),
      );
      return {
        key: `${kind}/${task}`,
        kind,
        task,
        metric,
        cells: markBest(
          found.map((score) => ({
            score: score?.score ?? null,
            formatAdherence: score?.formatAdherence ?? null,
            items: score?.items ?? null,
          })),
        ),
      };
    });
    const averages = results.map(({ result }) => ({
      score: result[kind],
      formatAdherence: meanAdherence(result.scores.filter((score) => score.kind === kind)),
      items: null,
    }));
    return [
      ...rows,
      { key: `${kind}/average`, kind, task: null, metric: null, cells: markBest(averages) },
    ];
  });
}

function meanAdherence(scores: readonly TaskScore[]): number | null {
  const known = scores.flatMap(({ formatAdherence }) =>
    formatAdherence === null ? [] : [formatAdherence],
  );
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}

function markBest(cells: readonly Omit<ResultCell, 'best'>[]): ResultCell[] {
  const scores = cells.flatMap(({ score }) => (score === null ? [] : [score]));
  const highest = Math.max(...scores);
  const differ = scores.some((score) => score < highest);
  return cells.map((cell) => ({ ...cell, best: differ && cell.score === highest }));
}

/** The same table for a spreadsheet: one row per candidate and task, numbers in full. */
export function resultsCsv(results: readonly Measured[]): string {
  const rows = results.flatMap(({ label, result }) => [
    ...result.scores.map(({ task, kind, metric, score, formatAdherence, items }) => [
      label,
      kind,
      task,
      metric,
      String(score),
      formatAdherence === null ? '' : String(formatAdherence),
      String(items),
    ]),
    ...kinds.flatMap((kind) => {
      const average = result[kind];
      return average === null ? [] : [[label, kind, 'average', '', String(average), '', '']];
    }),
  ]);
  const header = ['model state', 'kind', 'task', 'metric', 'score', 'format adherence', 'items'];
  return [header, ...rows, []].map((row) => row.map(cell).join()).join('\r\n');
}

function cell(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
