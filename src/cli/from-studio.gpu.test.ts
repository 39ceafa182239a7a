/** A run that was interrupted in the studio goes on in the command line, to the bits with which the studio ends it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recipes } from '../engine/index.ts';
import { EXIT } from './exit-codes.ts';
import { DATA, filledStudio, MODEL, type FilledStudio } from './testing/studio.ts';
import { medcare } from './testing/terminal.ts';

const quick = recipes.quick();
const recipe = {
  ...{ ...quick, name: 'Small' },
  batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
  validation: { ...quick.validation, everySteps: 4 },
};

/** Trains until a step of a stage, and pauses. */
async function pausedAt(
  { client, modelId, sets }: FilledStudio,
  at: { readonly stage: number; readonly step: number },
): Promise<string> {
  const paused = new Promise<string>((resolve, reject) => {
    client.subscribe((event) => {
      const reached =
        event.type === 'runs.steps' &&
        event.steps.some(({ stage, step }) => stage === at.stage && step === at.step);
      if (reached) client.call('runs.pause', { id: event.runId }).catch(reject);
      if (event.type !== 'runs.changed') return;
      if (event.run.state === 'failed') reject(new Error(event.run.error?.message ?? 'failed'));
      if (event.run.state === 'paused') resolve(event.run.id);
    });
  });
  const dataSetIds = sets.map(({ id }) => id);
  await client.call('runs.start', { name: 'From the tab', modelId, dataSetIds, recipe });
  return paused;
}

test.each([
  { stage: 0, step: 2 },
  { stage: 1, step: 1 },
])('in the middle of stage $stage', async (at) => {
  const folder = await mkdtemp(join(tmpdir(), 'medcare-from-studio-'));
  const studio = await filledStudio();
  const id = await pausedAt(studio, at);
  const client = await studio.reload();
  const { blob } = await client.call('exports.build', {
    ...{ runId: id, what: 'run', dtype: 'F32', branches: true, checkpoint: true, task: 'e' },
  });
  const [zip, out] = [join(folder, 'paused.run.zip'), join(folder, 'run')];
  await writeFile(zip, new Uint8Array(await blob.arrayBuffer()));
  const inspected = await medcare(['inspect', zip]);
  expect(inspected.out).toMatch(new RegExp(`goes on at: stage ${at.stage + 1}, step \\d`));
  await client.call('runs.resume', { id });
  await expect.poll(() => studio.stateOf(id), { timeout: 600_000 }).toBe('done');
  const { steps: due } = await client.call('runs.curves', { id });
  studio.close();

  const resumed = await medcare(['resume', zip, '-m', MODEL, ...DATA, '-o', out]);
  expect(resumed.err).not.toContain('What to do');
  expect(resumed.code).toBe(EXIT.done);
  const lines = (await readFile(join(out, 'steps.jsonl'), 'utf8')).trimEnd().split('\n');
  const found = lines.map((line) => (JSON.parse(line) as { metrics: { nll: number } }).metrics.nll);
  expect(found).toEqual(due.map(({ nll }) => nll));
  await rm(folder, { recursive: true, force: true });
});
