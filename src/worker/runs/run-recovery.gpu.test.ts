import { beforeAll, expect, test } from 'vitest';
import type { FaultyDevice, PlannedFault } from '../../../test/gpu/faulty-device.ts';
import { openFaultyDevice } from '../../../test/gpu/kernel-bench.ts';
import { exportedHash, importAll, resultOf, settled, startRun } from '../../../test/ordeal/jobs.ts';
import { fault } from '../../faults/fault.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { atNextSteps, openStudio, type Studio } from '../testing/studio.ts';

/** A run whose device is lost goes on by itself, to the bits of an undisturbed one, but not for ever. */

const devices: FaultyDevice[] = [];
/** What opening a device does besides. */
let onOpen: (device: FaultyDevice) => void = () => undefined;
let studio: Studio;
let dataSetIds: string[];
let expected: { readonly result: string; readonly weights: string };
/** Calls of an undisturbed run after its first steps. */
const calls = { submit: 0, mapAsync: 0 };

const last = (): FaultyDevice => {
  const device = devices.at(-1);
  if (!device) throw new Error('no device was opened');
  return device;
};

async function outcome(run: RunSummary): Promise<typeof expected> {
  return { result: await resultOf(studio, run), weights: await exportedHash(studio, run.id) };
}

/** A run to which something is done once it took its first steps; as it is when it rests. */
async function runWith(disturb: () => void): Promise<RunSummary> {
  const disturbed = atNextSteps(studio, disturb);
  const { id } = await startRun(studio, dataSetIds);
  await disturbed;
  return settled(studio, id);
}

/** What the page was told of a run's recoveries, in order, each once. */
function recoveriesOf(id: string): NonNullable<RunSummary['recovery']>[] {
  const told = studio.events.flatMap((event) =>
    event.type === 'runs.changed' && event.run.id === id && event.run.state === 'reopening'
      ? (event.run.recovery ?? [])
      : [],
  );
  return told.filter(({ error }, i) => error.data['at'] !== told[i - 1]?.error.data['at']);
}

beforeAll(async () => {
  studio = await openStudio(async () => {
    const { gpu, faulty } = await openFaultyDevice();
    devices.push(faulty);
    onOpen(faulty);
    return gpu;
  });
  dataSetIds = await importAll(studio);
  const run = await runWith(() => last().plan(null));
  calls.submit = last().count('submit');
  calls.mapAsync = last().count('mapAsync');
  expect(run.state).toBe('done');
  expected = await outcome(run);
});

test.each([
  ['submit', 0.01],
  ['mapAsync', 0.5],
  ['submit', 0.95],
] as const)('a device lost at a %s, at %d of the way', async (call, share) => {
  const opened = devices.length;
  const at = Math.max(1, Math.floor(share * calls[call]));
  const lost = last();
  const run = await runWith(() => lost.plan({ kind: 'loss', call, at }));
  expect(lost.struck).toBe(true);
  expect(run).toMatchObject({ state: 'done', error: null, recovery: null });
  expect(await outcome(run)).toEqual(expected);
  expect(devices.length).toBe(opened + 1);
  const [recovery, ...others] = recoveriesOf(run.id);
  expect(others).toEqual([]);
  expect(recovery).toMatchObject({ attempt: 1, most: 3, error: { code: 'device-lost' } });
});

test('losses with a checkpoint between them are counted anew', async () => {
  const seen = new Set<string>();
  const stop = studio.client.subscribe((event) => {
    if (event.type !== 'runs.changed' || event.run.state !== 'running') return;
    const place = JSON.stringify(event.run.checkpoint);
    if (event.run.checkpoint === null || event.run.recovery || seen.has(place)) return;
    seen.add(place);
    last().lose();
  });
  const run = await runWith(() => undefined);
  stop();
  expect(run).toMatchObject({ state: 'done', error: null });
  const attempts = recoveriesOf(run.id).map(({ attempt }) => attempt);
  expect(attempts.length).toBeGreaterThan(3);
  expect(attempts.every((attempt) => attempt === 1)).toBe(true);
  expect(await outcome(run)).toEqual(expected);
});

test('a device that is lost three times more before the next checkpoint ends the attempts', async () => {
  const loss: PlannedFault = { kind: 'loss', call: 'submit', at: 1 };
  let opened = 0;
  const run = await runWith(() => {
    opened = devices.length;
    onOpen = (device) => device.plan(loss);
    last().lose();
  });
  onOpen = () => undefined;
  expect(run).toMatchObject({
    state: 'interrupted',
    recovery: null,
    error: { code: 'device-lost', kept: 'to-checkpoint', data: { run: true, attempts: 3 } },
  });
  expect(devices.length).toBe(opened + 3);
  expect(recoveriesOf(run.id).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  await studio.client.call('runs.resume', { id: run.id });
  expect(await outcome(await settled(studio, run.id))).toEqual(expected);
});

test('where there is no GPU any more, the run asks three times and says so', async () => {
  let asked = 0;
  const run = await runWith(() => {
    onOpen = () => {
      asked += 1;
      throw fault('adapter-missing');
    };
    last().lose();
  });
  onOpen = () => undefined;
  expect(asked).toBe(3);
  expect(run).toMatchObject({
    state: 'interrupted',
    error: { code: 'adapter-gone', kept: 'to-checkpoint', data: { attempts: 3 } },
  });
  expect(run.error?.remedy).toContain('asked for one 3 times');
  await studio.client.call('runs.resume', { id: run.id });
  expect(await outcome(await settled(studio, run.id))).toEqual(expected);
});
