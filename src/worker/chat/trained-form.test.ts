import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { openMemoryStorage, type Storage } from '../../storage/storage.ts';
import { publicFolder } from '../testing/studio.ts';
import { trainedForm } from './trained-form.ts';

const COUNT = 40;
const TOLD = 'You answer letters of a ward.';

interface SetOf {
  readonly system?: (row: number) => string;
  readonly prompt: (row: number) => string;
  readonly columns?: DataSetSummary['columns'];
}

async function addSet(storage: Storage, name: string, { system, prompt, columns }: SetOf) {
  const writer = await storage.dataSets.create();
  for (let row = 0; row < COUNT; row += 1) {
    await writer.add({
      ...{ line: row + 1, task: name },
      messages: [
        ...(system ? [{ role: 'system' as const, content: system(row) }] : []),
        { role: 'user', content: prompt(row) },
        { role: 'assistant', content: `Answer ${row}` },
      ],
    });
  }
  const about = {
    name,
    kind: 'alignment',
    shape: 'messages',
    ...(columns && { columns }),
  } as const;
  return (await writer.finish(about)).id;
}

async function addRun(storage: Storage, about: Partial<RunSummary>): Promise<void> {
  await storage.runs.create({
    summary: {
      ...{ id: 'r', name: 'First', modelId: 'm', modelName: 'M', dataSetIds: [] },
      ...{ recipe: quickRecipe(), state: 'done', stages: [], snapshots: [], adapter: '' },
      ...{ createdAt: 1, updatedAt: 1, checkpoint: null, error: null, ...about },
    },
    ...{ tasks: [], fingerprint: '', checkpoint: null, stages: [] },
  });
}

test('the form of a run: what its records share, and a short prompt that was kept apart', async () => {
  const storage = await openMemoryStorage('trained-form');
  const quick = quickRecipe();
  const recipe = { ...quick, validation: { ...quick.validation, fraction: 0.25, maxRecords: 30 } };
  const prompt = (row: number) => `Name the section.\nCase ${'x'.repeat(COUNT - row)}`;
  const instruction = 'Say yes or no.';
  const columns = { fields: 'a\nb', mapping: { instruction, prompt: 'a', response: 'b' } };
  const dataSetIds = [
    // Most records have one system prompt, and one line before the case.
    await addSet(storage, 'sections', { system: (row) => (row % 4 === 0 ? '' : TOLD), prompt }),
    await addSet(storage, 'more', { system: () => TOLD, prompt: (row) => `Question ${row}?` }),
    // Nothing in common, but what a person put before every question.
    await addSet(storage, 'said', {
      system: (row) => `Case ${row}`,
      prompt: (row) => `${row}?`,
      columns,
    }),
  ];
  await addRun(storage, { dataSetIds, recipe });
  const found = await trainedForm({ storage, publicFiles: publicFolder }, 'r');
  expect(found.systems).toEqual([{ text: TOLD, dataSets: ['sections', 'more'] }]);
  expect(found.instructions).toEqual([
    { text: 'Name the section.', dataSets: ['sections'] },
    { text: instruction, dataSets: ['said'] },
  ]);
  const [apart = new Uint32Array()] = validationRows([COUNT, COUNT, COUNT], recipe);
  expect(apart.length).toBeGreaterThan(1);
  expect(found.prompts[0]).toEqual({ dataSet: 'sections', text: prompt(Math.max(...apart)) });
  expect(found.prompts.map(({ dataSet }) => dataSet)).toEqual(['sections', 'more', 'said']);
});

test('sets that are gone give nothing, unless they came with the studio', async () => {
  const storage = await openMemoryStorage('trained-elsewhere');
  const from = (name: string) =>
    ({ name, kind: 'alignment', records: 150, fingerprint: null }) as const;
  await addRun(storage, {
    dataSetIds: ['gone', 'sample'],
    origin: {
      ...{ studio: '', browser: '', archivedAt: 1, scores: [], baseHere: true, branches: true },
      base: {
        ...{ name: 'M', architecture: '', parameters: 0, licence: '', hub: '' },
        ...{ fingerprint: null, precision: null },
      },
      dataSets: [from('letters of a ward'), from('MTS-Dialog section headers')],
    },
  });
  const { systems, instructions, prompts } = await trainedForm(
    { storage, publicFiles: publicFolder },
    'r',
  );
  expect(systems).toEqual([]);
  const [line = ''] = instructions.map(({ text }) => text);
  expect(line).toBe('Which section of the clinical note does this dialogue belong to?');
  expect(prompts).toHaveLength(1);
  expect(prompts[0]?.dataSet).toBe('MTS-Dialog section headers');
  expect(prompts[0]?.text.startsWith(line)).toBe(true);
});
