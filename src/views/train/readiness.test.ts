import { describe, expect, it } from 'vitest';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import { whatIsMissing, type Readiness } from './readiness.ts';

const ready: Readiness = {
  deviceFailed: false,
  model: { name: 'nano' },
  templateNeeded: false,
  sets: [{ kind: 'alignment', records: 5 }],
  recipe: paperRecipe(),
  active: null,
  grid: null,
  obstacles: [],
};

describe('whatIsMissing', () => {
  it('is empty when a run can start', () => {
    expect(whatIsMissing(ready)).toEqual([]);
  });

  it('names the model, its template, data and the device', () => {
    const words = (change: Partial<Readiness>) =>
      whatIsMissing({ ...ready, ...change }).map(({ what, mend }) => `${what} @ ${mend.act}`);
    expect(words({ deviceFailed: true, model: null, sets: [] })).toEqual([
      'a WebGPU device @ device',
      'a model @ model',
      'a data set @ data',
    ]);
    expect(words({ templateNeeded: true })).toEqual(['a chat template for nano @ template']);
    const aside = { code: 'text-job-ended', message: 'm', kept: '', remedy: 'r', data: {} };
    expect(words({ model: { name: 'nano', aside } })).toEqual([
      'another model, or another try with nano (it is set aside) @ model',
    ]);
    expect(words({ active: { id: 'run-1', name: 'old' } })).toEqual([
      'a free device (the run “old” is using it) @ run',
    ]);
    expect(words({ grid: { name: 'Tables' } })).toEqual([
      'a free device (the grid “Tables” is using it) @ grid',
    ]);
    expect(words({ obstacles: ['Too big.'] })).toEqual(['Too big. @ memory']);
    expect(words({ obstacles: ['Too big.', 'Big.', 'Big, too.'] })).toEqual([
      'Too big. 2 other buffers are too large, too. @ memory',
    ]);
  });

  it('knows which stage has no records of its kind', () => {
    const knowledge = { kind: 'knowledge', records: 9 } as const;
    expect(whatIsMissing({ ...ready, sets: [knowledge] })).toEqual([
      {
        what: 'records marked alignment, for stage 2',
        mend: { act: 'kind', kinds: ['alignment'] },
      },
    ]);
    const empty = { kind: 'alignment', records: 0 } as const;
    expect(whatIsMissing({ ...ready, sets: [knowledge, empty] })).toHaveLength(1);
  });
});
