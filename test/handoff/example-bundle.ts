/**
 * Writes the worked example as a bundle for handoff/, as the studio hands it off: before its first step, or with a
 * number of steps where it is paused. The tests of the Python trainer train it, and compare with what the studio itself
 * trained.
 *
 *   node scripts/run-ts.mjs test/handoff/example-bundle.ts FOLDER [STEPS]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { openOwnDevice } from '../../scripts/device.ts';
import { parseManifest, type Manifest } from '../../src/archive/archive-manifest.ts';
import type { HandOffSource } from '../../src/contract/handoff.ts';
import { EXAMPLE } from '../../src/studio/exports/example-run.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';

type Plan = Extract<HandOffSource, { readonly what: 'plan' }>;

/** Records of each sample set that the example trains on. */
const RECORDS = 150;

async function exampleManifest(): Promise<Manifest> {
  const zip = unzipSync(new Uint8Array(await readFile(`public/${EXAMPLE.path}`)));
  const [, bytes] = Object.entries(zip).find(([path]) => path.endsWith('/manifest.json')) ?? [];
  return parseManifest(JSON.parse(new TextDecoder().decode(bytes)) as never);
}

/** Trains the example's recipe until it has taken this many steps, and pauses. */
async function pause(
  { client }: Studio,
  { what: _what, ...run }: Plan,
  steps: number,
): Promise<string> {
  const over = new Promise<string>((resolve, reject) => {
    client.subscribe((event) => {
      if (event.type === 'runs.steps' && event.steps.some(({ step }) => step === steps - 1)) {
        client.call('runs.pause', { id: event.runId }).catch(reject);
      }
      if (event.type !== 'runs.changed') return;
      if (event.run.state === 'failed') reject(new Error(event.run.error?.message ?? 'failed'));
      if (event.run.state === 'paused') resolve(event.run.id);
    });
  });
  await client.call('runs.start', run);
  return over;
}

export async function main([folder = 'build/handoff/example', steps = '0']: readonly string[]) {
  const { run, fingerprint } = await exampleManifest();
  const gpu = Number(steps) > 0 ? await openOwnDevice() : null;
  const studio = await openStudio(gpu ? async () => gpu : undefined);
  const sets = await studio.client.call('data.samples', { most: RECORDS, task: 'samples' });
  const { modelId, recipe } = run;
  const dataSetIds = sets.map(({ id }) => id);
  const plan = { what: 'plan', name: EXAMPLE.name, modelId, dataSetIds, recipe } as const;
  const source: HandOffSource = gpu
    ? { what: 'run', runId: await pause(studio, plan, Number(steps)) }
    : plan;
  const asked = { source, withRecords: true, task: 'hand-off' };
  const { file } = await studio.client.call('handoff.build', asked);
  const zip = unzipSync(new Uint8Array(await file.blob.arrayBuffer()));
  studio.close();
  gpu?.close();
  for (const [path, bytes] of Object.entries(zip)) {
    const name = path.slice(path.indexOf('/') + 1);
    if (name === 'run/manifest.json') {
      const own = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
      if (own.fingerprint !== fingerprint) throw new Error('the example saw other records');
    }
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}
