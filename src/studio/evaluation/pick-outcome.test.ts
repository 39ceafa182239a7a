import { expect, it } from 'vitest';
import { modelStateKey } from '../models/model-state-key.ts';
import { pickOutcome } from './pick-outcome.ts';
import { usePicks } from './picks.ts';

it('ticks the base and the last state of a run, and leaves other ticks', () => {
  const other = modelStateKey({ modelId: 'm', runId: 'other', snapshot: 'merged' });
  usePicks.getState().tick([other], true, []);
  const snapshots = ['base', 'stage1.end', 'merged', 'stage2.best'].map((id) => ({
    ...{ id, label: id, branches: [] },
  }));
  pickOutcome({ id: 'r', modelId: 'm', snapshots });
  expect([...(usePicks.getState().picked ?? [])]).toEqual([
    other,
    modelStateKey({ modelId: 'm', runId: null, snapshot: 'base' }),
    modelStateKey({ modelId: 'm', runId: 'r', snapshot: 'merged' }),
  ]);
});
