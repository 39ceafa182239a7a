import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { DataSetSummary } from '../contract/data.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import { firstLook } from '../studio/data/first-look.ts';
import { cancelled, Tasks } from './tasks/tasks.ts';
import { codeOf, openStudio, textFile } from './testing/studio.ts';

const alpaca = (i: number): string =>
  JSON.stringify({ instruction: `Question ${i}?`, input: '', output: `Answer number ${i}.` });

async function modelFiles(id: string, change: Record<string, Uint8Array | string | null> = {}) {
  const names = [
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'generation_config.json',
  ];
  const files: File[] = [];
  for (const name of names) {
    const changed = change[name];
    if (changed === null) continue;
    const content = changed ?? new Uint8Array(await readFile(`public/models/${id}/${name}`));
    files.push(new File([content as BlobPart], name));
  }
  return { files, paths: files.map(({ name }) => `folder/${name}`), name: 'dropped', task: 'm' };
}

test('bad lines are listed with their place, good ones become rows that page in', async () => {
  const { client, events } = await openStudio();
  const lines = [
    alpaca(0),
    '{"instruction": "no answer',
    alpaca(1),
    '[1]',
    '',
    alpaca(2),
    alpaca(1),
  ];
  const [set] = await client.call('data.import', {
    files: [textFile('notes.jsonl', lines)],
    task: 't',
  });
  if (!set) throw new Error('one set');
  expect(set).toMatchObject({ name: 'notes', shape: 'alpaca', records: 3, problems: 3 });
  const problems = await client.call('data.problems', { id: set.id, from: 0, count: 10 });
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [2, 'broken-json'],
    [4, 'not-an-object'],
    [7, 'duplicate'],
  ]);
  const rows = await client.call('data.rows', { id: set.id, from: 1, count: 10 });
  expect(rows.map(({ index, line }) => [index, line])).toEqual([
    [1, 3],
    [2, 6],
  ]);
  expect(events.some(({ type }) => type === 'data.progress')).toBe(true);
  expect((await client.call('data.setKind', { id: set.id, kind: 'alignment' })).kind).toBe(
    'alignment',
  );
  await client.call('data.remove', { id: set.id });
  expect(await client.call('data.list', {})).toEqual([]);
});

test('an empty file is refused, one without a good line is kept for its list', async () => {
  const { client } = await openStudio();
  const bring = (lines: string[]) =>
    client.call('data.import', { files: [textFile('x.jsonl', lines)], task: 't' });
  expect(await codeOf(bring([]))).toBe('data-set-empty');
  const [set] = await bring(['{"a', '[1]']);
  expect(set).toMatchObject({ records: 0, problems: 2 });
  expect(await client.call('data.list', {})).toHaveLength(1);
});

test('the samples come once, with the kinds they are known to have', async () => {
  const { client } = await openStudio();
  const first = await client.call('data.samples', { task: 's' });
  const again = await client.call('data.samples', { task: 's' });
  expect(first.map(({ kind, records }) => [kind, records])).toEqual([
    ['knowledge', 400],
    ['knowledge', 400],
    ['knowledge', 200],
    ['alignment', 600],
    ['alignment', 400],
  ]);
  expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expect(first.every(({ sample }) => sample)).toBe(true);
});

test('of the samples some records can be taken, short ones where a set has enough of them', async () => {
  const { client } = await openStudio();
  const kinds = (sets: readonly DataSetSummary[]) =>
    sets.map(({ kind, records }) => [kind, records]);
  const some = await client.call('data.samples', { most: 3, task: 's' });
  expect(kinds(some)).toEqual([
    ...[
      ['knowledge', 3],
      ['knowledge', 3],
      ['knowledge', 3],
    ],
    ...[
      ['alignment', 3],
      ['alignment', 3],
    ],
  ]);
  // No record of pubmedqa is that short.
  const { most, longest } = firstLook;
  const short = await client.call('data.samples', { most, longest, task: 's' });
  expect(kinds(short)).toEqual([
    ...[
      ['knowledge', most],
      ['knowledge', most],
    ],
    ...[
      ['alignment', most],
      ['alignment', most],
    ],
  ]);
});

