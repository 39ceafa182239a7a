import { expect, it } from 'vitest';
import type { RunSummary } from '../../contract/runs.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { endedUnmeasured } from './ended-run.ts';

const run = (about: Partial<RunSummary> = {}) =>
  ({
    ...{ id: 'r', modelId: 'm', state: 'done' },
    snapshots: ['base', 'merged'].map((id) => ({ id, label: id, branches: [] })),
    ...about,
  }) as RunSummary;
const merged = { modelId: 'm', runId: 'r', snapshot: 'merged' };

it('the newest run is offered when it has ended, until it is ticked or measured', () => {
  expect(endedUnmeasured([run()], [], null)?.id).toBe('r');
  expect(endedUnmeasured([run({ state: 'stopped' })], [], new Set(['other']))?.id).toBe('r');
  expect(endedUnmeasured([run()], [], new Set([modelStateKey(merged)]))).toBeNull();
  expect(endedUnmeasured([run()], [{ variant: merged }], null)).toBeNull();
  expect(endedUnmeasured([run({ state: 'running' }), run({ id: 'old' })], [], null)).toBeNull();
  const snapshots = [{ id: 'base', label: '', branches: [] }];
  expect(endedUnmeasured([run({ snapshots })], [], null)).toBeNull();
  const origin = {} as NonNullable<RunSummary['origin']>;
  expect(endedUnmeasured([run({ origin })], [], null)).toBeNull();
  expect(endedUnmeasured([], [], null)).toBeNull();
});
