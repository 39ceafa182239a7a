import { expect, test } from 'vitest';
import { byFamily, relativeTimes, type PlanProfile } from './profile.ts';
import { chromeTrace } from './trace.ts';

test('timestamps become times after the first, in the steps that their clock shows', () => {
  const at = 7_000_000_000_000n;
  const stamps = BigUint64Array.from(
    // The last pair steps back, as the clocks of several processors may.
    [0n, 300_000n, 400_000n, 400_000n, 900_000n, 800_000n].map((each) => at + each),
  );
  const { begin, end, resolution } = relativeTimes(stamps, 3);
  expect([...begin]).toEqual([0, 400_000, 900_000]);
  expect([...end]).toEqual([300_000, 400_000, 900_000]);
  expect(resolution).toBe(100_000);
  expect(relativeTimes(BigUint64Array.from([5n, 5n]), 1).resolution).toBe(1);
});

const dispatch = (kernel: string, family: 'matmul' | 'copy', start: number, scope: string) => ({
  ...{ kernel, family, start, scope, product: family === 'matmul', writes: 'y' },
  ...{ milliseconds: 2, bytes: 10, workgroups: 3 },
});

test('families add up, the slowest first, and transfers are no dispatches', () => {
  const all = [
    dispatch('copy', 'copy', 0, ''),
    dispatch('linear', 'matmul', 2, 'layer 0'),
    dispatch('linear', 'matmul', 4, 'layer 0'),
  ];
  expect(byFamily(all)).toEqual([
    { family: 'matmul', dispatches: 2, bytes: 20, milliseconds: 4 },
    { family: 'copy', dispatches: 0, bytes: 10, milliseconds: 2 },
  ]);
});

test('a trace has a track of dispatches and one of the parts that they belong to', () => {
  const dispatches = [
    dispatch('linear', 'matmul', 0, 'layer 0'),
    dispatch('linear', 'matmul', 2.5, 'layer 0'),
    dispatch('copy', 'copy', 5, ''),
    dispatch('linear', 'matmul', 8, 'layer 1'),
  ];
  const profile: PlanProfile = {
    clock: { kind: 'timestamps', resolutionNanoseconds: 1 },
    ...{ rounds: 1, dispatches, families: byFamily(dispatches), milliseconds: 8 },
    ...{ wallMilliseconds: 9, launchMilliseconds: 1, productMilliseconds: 6 },
  };
  const { traceEvents } = JSON.parse(chromeTrace('adapter', [{ name: 'step', profile }])) as {
    traceEvents: { ph: string; name: string; tid: number; ts: number; dur: number }[];
  };
  const on = (tid: number): unknown[] =>
    traceEvents
      .filter((event) => event.ph === 'X' && event.tid === tid)
      .map(({ name, ts, dur }) => [name, ts, dur]);
  expect(on(1)).toEqual([
    ['layer 0', 0, 4500],
    ['layer 1', 8000, 2000],
  ]);
  expect(on(2)).toEqual([
    ['linear', 0, 2000],
    ['linear', 2500, 2000],
    ['copy', 5000, 2000],
    ['linear', 8000, 2000],
  ]);
});
