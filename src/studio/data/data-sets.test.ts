import { describe, expect, it } from 'vitest';
import type { DataSetSummary } from '../../contract/data.ts';
import { selectedSet, trainingSets } from './data-sets.ts';

function summary(id: string, change: Partial<DataSetSummary> = {}): DataSetSummary {
  return {
    id,
    name: id,
    kind: 'knowledge',
    shape: 'alpaca',
    records: 10,
    bytes: 100,
    problems: 0,
    tasks: [],
    createdAt: 0,
    fingerprint: id,
    ...change,
  };
}

describe('which sets train', () => {
  const sets = [
    summary('a'),
    summary('b'),
    summary('empty', { records: 0 }),
    summary('test', { shape: 'evaluation' }),
  ];

  it('leaves out what was unticked, what is empty and what measures', () => {
    const used = trainingSets({ sets, left: ['b'], selectedId: null });
    expect(used.map(({ id }) => id)).toEqual(['a']);
  });

  it('looks at the chosen set, or at the first when it is gone', () => {
    expect(selectedSet({ sets, left: [], selectedId: 'b' })?.id).toBe('b');
    expect(selectedSet({ sets, left: [], selectedId: 'removed' })?.id).toBe('a');
    expect(selectedSet({ sets: [], left: [], selectedId: 'b' })).toBeNull();
  });
});
