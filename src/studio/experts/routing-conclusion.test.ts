import { expect, test } from 'vitest';
import { everything } from './experts.ts';
import { concludeRouting } from './routing-conclusion.ts';

/** Counts of a task with four experts, one of them active, from the choices of each expert. */
function counts(task: string, choices: readonly number[], experts = 4) {
  const pairs = Array.from({ length: experts * experts }, (_, at) =>
    at % (experts + 1) === 0 ? (choices[at / (experts + 1)] ?? 0) : 0,
  );
  const tokens = choices.reduce((sum, count) => sum + count, 0);
  const weights = choices.map(() => 0);
  return { layer: 0, projection: 'gate', task, tokens, pairs, weights } as const;
}

function concluded(...tasks: readonly ReturnType<typeof counts>[]) {
  const report = { runId: 'r', experts: 4, active: 1, steps: null, hasParts: false };
  return concludeRouting({ ...report, counts: tasks }, everything);
}

test('loads near a quarter each are even', () => {
  expect(concluded(counts('a', [260, 240, 250, 250]))).toEqual({
    spread: { kind: 'even', low: 0.24, high: 0.26, even: 0.25 },
    idle: [],
    tasks: null,
  });
});

test('an expert with half of the decisions dominates, and one with next to none idles', () => {
  const found = concluded(counts('a', [700, 10, 150, 140]));
  expect(found?.spread).toEqual({ kind: 'dominated', by: [{ expert: 0, share: 0.7 }], even: 0.25 });
  expect(found?.idle).toEqual([1]);
});

test('what is neither says how many experts of equal load it amounts to', () => {
  const found = concluded(counts('a', [400, 400, 100, 100]));
  expect(found?.spread).toMatchObject({ kind: 'uneven', most: { share: 0.4 } });
  const entropy = -2 * (0.4 * Math.log(0.4) + 0.1 * Math.log(0.1));
  const effective = found?.spread.kind === 'uneven' ? found.spread.effective : Number.NaN;
  expect(effective).toBeCloseTo(Math.exp(entropy), 10);
});

test('tasks that choose differently are told apart, although their sum is even', () => {
  const found = concluded(counts('a', [400, 100, 250, 250]), counts('b', [100, 400, 250, 250]));
  expect(found?.spread.kind).toBe('even');
  expect(found?.tasks).toEqual({
    expert: 0,
    most: { task: 'a', share: 0.4 },
    least: { task: 'b', share: 0.1 },
    differs: true,
  });
  const alike = concluded(counts('a', [250, 250, 250, 250]), counts('b', [260, 240, 250, 250]));
  expect(alike?.tasks?.differs).toBe(false);
});

test('few decisions allow no conclusion, and a small task is not compared', () => {
  expect(concluded(counts('a', [150, 10, 10, 10]))?.spread).toEqual({
    kind: 'few',
    decisions: 180,
  });
  expect(
    concluded(counts('a', [250, 250, 250, 250]), counts('b', [90, 0, 0, 0]))?.tasks,
  ).toBeNull();
});

test('where every expert is always chosen there is nothing to conclude', () => {
  const report = { runId: 'r', experts: 1, active: 1, steps: null, hasParts: false };
  expect(concludeRouting({ ...report, counts: [counts('a', [900], 1)] }, everything)).toBeNull();
});
