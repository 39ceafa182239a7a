/**
 * Opens an archive that the Python trainer wrote in a studio that has the sample data and the built-in model, beside
 * the worked example that the studio trained itself; prints as JSON what the studio makes of it, and how far the
 * logits of each state are from the example's.
 *
 *   node scripts/run-ts.mjs test/handoff/open-archive.ts ARCHIVE [--go-on]
 *
 * With `--go-on` a run that is not done is trained to its end first.
 */
import { readFile } from 'node:fs/promises';
import { openOwnDevice } from '../../scripts/device.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import { EXAMPLE } from '../../src/studio/exports/example-run.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';

/** Records of each sample set that the example trains on. */
const RECORDS = 150;
const QUESTIONS = [
  'What does the heart do?',
  'Find the diseases in: "Cisplatin caused acute renal failure and nausea."',
];

async function open({ client }: Studio, path: string): Promise<RunSummary> {
  const file = new File([new Uint8Array(await readFile(path))], 'run.zip');
  return client.call('archive.open', { file, task: path });
}

/** Trains an interrupted run to its end. */
async function goOn({ client }: Studio, { id }: RunSummary): Promise<RunSummary> {
  const over = new Promise<RunSummary>((resolve) => {
    client.subscribe((event) => {
      if (event.type !== 'runs.changed' || event.run.id !== id) return;
      if (['done', 'failed', 'interrupted'].includes(event.run.state)) resolve(event.run);
    });
  });
  await client.call('runs.resume', { id });
  return over;
}

async function logitsOf({ client }: Studio, { id, modelId }: RunSummary, snapshot: string) {
  const all = [];
  for (const content of QUESTIONS) {
    const state = { modelId, runId: snapshot === 'base' ? null : id, snapshot };
    all.push(
      ...(await client.call('chat.logits', { state, messages: [{ role: 'user', content }] })),
    );
  }
  return all;
}

export async function main([path = '', goesOn]: readonly string[]): Promise<void> {
  const gpu = await openOwnDevice();
  const studio = await openStudio(async () => gpu);
  await studio.client.call('data.samples', { most: RECORDS, task: 'samples' });
  const example = await open(studio, `public/${EXAMPLE.path}`);
  const opened = await open(studio, path);
  const run = goesOn === '--go-on' ? await goOn(studio, opened) : opened;
  const { steps, validation } = await studio.client.call('runs.curves', { id: run.id });
  const { steps: due } = await studio.client.call('runs.curves', { id: example.id });
  const report = await studio.client.call('experts.report', { runId: run.id });
  const states = [];
  for (const { id } of run.snapshots) {
    if (!example.snapshots.some((snapshot) => snapshot.id === id)) continue;
    const [found, wanted] = [await logitsOf(studio, run, id), await logitsOf(studio, example, id)];
    const differences = found.map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)));
    const size = Math.max(...wanted.map(Math.abs));
    states.push({ id, difference: Math.max(...differences) / size });
  }
  const losses = steps.map(({ nll }, i) => Math.abs(nll / (due[i]?.nll ?? Number.NaN) - 1));
  const findings = {
    opened: opened.state,
    ended: run.state,
    checkpoint: run.checkpoint,
    adapter: run.adapter,
    baseHere: run.origin?.baseHere,
    dataHere: run.dataSetIds.filter((id) => example.dataSetIds.includes(id)).length,
    steps: steps.length,
    validation: validation.length,
    routing: report.counts.length,
    loss: Math.max(...losses),
    states,
  };
  studio.close();
  gpu.close();
  console.log(JSON.stringify(findings));
}
