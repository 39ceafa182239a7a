/** The studio hands a planned run off: the bundle is whole, the run waits, and its archive comes back beside it. */
import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { parseManifest } from '../../archive/archive-manifest.ts';
import type { HandOffSource } from '../../contract/handoff.ts';
import { recipes } from '../../engine/index.ts';
import { openStudio } from '../testing/studio.ts';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Sealed {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

test('a planned run is handed off without a device, and waits', async () => {
  const studio = await openStudio();
  const { client } = studio;
  const sets = [...(await client.call('data.samples', { most: 20, task: 'samples' }))];
  const planted = await client.call('memorisation.plant', {
    ...{ dataSetIds: sets.map(({ id }) => id), seed: 7, times: [0, 4], each: 2 },
    names: { knowledge: 'Canaries, knowledge', alignment: 'Canaries, alignment' },
  });
  sets.push(...planted);
  const source: HandOffSource = {
    what: 'plan',
    ...{ name: 'Mine', modelId: 'medcare-nano', recipe: recipes.quick() },
    dataSetIds: sets.map(({ id }) => id),
  };
  const whole = await client.call('handoff.build', { source, withRecords: true, task: 'a' });
  const zip = unzipSync(new Uint8Array(await whole.file.blob.arrayBuffer()));
  const files = new Map(
    Object.entries(zip).map(([path, bytes]) => [path.slice(path.indexOf('/') + 1), bytes]),
  );
  const json = (name: string): unknown =>
    JSON.parse(new TextDecoder().decode(files.get(name) ?? new Uint8Array()));
  const manifest = json('handoff.json') as {
    files: Sealed[];
    records: Sealed[];
    split: number[][];
  };
  for (const { path, bytes, sha256 } of [...manifest.files, ...manifest.records]) {
    const found = files.get(path) ?? new Uint8Array();
    expect([path, found.length, hash(found)]).toEqual([path, bytes, sha256]);
  }
  expect(manifest.records).toHaveLength(sets.length);
  const { run, dataSets } = parseManifest(json('run/manifest.json') as never);
  expect(run).toMatchObject({ name: 'Mine', state: 'interrupted', cameFrom: run.id });
  expect(run).not.toHaveProperty('handedOff');
  expect(dataSets.map(({ records }) => records)).toEqual(sets.map(({ records }) => records));
  // Canaries are named as such, and none of them is kept for validation.
  expect(dataSets.map(({ canaries }) => canaries)).toEqual(sets.map(({ canaries }) => canaries));
  expect(manifest.split.slice(-planted.length)).toEqual(planted.map(() => []));
  expect(manifest.split.flat().length).toBeGreaterThan(0);
  expect(whole.file.name).toBe('Mine.handoff.zip');
  const told = await client.call('handoff.size', { source, task: 's' });
  const ratio = (told.records + told.rest) / whole.file.blob.size;
  expect([told, ratio > 0.9 && ratio < 1.1, ratio]).toEqual([told, true, ratio]);
  const listed = await client.call('runs.list', {});
  expect(listed).toMatchObject([{ id: run.id, state: 'interrupted', adapter: '' }]);
  expect(listed[0]?.handedOff).toBeGreaterThan(0);
  expect(listed[0]?.stages.every(({ steps, stepsDone }) => steps > 0 && stepsDone === 0)).toBe(
    true,
  );
  // The same run again, without its records: their hashes stay.
  const again = { what: 'run', runId: run.id } as const;
  const bare = await client.call('handoff.build', { source: again, withRecords: false, task: 'b' });
  const later = await client.call('handoff.size', { source: again, task: 't' });
  expect(later.records).toBe(told.records);
  const bareRatio = later.rest / bare.file.blob.size;
  expect([later, bareRatio > 0.8 && bareRatio < 1.2, bareRatio]).toEqual([later, true, bareRatio]);
  const names = Object.entries(unzipSync(new Uint8Array(await bare.file.blob.arrayBuffer())));
  expect(names.some(([path]) => path.includes('/records/'))).toBe(false);
  const [, said] = names.find(([path]) => path.endsWith('/handoff.json')) ?? [];
  expect(JSON.parse(new TextDecoder().decode(said))).toMatchObject({ records: manifest.records });
  studio.close();
});
