/** States are named by what the run lists; one that it does not list is not called merged. */
import { beforeEach, expect, test } from 'vitest';
import { useLanguage } from '../../studio/language.ts';
import { snapshotName } from './snapshot-name.ts';

const run = {
  snapshots: [
    { id: 'stage1.end', label: 'Stage 1 with NA', branches: ['lora', 'ka', 'na'] },
    { id: 'stage1.after', label: 'Stage 1 without NA', branches: ['ka'] },
    { id: 'stage2.after', label: 'Merged', branches: [] },
  ],
};

beforeEach(() => useLanguage.getState().choose('en'));

test.each([
  ['en', ['Stage 1 with NA', 'Stage 1 without NA', 'Merged', 'stage3.after']],
  [
    'zh',
    ['阶段 1 结束时（LoRA、KA、NA）', '阶段 1 处理后（KA）', '阶段 2 合并后', '阶段 3 处理后'],
  ],
] as const)('in %s', (language, names) => {
  useLanguage.getState().choose(language);
  const ids = ['stage1.end', 'stage1.after', 'stage2.after', 'stage3.after'];
  expect(ids.map((id) => snapshotName(id, run))).toEqual(names);
});
