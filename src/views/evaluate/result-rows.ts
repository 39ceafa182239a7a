/** Results as the lines of a table: tasks by kind, each kind followed by its average. Pure. */
import type { EvaluationSummary, Figure, TaskReport } from '../../contract/evaluation.ts';
import { dataKinds } from '../../studio/data/data-kinds.ts';
import type { DataKind } from '../../contract/data.ts';

/** One line of the table of results: a task, or the average of a kind. */
export interface ResultRow {
  readonly key: string;
  readonly kind: DataKind;
  readonly task: string | null;
  readonly metric: TaskReport['metric'] | null;
  readonly method: TaskReport['method'] | null;
  /** Labels in words that an answer is one of; none where it is not. */
  readonly labels: readonly string[];
  /** By result, in their order; figure null where the result has none for it. */
  readonly cells: readonly ResultCell[];
}

export interface ResultCell {
  readonly figure: Figure | null;
  readonly formatAdherence: number | null;
  readonly perplexity: number | null;
  readonly items: number | null;
  /** The best of the row, when there is something to compare with. */
  readonly best: boolean;
}

/** Rows by kind: its tasks in the order in which they first occur, then its average. */
export function resultRows(results: readonly EvaluationSummary[]): ResultRow[] {
  const tasksOf = ({ figures }: EvaluationSummary): readonly TaskReport[] => figures?.tasks ?? [];
  return dataKinds.flatMap((kind) => {
    const own = results.map((result) => tasksOf(result).filter((task) => task.kind === kind));
    const tasks = new Map<string, TaskReport>();
    for (const task of own.flat()) if (!tasks.has(task.task)) tasks.set(task.task, task);
    if (tasks.size === 0) return [];
    const rows = [...tasks.values()].map(({ task, metric, method, labels = [] }): ResultRow => {
      const found = own.map((all) => all.find((other) => other.task === task));
      const cells = found.map((report) => ({
        figure: report ?? null,
        formatAdherence: report?.formatAdherence ?? null,
        perplexity: report?.perplexity?.value ?? null,
        items: report?.items ?? null,
      }));
      const ranked = markBest(cells, metric === 'perplexity');
      return { key: `${kind}/${task}`, kind, task, metric, method, labels, cells: ranked };
    });
    const averages = results.map((result, i) => ({
      figure: result.figures?.[kind] ?? null,
      formatAdherence: meanAdherence(own[i] ?? []),
      perplexity: null,
      items: null,
    }));
    const average: ResultRow = {
      ...{ key: `${kind}/average`, kind, task: null, metric: null, method: null, labels: [] },
      cells: markBest(averages, false),
    };
    return averages.some(({ figure }) => figure) ? [...rows, average] : rows;
  });
}

function meanAdherence(tasks: readonly TaskReport[]): number | null {
  const known = tasks.flatMap(({ formatAdherence }) =>
    formatAdherence === null ? [] : [formatAdherence],
  );
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}

function markBest(cells: readonly Omit<ResultCell, 'best'>[], lowest: boolean): ResultCell[] {
  const values = cells.flatMap(({ figure }) => (figure ? [figure.value] : []));
  const best = lowest ? Math.min(...values) : Math.max(...values);
  const differ = values.some((value) => value !== best);
  return cells.map((cell) => ({ ...cell, best: differ && cell.figure?.value === best }));
}

/** The same table for a spreadsheet: one row per result and task, numbers in full; the header first. */
export function resultsTable(results: readonly EvaluationSummary[]): (string | number)[][] {
  const header = [
    ...['model state', 'kind', 'task', 'metric', 'method', 'score', 'low', 'high'], // words: columns of a file
    ...['precision', 'recall', 'format adherence', 'perplexity', 'items'], // words: columns of a file
  ];
  const ends = ({ value, interval }: Figure): (string | number)[] => [
    ...[value, interval?.low ?? '', interval?.high ?? ''],
  ];
  const rows = results.flatMap(({ label, figures }) => {
    if (!figures) return [];
    return [
      ...figures.tasks.map((task) => [
        ...[label, task.kind, task.task, task.metric, task.method],
        ...[...ends(task), task.precision ?? '', task.recall ?? ''],
        ...[task.formatAdherence ?? '', task.perplexity?.value ?? '', task.items],
      ]),
      ...dataKinds.flatMap((kind) => {
        const average = figures[kind];
        const gaps = ['', '', '', '', ''];
        return average ? [[label, kind, 'average', '', '', ...ends(average), ...gaps]] : [];
      }),
    ];
  });
  return [header, ...rows];
}

/** Results that can be compared side by side: the same questions, and choices decided alike. */
export interface ResultSet {
  readonly key: string;
  readonly itemsId: string;
  readonly results: readonly EvaluationSummary[];
}

/** Sets of comparable results, the most recently measured first. */
export function resultSets(results: readonly EvaluationSummary[]): ResultSet[] {
  const sets = new Map<string, EvaluationSummary[]>();
  for (const result of results) {
    const key = `${result.itemsId}/${result.settings.choices}`;
    sets.set(key, [...(sets.get(key) ?? []), result]);
  }
  const latest = (all: readonly EvaluationSummary[]): number =>
    Math.max(...all.map(({ updatedAt }) => updatedAt));
  return [...sets]
    .map(([key, all]) => ({ key, itemsId: all[0]?.itemsId ?? '', results: all }))
    .sort((a, b) => latest(b.results) - latest(a.results));
}
