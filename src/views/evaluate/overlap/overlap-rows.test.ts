import { expect, test } from 'vitest';
import type { EvaluationSummary, TaskReport } from '../../../contract/evaluation.ts';
import { notCompared, overlapRows } from './overlap-rows.ts';

function result(id: string, found: readonly number[]): EvaluationSummary {
  const tasks = found.map((_, i) => ({ task: `task ${i}`, value: 0.5 }) as TaskReport);
  const overlaps = found.map((overlapping, i) => {
    return { task: `task ${i}`, items: 9, overlapping, ngram: 0, near: overlapping, without: null };
  });
  return {
    ...{ id, label: id, figures: { tasks, knowledge: null, alignment: null } },
    overlap: { runId: 'run', records: 5, short: 0, tasks: overlaps },
  } as unknown as EvaluationSummary;
}

test('tasks with overlapping questions are listed, each with its states; others are not', () => {
  const rows = overlapRows([result('base', [0, 2]), result('merged', [1, 2])]);
  expect(rows.map(({ label, report }) => [report.task, label])).toEqual([
    ['task 1', 'base'],
    ['task 1', 'merged'],
    ['task 0', 'merged'],
  ]);
});

test('results are compared once with the records of each run', () => {
  const bare = { id: 'bare', label: 'bare', figures: null };
  expect(notCompared([result('base', []), bare], 'run')).toEqual(['bare']);
  expect(notCompared([result('base', []), bare], 'other')).toEqual(['base', 'bare']);
  expect(notCompared([bare], null)).toEqual([]);
});
