/** Results as the lines of a table: tasks by kind, each kind followed by its average. Pure. */
import type { EvaluationSummary, Figure, TaskReport } from '../../../contract/evaluation.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { clearBest } from '../../../studio/evaluation/evaluation.ts';
import type { DataKind } from '../../../contract/data.ts';

/** One line of the table of results: a task, or the average of a kind. */
export interface ResultRow {
  readonly key: string;
  readonly kind: DataKind;
  readonly task: string | null;
  readonly metric: TaskReport['metric'] | null;
  readonly method: TaskReport['method'] | null;
  /** Labels in words that an answer is one of; none where it is not. */
  readonly labels: readonly string[];
  /** Questions behind the scores; null where results have different numbers of answers, or it is not known. */
  readonly items: number | null;
  /** What guessing reaches; null where that cannot be told. */
  readonly chance: number | null;
  /** Score of the one constant answer that is right most often, and that answer; null where there is none. */
  readonly constant: { readonly answer: string; readonly score: number } | null;
  /** Longest written answer, in tokens; null where none is written, or results differ. */
  readonly room: number | null;
  /** Examples above each question, where it was asked as lm-eval asks it; null elsewhere. */
  readonly shots: number | null;
  /** By result, in their order; figure null where the result has none for it. */
  readonly cells: readonly ResultCell[];
}

export interface ResultCell {
  readonly figure: Figure | null;
  readonly formatAdherence: number | null;
  readonly perplexity: number | null;
  readonly items: number | null;
  /** Where “I do not know” was offered; null elsewhere. */
  readonly declined: TaskReport['declined'] | null;
  /** Share right by the likelihood a character; null where lm-eval reports none. */
  readonly norm: Figure | null;
  /** The best of the row, by more than the overlap of intervals. */
  readonly best: boolean;
}

/** The results that have not answered every question: what compares them will change. */
export function unfinished<T extends Pick<EvaluationSummary, 'answered' | 'total'>>(
  results: readonly T[],
): T[] {
  return results.filter(({ answered, total }) => !(answered >= total));
}

/** Rows by kind: its tasks in the order in which they first occur, then its average. */
export function resultRows(results: readonly EvaluationSummary[]): ResultRow[] {
  const tasksOf = ({ figures }: EvaluationSummary): readonly TaskReport[] => figures?.tasks ?? [];
  return dataKinds.flatMap((kind) => {
    const own = results.map((result) => tasksOf(result).filter((task) => task.kind === kind));
    const tasks = new Map<string, TaskReport>();
    for (const task of own.flat()) if (!tasks.has(task.task)) tasks.set(task.task, task);
    if (tasks.size === 0) return [];
    const rows = [...tasks.values()].map(({ task, metric, method, ...about }): ResultRow => {
      const { labels = [], baseline = null, shots = null } = about;
      const found = own.map((all) => all.find((other) => other.task === task));
      const cells = found.map((report) => ({
        figure: report ?? null,
        formatAdherence: report?.formatAdherence ?? null,
        perplexity: report?.perplexity?.value ?? null,
        items: report?.items ?? null,
        declined: report?.declined ?? null,
        norm: report?.norm ?? null,
      }));
      const constant = baseline && { answer: baseline.usual.answer, score: baseline.constant };
      return {
        ...{ key: `${kind}/${task}`, kind, task, metric, method, labels, constant },
        ...{ items: inCommon(cells), chance: baseline?.chance ?? null },
        room: same(results.map(({ answerTokens }) => answerTokens?.[task] ?? null)),
        shots,
        cells: markBest(cells, metric === 'perplexity'),
      };
    });
    const averages = results.map((result, i) => ({
      figure: result.figures?.[kind] ?? null,
      formatAdherence: meanAdherence(own[i] ?? []),
      perplexity: null,
      items: result.figures?.[kind]?.items ?? null,
      declined: null,
      norm: null,
    }));
    const chances = results.map((result) => result.figures?.[kind]?.chance ?? null);
    const average: ResultRow = {
      ...{ key: `${kind}/average`, kind, task: null, metric: null, method: null, labels: [] },
      ...{ items: inCommon(averages), chance: chances[0] ?? null, constant: null },
      ...{ room: null, shots: null },
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
  const best = clearBest(
    cells.map(({ figure }) => figure),
    lowest,
  );
  return cells.map((cell, place) => ({ ...cell, best: place === best }));
}

/** The number of questions that all measured cells have; null where they differ. */
function inCommon(cells: readonly Pick<ResultCell, 'figure' | 'items'>[]): number | null {
  return same(cells.flatMap(({ figure, items }) => (figure ? [items] : [])));
}

/** The value that all have; null where they differ. */
function same(values: readonly (number | null)[]): number | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

/** Results that give the same one answer to nearly every question of a task. */
export interface Repeated {
  readonly key: string;
  readonly labels: readonly string[];
  readonly task: string;
  /** The answer; empty where none could be read. */
  readonly answer: string;
  /** Fewest and most questions that got it, for how many it is right, and all. */
  readonly given: readonly [number, number];
  readonly right: number;
  readonly items: number;
}

/** A score of a task, with the answer that was given to nearly every question, if one was. */
export interface ScoreWithRepeats {
  readonly label: string;
  readonly task: string;
  readonly items: number;
  readonly repeats?: { readonly answer: string; readonly given: number; readonly right: number };
}

export function repeatsOf(results: readonly EvaluationSummary[]): ScoreWithRepeats[] {
  return results.flatMap(({ label, figures }) =>
    (figures?.tasks ?? []).map(({ task, items, baseline }) => ({
      ...{ label, task, items },
      ...(baseline?.repeats === true && { repeats: baseline.favourite }),
    })),
  );
}

/** Where one answer is given to nearly every question, far more often than it is right; alike scores together. */
export function repeatedAnswers(scores: readonly ScoreWithRepeats[]): Repeated[] {
  const found = new Map<string, Repeated>();
  for (const { label, task, items, repeats } of scores) {
    if (!repeats) continue;
    const { answer, given, right } = repeats;
    const key = JSON.stringify([task, answer, items]);
    const known = found.get(key);
    const [least, most] = known?.given ?? [given, given];
    found.set(key, {
      ...{ key, task, answer, right, items },
      labels: [...(known?.labels ?? []), label],
      given: [Math.min(least, given), Math.max(most, given)],
    });
  }
  return [...found.values()];
}

/** The same table for a spreadsheet: one row per result and task, numbers in full; the header first. */
export function resultsTable(results: readonly EvaluationSummary[]): (string | number)[][] {
  const header = [
    ...['model state', 'kind', 'task', 'metric', 'method', 'score', 'low', 'high'], // words: columns of a file
    ...['precision', 'recall', 'format adherence', 'perplexity', 'items', 'chance'], // words: columns of a file
    ...['constant answer', 'most frequent answer', 'given'], // words: columns of a file
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
        ...[task.baseline?.chance ?? '', task.baseline?.constant ?? ''],
        ...[task.baseline?.favourite.answer ?? '', task.baseline?.favourite.given ?? ''],
      ]),
      ...dataKinds.flatMap((kind) => {
        const average = figures[kind];
        const gaps = ['', '', '', ''];
        const [items, chance] = [average?.items ?? '', average?.chance ?? ''];
        const row = [label, kind, 'average', '', ''];
        return average ? [[...row, ...ends(average), ...gaps, items, chance, ...['', '', '']]] : [];
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
