/** Which runs count as ended, from two lists of runs. */
import { expect, test } from 'vitest';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { endedRuns } from './run-end.ts';

const list = (states: Record<string, RunState>): RunSummary[] =>
  Object.entries(states).map(([id, state]) => ({ id, state }) as RunSummary);

test('a run has ended when it went on before and rests for good or needs its person', () => {
  const before = list({ a: 'running', b: 'running', c: 'running', d: 'done', e: 'finalising' });
  const after = list({ a: 'done', b: 'paused', c: 'failed', d: 'done', e: 'stopped', f: 'done' });
  expect(endedRuns(before, after).map(({ id }) => id)).toEqual(['a', 'c', 'e']);
  expect(endedRuns([], after)).toEqual([]);
});
