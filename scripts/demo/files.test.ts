import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSets } from '../../src/cli/inputs/record-files.ts';
import { readQuestions, recipes } from '../../src/engine/index.ts';
import { validationRows } from '../../src/engine/training/run/validation-split.ts';
import type { ChosenRecord, DemoData } from './data.ts';
import { mostHeldOut, splitLike, writeQuestions, writeRecipe, writeRecords } from './files.ts';
import { openDemoModel } from './model.ts';
import { folderToldApart } from './untrained-tokens.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medcare-files-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Kind = ChosenRecord['set']['kind'];

/** Records that say what they were chosen for. */
function chosen(kind: Kind, count: number, what: string): ChosenRecord[] {
  return Array.from({ length: count }, (_, row) => ({
    ...{ set: { name: `${kind} set`, kind }, dataSet: 0, row },
    ...{ ids: new Uint32Array(), labels: new Int32Array() },
    record: {
      messages: [
        { role: 'user' as const, content: `${kind} ${what} ${row}` },
        { role: 'assistant' as const, content: 'Yes.' },
      ],
    },
  }));
}

const said = ({ record }: ChosenRecord | { readonly record: ChosenRecord['record'] }): string =>
  record.messages[0]?.content ?? '';

test.each([
  [300, 300, 50, 50],
  [24, 24, 8, 8],
  [40, 6, 50, 2],
  [5, 2, 50, 0],
])(
  'of %i and %i records, a run keeps apart those held out: %i wanted, %i held',
  (knowledge, alignment, wanted, due) => {
    const held = mostHeldOut(wanted, [knowledge, alignment]);
    expect(held).toBe(due);
    const data: DemoData = {
      records: [
        ...chosen('knowledge', knowledge, 'trains'),
        ...chosen('alignment', alignment, 'trains'),
      ],
      validation: [...chosen('knowledge', held, 'apart'), ...chosen('alignment', held, 'apart')],
      sets: [],
    };
    const { recipe, sets } = splitLike(recipes.paper(), data);
    const rows = validationRows(
      sets.map(({ length }) => length),
      recipe,
    );
    const apart = sets.map((set, i) =>
      [...(rows[i] ?? [])].map((row) => said(set[row] ?? { record: { messages: [] } })),
    );
    expect(apart.map((own) => own.toSorted())).toEqual(
      [0, held].map((from) =>
        data.validation
          .slice(from, from + held)
          .map(said)
          .toSorted(),
      ),
    );
    const trained = sets.flatMap((set, i) =>
      set.filter((_, row) => rows[i]?.includes(row) !== true),
    );
    expect(trained.map(said)).toEqual(data.records.map(said));
  },
);

test('records and questions are written as the command line reads them', async () => {
  const data: DemoData = {
    records: [...chosen('knowledge', 6, 'trains'), ...chosen('alignment', 6, 'trains')],
    ...{ validation: [], sets: [] },
  };
  const split = splitLike(recipes.paper(), data);
  const files = await writeRecords(join(folder, 'run'), split.sets);
  const path = await writeRecipe(join(folder, 'recipe.json'), split.recipe);
  expect(recipes.parse(JSON.parse(await readFile(path, 'utf8')))).toEqual(split.recipe);
  const sets = await readSets([
    { path: files.knowledge, kind: 'knowledge' },
    { path: files.alignment, kind: 'alignment' },
  ]);
  expect(sets.map(({ kind, problems }) => [kind, problems])).toEqual([
    ['knowledge', []],
    ['alignment', []],
  ]);
  const read = sets.flatMap(({ records }) => records);
  expect(read.map(({ messages }) => messages)).toEqual(
    data.records.map(({ record }) => record.messages),
  );
  expect(new Set(read.map(({ task }) => task))).toEqual(
    new Set(['knowledge set', 'alignment set']),
  );

  const items = [
    {
      task: 'letters',
      kind: 'knowledge',
      metric: 'accuracy',
      prompt: 'A or B?',
      answer: 'A',
      choices: ['A', 'B'],
    },
    { task: 'text', kind: 'alignment', metric: 'rouge-l', prompt: 'Why?', answer: 'Because.' },
  ] as const;
  const written = await writeQuestions(join(folder, 'questions.jsonl'), items);
  const again = await readQuestions(await openAsBlob(written), 'questions.jsonl');
  expect(again).toMatchObject({ items, leftOut: [] });
});

test('a folder with its tokens told apart holds the very same numbers', async () => {
  const from = 'public/models/medcare-nano';
  const told = await folderToldApart(from, 42, join(folder, 'model'));
  expect(told.ids.length).toBeGreaterThan(100);
  const [before, after] = [await openDemoModel(from), await openDemoModel(told.folder)];
  for (const name of ['model.embed_tokens.weight', 'model.layers.0.mlp.up_proj.weight']) {
    expect(await after.readTensor(name)).toEqual(await told.model.readTensor(name));
  }
  const [end = 0] = before.endIds;
  const row = async (model: typeof before, id: number) =>
    (await model.readTensor('model.embed_tokens.weight')).slice(id * 128, (id + 1) * 128);
  expect(await row(after, end)).not.toEqual(await row(before, end));
  expect(await row(after, 100)).toEqual(await row(before, 100));
  const question = [{ role: 'user' as const, content: 'Is 7 an even number?' }];
  expect(after.encodePrompt(question)).toEqual(before.encodePrompt(question));
  // Told apart already, it stays as it is.
  expect((await folderToldApart(told.folder, 42, join(folder, 'twice'))).folder).toBe(told.folder);
});
