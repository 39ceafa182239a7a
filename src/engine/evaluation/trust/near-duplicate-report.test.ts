import { expect, test } from 'vitest';
import { reportNearDuplicates } from './near-duplicate-report.ts';
import { SIGNATURE_BYTES } from './signatures.ts';

/** Signatures that agree in every byte where their numbers do, and in none where they do not. */
function signatures(...numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(
    numbers.flatMap((number) => Array.from({ length: SIGNATURE_BYTES }, (_, i) => number + 7 * i)),
  );
}

test('near-duplicates are counted within sets and between them, and shown by set and row', () => {
  const report = reportNearDuplicates(signatures(1, 2, 1, 3, 1, 1, 2), [3, 1, 3], 2);
  expect(report.within).toEqual([1, 0, 1]);
  expect(report.between).toEqual([{ first: 0, second: 2, records: 3 }]);
  expect(report.examples).toEqual([
    { first: { set: 0, row: 0 }, second: { set: 0, row: 2 }, likeness: 1 },
    { first: { set: 0, row: 0 }, second: { set: 2, row: 0 }, likeness: 1 },
  ]);
});

test('without near-duplicates there is nothing to say', () => {
  const none = { within: [0, 0], between: [], examples: [] };
  expect(reportNearDuplicates(signatures(1, 2, 3), [2, 1], 5)).toEqual(none);
  expect(reportNearDuplicates(new Uint8Array(), [0, 0], 5)).toEqual(none);
});
