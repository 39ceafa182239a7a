import { expect, test } from 'vitest';
import { calibrationOf } from '../../../engine/evaluation/trust/calibration-report.ts';
import type { EvaluationItem, ItemAnswer } from '../../../engine/evaluation/items.ts';
import type { EvaluationSummary, TaskReport } from '../../../contract/evaluation.ts';
import {
  calibratedTasks,
  calibrationFile,
  calibrationLines,
  calibrationRows,
  keptFrom,
} from './calibration-rows.ts';

/** Two subjects of two questions each; the model is sure of A by 0.9, 0.8, 0.6 and 0.55, and right twice. */
function measured(id: string): Pick<EvaluationSummary, 'id' | 'label' | 'figures'> {
  const sure = [0.9, 0.8, 0.6, 0.55];
  const items = sure.map((_, i): EvaluationItem => ({
    ...({ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: String(i) } as const),
    answer: i < 2 ? 'A' : 'B',
    choices: ['A', 'B'],
    subject: i % 2 === 0 ? 'anatomy' : 'surgery',
  }));
  const answers = sure.map((p): ItemAnswer => {
    const options = [Math.log(p), Math.log(1 - p)];
    return { text: 'A', written: null, reference: null, options };
  });
  const asked = { task: 'exam', method: 'likelihood', items, answers } as const;
  const report = { ...asked, calibration: calibrationOf(asked, 42) } as unknown as TaskReport;
  const written = { task: 'notes', method: 'written', calibration: null } as TaskReport;
  return { id, label: id, figures: { tasks: [report, written], knowledge: null, alignment: null } };
}

test('a state has a line, and a row for itself and each of its subjects', () => {
  const results = [measured('base'), measured('merged')];
  expect(calibratedTasks(results)).toEqual(['exam']);
  const lines = calibrationLines(results, 'exam');
  expect(lines.map(({ label }) => label)).toEqual(['base', 'merged']);
  const rows = calibrationRows(lines);
  expect(rows.map(({ label, subject }) => [label, subject])).toEqual([
    ...[
      ['base', null],
      ['base', 'anatomy'],
      ['base', 'surgery'],
    ],
    ...[
      ['merged', null],
      ['merged', 'anatomy'],
      ['merged', 'surgery'],
    ],
  ]);
  const [header, first] = calibrationFile('exam', lines, 70);
  expect(first).toHaveLength(header?.length ?? 0);
  expect(first?.slice(-3)).toEqual([2, 2, 0.7]);
});

test('what is refused below a sureness leaves the surer answers, or none', () => {
  const [line] = calibrationLines([measured('base')], 'exam');
  if (!line) throw new Error('no line');
  expect(keptFrom(line.calibration, 0)).toMatchObject({ answered: 4, accuracy: { value: 0.5 } });
  expect(keptFrom(line.calibration, 58)).toMatchObject({ answered: 3, items: 4 });
  expect(keptFrom(line.calibration, 70).accuracy?.value).toBe(1);
  expect(keptFrom(line.calibration, 99)).toEqual({ answered: 0, items: 4, accuracy: null });
});
