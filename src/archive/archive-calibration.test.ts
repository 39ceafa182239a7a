import { expect, test } from 'vitest';
import type { EvaluationItem, ItemAnswer } from '../engine/evaluation/items.ts';
import { calibrationOf } from '../engine/evaluation/trust/calibration-report.ts';
import { archivedCalibration, calibrationSchema } from './archive-calibration.ts';
import { calibrationWords } from './cards/calibration-words.ts';

/** A model that is 0.9 sure of every question, and right on every second one. */
function archivedOf(questions: number) {
  const items = Array.from({ length: questions }, (_, i): EvaluationItem => ({
    ...({ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: String(i) } as const),
    answer: i % 2 === 0 ? 'A' : 'B',
    choices: ['A', 'B'],
    subject: i % 3 === 0 ? 'anatomy' : 'surgery',
  }));
  const answers = items.map((): ItemAnswer => {
    return { text: 'A', written: null, reference: null, options: [Math.log(0.9), Math.log(0.1)] };
  });
  const found = calibrationOf({ task: 'exam', method: 'likelihood', items, answers }, 42);
  if (!found) throw new Error('no calibration');
  return archivedCalibration(found);
}

test('an archive keeps calibration with its curves and subjects, and reads it back', () => {
  const kept = archivedOf(60);
  expect(kept.subjects.map(({ subject }) => subject)).toEqual(['anatomy', 'surgery']);
  expect(calibrationSchema.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  const damaged = { ...kept, ece: { value: -1, interval: null } };
  expect(calibrationSchema.safeParse(damaged).success).toBe(false);
});

test('a model card says the figures and what they allow to say', () => {
  const line = calibrationWords('en', archivedOf(60));
  expect(line).toMatch(/^calibration: ECE 0\.400 \(0\.\d{3} to 0\.\d{3}\), Brier 0\.820 /u);
  expect(line).toContain('more often sure (90.0) than right (50.0).');
  expect(calibrationWords('en', archivedOf(6))).toContain('6 questions are too few to say');
  expect(calibrationWords('zh', archivedOf(60))).toContain('过于自信（把握 90.0，答对 50.0）。');
});
