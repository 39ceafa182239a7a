import { describe, expect, it } from 'vitest';
import type { Measured } from '../../studio/evaluation.ts';
import type { TaskScore } from '../../worker/protocol.ts';
import { resultRows, resultsCsv } from './result-rows.ts';

function measured(label: string, scores: readonly TaskScore[], knowledge: number | null): Measured {
  return {
    key: label,
    label,
    files: ['a.jsonl'],
    maxItems: 0,
    finishedAt: 0,
    result: {
      variant: { modelId: 'm', runId: null, snapshot: label },
      scores,
      knowledge,
      alignment: null,
    },
  };
}

function score(task: string, value: number, formatAdherence: number | null = null): TaskScore {
  return { task, kind: 'knowledge', metric: 'accuracy', score: value, formatAdherence, items: 10 };
}

describe('the table of results', () => {
  const base = measured('base', [score('exam', 0.3, 0.5), score('quiz', 0.2, 1)], 0.25);
  const merged = measured('merged, all', [score('exam', 0.4)], 0.4);

  it('puts candidates side by side, the average last, gaps where one was not measured', () => {
    const rows = resultRows([base, merged]);
    expect(rows.map(({ task }) => task)).toEqual(['exam', 'quiz', null]);
    expect(rows[0]?.cells.map(({ score: value, best }) => [value, best])).toEqual([
      [0.3, false],
      [0.4, true],
    ]);
    expect(rows[1]?.cells[1]).toMatchObject({ score: null, items: null, best: false });
    expect(rows[2]?.cells[0]).toMatchObject({ score: 0.25, formatAdherence: 0.75 });
  });

  it('marks no best where all are equal or alone', () => {
    const alone = resultRows([base]).flatMap(({ cells }) => cells);
    const equal = resultRows([base, base]).flatMap(({ cells }) => cells);
    expect([...alone, ...equal].some(({ best }) => best)).toBe(false);
  });

  it('writes every score in full, quoting what a spreadsheet would split', () => {
    const third = measured('merged, all', [score('exam', 1 / 3)], null);
    expect(resultsCsv([third]).split('\r\n')).toEqual([
      'model state,kind,task,metric,score,format adherence,items',
      `"merged, all",knowledge,exam,accuracy,${1 / 3},,10`,
      '',
    ]);
  });
});
