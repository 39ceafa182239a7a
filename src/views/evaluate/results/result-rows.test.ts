import { describe, expect, it } from 'vitest';
import type { EvaluationSummary, TaskReport } from '../../../contract/evaluation.ts';
import {
  repeatedAnswers,
  repeatsOf,
  resultRows,
  resultSets,
  resultsTable,
  unfinished,
} from './result-rows.ts';

function result(
  label: string,
  tasks: readonly TaskReport[],
  knowledge: number | null,
  change: Partial<EvaluationSummary> = {},
): EvaluationSummary {
  return {
    id: label,
    variant: { modelId: 'm', runId: null, snapshot: label },
    label,
    files: ['a.jsonl'],
    itemsId: 'x',
    settings: { maxItems: 0, choices: 'likelihood', perplexity: false },
    total: 10,
    answered: 10,
    createdAt: 0,
    updatedAt: 0,
    gridId: null,
    figures: {
      tasks,
      knowledge: knowledge === null ? null : { value: knowledge, interval: null },
      alignment: null,
    },
    ...change,
  };
}

function task(name: string, value: number, change: Partial<TaskReport> = {}): TaskReport {
  return {
    ...{ task: name, kind: 'knowledge', metric: 'accuracy', method: 'likelihood', value },
    ...{ interval: { low: value - 0.1, high: value + 0.1 }, precision: null, recall: null },
    ...{ formatAdherence: null, items: 10, perplexity: null },
    ...change,
  };
}

describe('the table of results', () => {
  const base = result(
    'base',
    [task('exam', 0.3, { formatAdherence: 0.5 }), task('quiz', 0.2, { formatAdherence: 1 })],
    0.25,
  );
  const merged = result('merged', [task('exam', 0.4)], 0.4);

  it('puts results side by side, the average last, gaps where one was not measured', () => {
    const rows = resultRows([base, merged]);
    expect(rows.map(({ task: name }) => name)).toEqual(['exam', 'quiz', null]);
    expect(rows[0]?.cells.map(({ figure, best }) => [figure?.value, best])).toEqual([
      [0.3, false],
      // Its interval overlaps with the other's.
      [0.4, false],
    ]);
    expect(rows[1]?.cells[1]).toMatchObject({ figure: null, items: null, best: false });
    expect(rows[2]?.cells[0]).toMatchObject({ figure: { value: 0.25 }, formatAdherence: 0.75 });
  });

  it('marks no best where all are equal or alone or intervals overlap, and the lowest perplexity', () => {
    const far = result('far', [task('exam', 0.6)], 0.6);
    expect(resultRows([base, far])[0]?.cells.map(({ best }) => best)).toEqual([false, true]);
    expect(resultRows([base, merged, far])[0]?.cells.some(({ best }) => best)).toBe(false);
    const alone = resultRows([base]).flatMap(({ cells }) => cells);
    const equal = resultRows([base, base]).flatMap(({ cells }) => cells);
    expect([...alone, ...equal].some(({ best }) => best)).toBe(false);
    const texts = [7, 5].map((value) =>
      result(`${value}`, [task('text', value, { metric: 'perplexity' })], null),
    );
    const [row, ...more] = resultRows(texts);
    expect(row?.cells.map(({ best }) => best)).toEqual([false, true]);
    // There is no average of perplexities.
    expect(more).toEqual([]);
  });

  it('says what scores are worth, and who gives one answer to all', () => {
    const count = (answer: string, given: number, right: number) => ({ answer, given, right });
    const baseline = {
      ...{ chance: 0.25, constant: 0.4, usual: count('A', 0, 4), favourite: count('D', 10, 2) },
      repeats: true,
    };
    const constant = result('constant', [task('exam', 0.2, { baseline })], 0.2);
    const [row] = resultRows([constant, merged]);
    expect(row).toMatchObject({ items: 10, chance: 0.25, constant: { answer: 'A', score: 0.4 } });
    const part = result('part', [task('exam', 0.2, { items: 3 })], 0.2);
    expect(resultRows([part, merged])[0]?.items).toBeNull();
    const most = { ...baseline, favourite: count('D', 9, 2) };
    const other = result('other', [task('exam', 0.2, { baseline: most })], 0.2);
    expect(repeatedAnswers(repeatsOf([constant, merged, other]))).toMatchObject([
      { labels: ['constant', 'other'], answer: 'D', given: [9, 10], right: 2, items: 10 },
    ]);
  });

  it('gives every number in full', () => {
    const [header = [], ...rows] = resultsTable([result('merged', [task('exam', 1 / 3)], 1 / 3)]);
    expect(rows).toHaveLength(2);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(rows[0]?.slice(0, 6)).toEqual([
      ...['merged', 'knowledge', 'exam', 'accuracy', 'likelihood', 1 / 3],
    ]);
    expect(rows[1]?.slice(1, 6)).toEqual(['knowledge', 'average', '', '', 1 / 3]);
  });

  it('keeps apart what was asked differently, the last one first', () => {
    const written = { maxItems: 0, choices: 'generated', perplexity: false } as const;
    const later = result('other', [], null, { settings: written, updatedAt: 5 });
    expect(resultSets([base, later, merged]).map(({ results }) => results.length)).toEqual([1, 2]);
  });
});

it('knows which results have not answered every question', () => {
  const [whole, part] = [result('a', [], null), result('b', [], null, { answered: 8 })];
  expect(unfinished([whole, part])).toEqual([part]);
  expect(unfinished([whole])).toEqual([]);
});
