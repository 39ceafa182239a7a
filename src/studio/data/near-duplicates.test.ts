import { afterEach, expect, it, vi } from 'vitest';
import type { DataSetSummary, NearDuplicates, QuestionsHeld } from '../../contract/data.ts';
import { stubStorage } from '../testing/stub-storage.ts';
import { heldAmong, nearAmong } from './near-duplicates.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

function summary(id: string, near?: Partial<NearDuplicates>): DataSetSummary {
  const known = { within: 0, between: [], examples: [], at: 0 };
  return {
    ...{ id, name: id, kind: 'knowledge', shape: 'alpaca', records: 10, bytes: 100 },
    ...{ problems: 0, tasks: [], createdAt: 0, fingerprint: id },
    ...(near && { near: { ...known, ...near } }),
  };
}

it('gathers what each set keeps, as far as the other set is among them', () => {
  const one = summary('one', { within: 2 });
  const two = summary('two', {
    between: [
      { id: 'one', records: 3 },
      { id: 'elsewhere', records: 4 },
    ],
    examples: [
      { row: 1, set: 'one', otherRow: 5, likeness: 0.9 },
      { row: 2, set: 'elsewhere', otherRow: 6, likeness: 1 },
      { row: 3, set: null, otherRow: 0, likeness: 0.8 },
    ],
  });
  expect(nearAmong([one, two])).toEqual({
    records: 20,
    within: [{ set: one, records: 2 }],
    between: [{ set: two, other: one, records: 3 }],
    examples: [
      { first: { set: one, row: 5 }, second: { set: two, row: 1 }, likeness: 0.9 },
      { first: { set: two, row: 0 }, second: { set: two, row: 3 }, likeness: 0.8 },
    ],
    open: [],
  });
});

it('names sets that were not searched, or not compared with one before them', () => {
  const one = summary('one', { between: [{ id: 'three', records: 0 }] });
  const two = summary('two');
  const three = summary('three', {});
  const four = summary('four', { between: [{ id: 'one', records: 1 }] });
  const { records, open } = nearAmong([one, two, three, four]);
  expect(records).toBe(30);
  // Of a pair, either set may keep it: three was compared by one.
  expect(open).toEqual([two, three, four]);
  expect(nearAmong([one, three]).open).toEqual([]);
});

it('keeps a pair that both sets hold once', () => {
  const one = summary('one', { between: [{ id: 'two', records: 2 }] });
  const two = summary('two', { between: [{ id: 'one', records: 3 }] });
  expect(nearAmong([one, two]).between).toEqual([{ set: two, other: one, records: 3 }]);
});

it('looks for near-duplicates on import until somebody switches it off, and remembers that', async () => {
  const kept = stubStorage();
  const { onImport, useIdentifiersOnImport, useNearOnImport } = await import('./on-import.ts');
  expect(onImport()).toEqual({ identifiers: false, nearDuplicates: true });
  useNearOnImport.getState().set(false);
  useIdentifiersOnImport.getState().set(true);
  expect(onImport()).toEqual({ identifiers: true, nearDuplicates: false });
  vi.resetModules();
  const later = await import('./on-import.ts');
  expect(later.onImport()).toEqual({ identifiers: true, nearDuplicates: false });
  later.useNearOnImport.getState().set(true);
  later.useIdentifiersOnImport.getState().set(false);
  expect(kept.size).toBe(0);
});

it('gathers the questions that sets hold, each list as it was compared last', () => {
  const list = (itemsId: string, held: number, compared = 5): QuestionsHeld => ({
    ...{ itemsId, files: [`${itemsId}.jsonl`], questions: 5, compared, short: 0, held },
    ...{ ngram: held, near: 0, examples: [] },
  });
  const one = { ...summary('one'), questions: { at: 20, lists: [list('a', 2), list('b', 0)] } };
  const two = { ...summary('two'), questions: { at: 10, lists: [list('a', 0, 4)] } };
  const three = summary('three');
  expect(heldAmong([one, two, three])).toEqual({
    found: [{ set: one, list: list('a', 2) }],
    lists: [list('a', 2), list('b', 0)],
    open: [three],
    at: 10,
  });
  expect(heldAmong([three])).toMatchObject({ found: [], lists: [], at: null });
});
