import { beforeEach, expect, test } from 'vitest';
import { REMOVED_SET } from '../../contract/run-origin.ts';
import { useLanguage } from '../../studio/language.ts';
import { dataSetNames } from './set-names.ts';

beforeEach(() => useLanguage.getState().choose('en'));

test('sets are named as they are here, else as their archive names them, else by their place', () => {
  const origin = {
    dataSets: [{ name: 'Ward notes' }, { name: 'Exam' }].map((one) => ({
      ...one,
      ...{ kind: 'knowledge' as const, records: 9, fingerprint: null },
    })),
  };
  const run = { dataSetIds: ['a', 'b', 'c'], origin: origin as never };
  const here = [{ id: 'b', name: 'Exam, renamed' }];
  expect(dataSetNames(run, here)).toEqual(['Ward notes', 'Exam, renamed', 'Set 3 (not here)']);
  useLanguage.getState().choose('zh');
  expect(dataSetNames({ dataSetIds: ['c'] }, here)).toEqual(['数据集 1（已不在）']);
  const removed = { dataSets: [{ ...origin.dataSets[0], name: REMOVED_SET }] } as never;
  const gone = dataSetNames({ dataSetIds: ['d'], origin: removed }, here);
  expect(gone).toEqual(['数据集 1（已不在）']);
});
