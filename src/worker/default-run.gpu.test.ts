/** The untouched default on the samples that come with the studio: every record teaches, and the alignment loss falls. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { fitted } from '../engine/training/recipe/fitted.ts';
import { presetRecipe } from '../engine/training/recipe/presets.ts';
import { listSamples, SAMPLES } from './data/samples.ts';
import { openStudio, publicFolder, textFile } from './testing/studio.ts';

/** Records taken of each set, so that a software adapter is done within a minute. */
const RECORDS = 12;

const gpu = await openTestDevice();
afterAll(() => {
  const { fault } = gpu;
  gpu.close();
  expect(fault).toBeNull();
});

test('the default on the samples: every record teaches, the alignment loss falls', async () => {
  const { client, events } = await openStudio(async () => gpu);
  const samples = (await listSamples(publicFolder)).filter(({ use }) => use === 'training');
  const files = await Promise.all(
    samples.map(async ({ file }) => {
      const lines = (await readFile(`public/${SAMPLES}/${file}`, 'utf8')).split('\n');
      return textFile(file, lines.slice(0, RECORDS));
    }),
  );
  const sets = await client.call('data.import', { files, task: 'import' });
  await Promise.all(
    sets.map(({ id }, i) =>
      client.call('data.setKind', { id, kind: samples[i]?.kind ?? 'knowledge' }),
    ),
  );
  const [nano] = (await client.call('models.list', {})).filter(({ id }) => id === 'medcare-nano');
  const plain = presetRecipe('quick');
  const facts = await Promise.all(
    sets.map(async ({ id, records }, i) => {
      const { labels, truncation, batch } = plain;
      const { needed, usualLongest: longest } = await client.call('data.histogram', {
        ...{ id, modelId: 'medcare-nano', labels, truncation, maxLength: batch.maxLength },
        ...{ all: true, task: `lengths ${i}` },
      });
      return { kind: samples[i]?.kind ?? 'knowledge', records, needed, longest };
    }),
  );
  const { contextLength: context = Number.NaN, parameters = Number.NaN } = nano ?? {};
  const recipe = fitted('quick', plain, { sets: facts, context, parameters });

  const dataSetIds = sets.map(({ id }) => id);
  const { id } = await client.call('runs.start', {
    ...{ name: 'default', modelId: 'medcare-nano', dataSetIds, recipe },
  });
  await expect
    .poll(
      () => events.some((event) => event.type === 'runs.changed' && event.run.state === 'done'),
      {
        timeout: 600_000,
      },
    )
    .toBe(true);
  const run = (await client.call('runs.list', {})).find((one) => one.id === id);
  expect(run?.data).toMatchObject({
    ...{ training: 45, validation: 15, withoutTargets: 0, leftOut: [] },
    cut: { answerCut: 0, nothing: 0, little: 0 },
  });
  const { validation } = await client.call('runs.curves', { id });
  const loss = (snapshot: string): number =>
    validation.find((point) => point.snapshot === snapshot)?.alignment ?? Number.NaN;
  expect(loss('merged')).toBeLessThan(loss('base') - 0.5);
}, 900_000);
