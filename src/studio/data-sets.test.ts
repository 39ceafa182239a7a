import { describe, expect, it } from 'vitest';
import type { DataSetSummary } from '../worker/protocol.ts';
import { problemsCsv, selectedSet, trainingSets } from './data-sets.ts';

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

describe('left-out lines as CSV', () => {
  it('quotes what would split a cell and disarms what a spreadsheet would run', () => {
    const csv = problemsCsv([
      { file: '=cmd.jsonl', line: 3, column: null, code: 'x', reason: 'found "a", not b' },
    ]);
    expect(csv).toBe('file,line,column,code,reason\r\n\'=cmd.jsonl,3,,x,"found ""a"", not b"\r\n');
  });
});
