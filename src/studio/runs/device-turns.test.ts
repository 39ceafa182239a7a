import { afterEach, expect, test } from 'vitest';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { inTurn, useTurns } from './device-turns.ts';
import { useRuns } from './runs.ts';

function runIs(state: RunState): void {
  useRuns.setState({ runs: [{ id: 'r', name: 'Long run', state } as RunSummary] });
}

afterEach(() => useRuns.setState({ runs: [] }));

function asked() {
  const waits: (string | null)[] = [];
  const waiting = new AbortController();
  const done = inTurn({ signal: waiting.signal, onWait: (run) => waits.push(run) }, async () => {
    expect(useTurns.getState().taken).toBe(1);
    return 'measured';
  });
  return { waits, waiting, done };
}

test('work begins at once where no run computes, and while one is paused', async () => {
  expect(await asked().done).toBe('measured');
  runIs('paused');
  const { waits, done } = asked();
  expect(await done).toBe('measured');
  expect(waits).toEqual([null]);
  expect(useTurns.getState().taken).toBe(0);
});

test('work waits for the end of a run, and says for which', async () => {
  runIs('running');
  const { waits, done } = asked();
  expect(useTurns.getState().taken).toBe(1);
  expect(waits).toEqual(['Long run']);
  runIs('finalising');
  runIs('done');
  expect(await done).toBe('measured');
  expect(waits).toEqual(['Long run', 'Long run', null]);
  expect(useTurns.getState().taken).toBe(0);
});

test('a wait can be given up: nothing is done, and the turn is free', async () => {
  runIs('running');
  const { waiting, done } = asked();
  waiting.abort();
  expect(await done).toBeNull();
  expect(useTurns.getState().taken).toBe(0);
});
