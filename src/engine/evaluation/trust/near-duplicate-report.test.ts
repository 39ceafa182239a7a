import { expect, test } from 'vitest';
import { findNearDuplicates, type SignedSet } from './near-duplicate-report.ts';
import { SIGNATURE_BYTES } from './signatures.ts';

/** Signatures that agree in every byte where their numbers do, and in none where they do not. */
function signatures(...numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(
    numbers.flatMap((number) => Array.from({ length: SIGNATURE_BYTES }, (_, i) => number + 7 * i)),
  );
}

function signedSet(id: string, all: Uint8Array): SignedSet {
  const read = async (from: number, count: number): Promise<Uint8Array> =>
    all.subarray(from * SIGNATURE_BYTES, (from + count) * SIGNATURE_BYTES);
  return { id, records: all.length / SIGNATURE_BYTES, read };
}

const goOn = (): Promise<void> => Promise.resolve();

test('near-duplicates are counted within a set and in each other set, and shown by set and row', async () => {
  const others = [
    signedSet('one', signatures(1, 2, 1, 3)),
    signedSet('two', signatures(9)),
    signedSet('three', signatures(8, 2)),
  ];
  const report = await findNearDuplicates(signatures(1, 1, 2, 5), others, goOn);
  expect(report.within).toBe(1);
  expect(report.between).toEqual([
    { id: 'one', records: 3 },
    { id: 'two', records: 0 },
    { id: 'three', records: 1 },
  ]);
  expect(report.examples).toEqual([
    { row: 1, set: null, otherRow: 0, likeness: 1 },
    { row: 0, set: 'one', otherRow: 0, likeness: 1 },
    { row: 2, set: 'one', otherRow: 1, likeness: 1 },
    { row: 2, set: 'three', otherRow: 1, likeness: 1 },
  ]);
});

test('many equal records are compared with few, and examples are few', async () => {
  const same = signatures(...Array.from({ length: 4_000 }, () => 4));
  const report = await findNearDuplicates(same, [signedSet('other', same)], goOn);
  expect(report.within).toBe(3_999);
  expect(report.between).toEqual([{ id: 'other', records: 4_000 }]);
  expect(report.examples).toHaveLength(21);
});

test('records without a word are like none, and an empty set has nothing to say', async () => {
  const wordless = new Uint8Array(2 * SIGNATURE_BYTES);
  const nothing = { within: 0, between: [{ id: 'other', records: 0 }], examples: [] };
  const other = [signedSet('other', wordless)];
  expect(await findNearDuplicates(wordless, other, goOn)).toEqual(nothing);
  expect(await findNearDuplicates(new Uint8Array(), other, goOn)).toEqual(nothing);
});

test('a search tells how far it is, and can be ended', async () => {
  const told: number[] = [];
  const others = [signedSet('other', signatures(1, 2, 3))];
  await findNearDuplicates(signatures(1), others, async (fraction) => void told.push(fraction));
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  const ended = findNearDuplicates(signatures(1), others, () => Promise.reject(new Error('ended')));
  await expect(ended).rejects.toThrow('ended');
});
