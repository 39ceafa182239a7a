import { NO_TARGET } from '../../text/labels/no-target.ts';
import { expect, test } from 'vitest';
import { countTargets, none, packRecords } from './packing.ts';

function record(
  length: number,
  task = 0,
  firstTarget = 1,
): Parameters<typeof packRecords>[0][number] {
  return {
    ids: Uint32Array.from({ length }, (_, t) => 100 * length + t),
    labels: Int32Array.from({ length }, (_, t) =>
      t >= firstTarget ? 100 * length + t : NO_TARGET,
    ),
    task,
  };
}

test('records go into the first micro-batch with room, and keep apart inside it', () => {
  const parts = packRecords([record(5), record(4, 3), record(3)], 8);
  expect(parts.map(({ records }) => records)).toEqual([
    [
      { index: 0, firstRow: 0 },
      { index: 2, firstRow: 5 },
    ],
    [{ index: 1, firstRow: 0 }],
  ]);
  const [first, second] = parts;
  expect([...(first?.segmentStart ?? [])]).toEqual([0, 0, 0, 0, 0, 5, 5, 5]);
  expect([...(first?.segmentEnd ?? [])]).toEqual([5, 5, 5, 5, 5, 8, 8, 8]);
  expect([...(first?.positions ?? [])]).toEqual([0, 1, 2, 3, 4, 0, 1, 2]);
  expect([...(second?.tasks ?? [])]).toEqual([3, 3, 3, 3, none, none, none, none]);
  expect([...(second?.segmentStart ?? [])]).toEqual([0, 0, 0, 0, 4, 5, 6, 7]);
});

test('a target row is the one before its label', () => {
  const [part] = packRecords([record(4, 0, 2)], 6);
  expect(part?.targets).toBe(2);
  expect([...(part?.targetRows.subarray(0, 3) ?? [])]).toEqual([1, 2, none]);
  expect([...(part?.targetIds.subarray(0, 3) ?? [])]).toEqual([402, 403, NO_TARGET]);
});

test('the first position of a record predicts nothing before it', () => {
  expect(countTargets(record(4, 0, 0))).toBe(3);
  expect(packRecords([record(4, 0, 0), record(2, 0, 0)], 6)[0]?.targets).toBe(4);
});

test('a record longer than a micro-batch is refused', () => {
  expect(() => packRecords([record(9)], 8)).toThrow(RangeError);
});
