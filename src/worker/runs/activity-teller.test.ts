import { expect, test } from 'vitest';
import type { WorkerEvent } from '../../contract/contract.ts';
import type { RunActivity } from '../../contract/runs.ts';
import { activityTeller } from './activity-teller.ts';

test('each beginning and each end is told, progress in between only now and then', () => {
  const told: WorkerEvent[] = [];
  const tell = activityTeller('r', (event) => void told.push(event));
  const validating = (done: number): RunActivity => ({
    ...{ what: 'validating', stage: 0 },
    count: { done, total: 3 },
  });
  const merging = { what: 'merging', stage: 0 } as const;
  // Nothing was being done, so no end is told.
  tell(null);
  for (const done of [0, 1, 2, 3]) tell(validating(done));
  tell(merging);
  tell({ ...merging, stage: 1 });
  tell(null);
  tell(null);
  expect(told).toEqual(
    [validating(0), merging, { ...merging, stage: 1 }, null].map((activity) => ({
      ...{ type: 'runs.activity', runId: 'r', activity },
    })),
  );
});
