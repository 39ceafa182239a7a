import { expect, test } from 'vitest';
import type { Evaluations } from '../../storage/evaluations.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { heldOutName } from '../evaluation/run-questions.ts';
import { asksHeldOut } from './run-scores.ts';

const run = { id: 'r', name: 'A: b' } as RunSummary;
const held = heldOutName(run.name);
const asked = (...evaluations: readonly (readonly string[])[]): Evaluations => {
  const all = evaluations.map((files) => ({ files, variant: { runId: 'r' } }));
  const other = { files: ['other.jsonl'], variant: { runId: 'another' } };
  const check = { files: ['checked.jsonl'], variant: { runId: 'r' }, check: { shortcut: 'sex' } };
  return { list: () => Promise.resolve([...all, other, check]) } as unknown as Evaluations;
};

test('questions are known to be of the training data only where all are records that the run kept apart', async () => {
  expect(held).toBe('A b held-out.jsonl');
  expect(await asksHeldOut(asked([held], [held]), run)).toBe(true);
  expect(await asksHeldOut(asked([held], [held, 'mine.jsonl']), run)).toBe(false);
  expect(await asksHeldOut(asked(), run)).toBe(false);
  const scores = [{ task: 'exam' }];
  const archived = { ...run, origin: { scores } } as unknown as RunSummary;
  expect(await asksHeldOut(asked([held]), archived)).toBe(false);
});
