import { expect, test } from 'vitest';
import { columnsOfRun } from './run-columns.ts';

test("a run's mappings come in the order of the run, without sets that have none or are gone", () => {
  const columns = (response: string) => ({ fields: 'a\nb', mapping: { prompt: 'a', response } });
  const sets = [{ id: 'advice', columns: columns('advice') }, { id: 'plain' }];
  const all = [...sets, { id: 'code', columns: columns('code') }];
  expect(columnsOfRun(['code', 'plain', 'gone', 'advice'], all)).toEqual([
    columns('code'),
    columns('advice'),
  ]);
  expect(columnsOfRun([], all)).toEqual([]);
});