test('a record is rendered as the model will read it, and lengths are counted before the cut', async () => {
  const { client } = await openStudio();
  const lines = Array.from({ length: 30 }, (_, i) => alpaca(i));
  const [set] = await client.call('data.import', {
    files: [textFile('a.jsonl', lines)],
    task: 't',
  });
  if (!set) throw new Error('one set');
  const view = { id: set.id, modelId: 'medcare-nano', labels: 'assistant' } as const;
  const rendered = await client.call('data.render', { ...view, index: 4, maxLength: 256 });
  const text = rendered.tokens.map(({ text: piece }) => piece).join('');
  const targets = rendered.tokens.filter(({ target }) => target).map(({ text: piece }) => piece);
  expect(text).toContain('<|im_start|>user\nQuestion 4?<|im_end|>\n<|im_start|>assistant\n');
  expect(targets.join('')).toBe('Answer number 4.<|im_end|>');
  expect(rendered.targets).toBe(targets.length);

  const all = { all: true, task: 'h' };
  const whole = await client.call('data.histogram', { ...view, ...all, maxLength: 256 });
  expect(whole.counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  expect(whole).toMatchObject({ truncated: 0, withoutTargets: 0, maxLength: 256 });
  // The system prompt of the template alone is longer than eight tokens.
  const cut = await client.call('data.histogram', { ...view, ...all, maxLength: 8 });
  expect(cut).toMatchObject({ truncated: 30, withoutTargets: 30, longest: whole.longest });
  expect(await codeOf(client.call('data.render', { ...view, index: 30, maxLength: 8 }))).toBe(
    'row-missing',
  );
});

test('a dropped folder is checked whole before anything of it is stored', async () => {
  const { client } = await openStudio();
  const bring = async (change: Record<string, Uint8Array | string | null>) =>
    client.call('models.import', await modelFiles('stories260k', change));
  const weights = new Uint8Array(await readFile('public/models/stories260k/model.safetensors'));
  const config = JSON.parse(
    await readFile('public/models/stories260k/config.json', 'utf8'),
  ) as Record<string, unknown>;
  const withConfig = (change: object): string => JSON.stringify({ ...config, ...change });
  const refused: [Record<string, Uint8Array | string | null>, string][] = [
    [{ 'config.json': null }, 'model-file-missing'],
    [{ 'tokenizer.json': null }, 'model-file-missing'],
    [{ 'model.safetensors': null }, 'weights-missing'],
    [{ 'model.safetensors': weights.slice(0, 1000) }, 'safetensors-header-length'],
    [{ 'model.safetensors': weights.slice(0, -4) }, 'safetensors-offsets'],
    [{ 'config.json': withConfig({ model_type: 'gpt2' }) }, 'architecture-unknown'],
    [{ 'config.json': withConfig({ intermediate_size: 100 }) }, 'tensor-shape'],
    [{ 'config.json': withConfig({ num_hidden_layers: 6 }) }, 'tensor-missing'],
    [{ 'tokenizer.json': '{"model": 3}' }, 'tokenizer-model'],
  ];
  for (const [change, code] of refused) expect(await codeOf(bring(change))).toBe(code);
  expect((await client.call('models.list', {})).map(({ source }) => source)).toEqual([
    'built-in',
    'built-in',
  ]);

  const model = await bring({});
  expect(model).toMatchObject({ name: 'dropped', source: 'folder', parameters: 260032 });
  expect(model.template).toBe('plain');
  expect(await client.call('models.list', {})).toHaveLength(3);
  const set = (template: 'model' | 'chatml') =>
    client.call('models.setTemplate', { id: model.id, template });
  expect(await codeOf(set('model'))).toBe('template-missing');
  expect(await codeOf(set('chatml'))).toBe('template-tokens-missing');
  await client.call('models.remove', { id: model.id });
  expect(await client.call('models.list', {})).toHaveLength(2);
  expect(await codeOf(client.call('models.remove', { id: 'stories260k' }))).toBe('model-built-in');
});

test('paths that leave the folder and folders of two models are refused', async () => {
  const { client } = await openStudio();
  const dropped = await modelFiles('stories260k');
  const escaping = { ...dropped, paths: dropped.paths.map((path) => `../${path}`) };
  expect(await codeOf(client.call('models.import', escaping))).toBe('model-paths');
});

test('without a GPU everything but the device works, and says so', async () => {
  const { client } = await openStudio();
  expect(await codeOf(client.call('device.open', {}))).toBe('webgpu-missing');
  const plan = client.call('models.plan', { modelId: 'stories260k', recipe: quickRecipe() });
  expect(await codeOf(plan)).toBe('webgpu-missing');
});

test('a run that cannot start says what is missing and leaves nothing behind', async () => {
  const { client } = await openStudio();
  const recipe = quickRecipe();
  const lines = Array.from({ length: 20 }, (_, i) => alpaca(i));
  const [set] = await client.call('data.import', {
    files: [textFile('a.jsonl', lines)],
    task: 't',
  });
  const [empty] = await client.call('data.import', {
    files: [textFile('b.jsonl', ['[1]'])],
    task: 't',
  });
  if (!set || !empty) throw new Error('two sets');
  const start = (dataSetIds: string[], change: object = {}) =>
    codeOf(
      client.call('runs.start', {
        name: '',
        modelId: 'medcare-nano',
        dataSetIds,
        recipe: { ...recipe, ...change },
      }),
    );
  expect(await start([])).toBe('data-missing');
  expect(await start([empty.id])).toBe('data-missing');
  expect(await start(['gone'])).toBe('data-set-missing');
  // Knowledge records only: the second stage has nothing to train on.
  expect(await start([set.id])).toBe('stage-without-data');
  const short = { ...recipe.batch, maxLength: 8 };
  const answerless = { batch: short, truncation: 'end' } as const;
  expect(await start([set.id], answerless)).toBe('targets-missing');
  expect(await start([set.id], { alpha: -1 })).toBe('recipe-invalid');
  await client.call('data.setKind', { id: set.id, kind: 'alignment' });
  expect(await start([set.id])).toBe('webgpu-missing');
  expect(await client.call('runs.list', {})).toEqual([]);
  expect(await codeOf(client.call('runs.pause', { id: 'x' }))).toBe('run-not-active');
  expect(await codeOf(client.call('runs.curves', { id: 'x' }))).toBe('run-missing');
});

test('an import that is cancelled keeps only the files that were finished', async () => {
  const { client, events } = await openStudio();
  const big = Array.from({ length: 40_000 }, (_, i) => alpaca(i));
  const call = client.call('data.import', {
    files: [textFile('small.jsonl', [alpaca(1)]), textFile('big.jsonl', big)],
    task: 'stop-me',
  });
  const noticed = new Promise<void>((resolve) => {
    client.subscribe((event) => {
      if (event.type === 'data.progress' && event.file.startsWith('big')) resolve();
    });
  });
  await noticed;
  await client.call('tasks.cancel', { task: 'stop-me' });
  expect(await codeOf(call)).toBe('cancelled');
  expect((await client.call('data.list', {})).map(({ name }) => name)).toEqual(['small']);
  expect(events.length).toBeGreaterThan(0);
});

test('progress is passed on ten times a second at most, and its end always', async () => {
  const sent: (number | null)[] = [];
  const tasks = new Tasks((event) => {
    if (event.type === 'tasks.progress') sent.push(event.fraction);
  });
  await tasks.run('t', async (task) => {
    for (let i = 0; i <= 1000; i += 1) task.progress(i / 1000, null);
  });
  expect(sent.at(-1)).toBe(1);
  expect(sent.length).toBeLessThan(20);
  const ended = tasks.run('t', async (task) => {
    tasks.cancel('t');
    task.check();
  });
  await expect(ended).rejects.toMatchObject({ code: cancelled().code });
});
