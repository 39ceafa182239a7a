import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recipes } from '../engine/index.ts';
import { parseSafetensors } from '../formats/weights/safetensors.ts';
import { EXIT } from './exit-codes.ts';
import { DATA, fileAt, filledStudio, MODEL } from './testing/studio.ts';
import { medcare } from './testing/terminal.ts';

/** One small run to its end, and the same run cut off and gone on with in every way: all give the same bits. */

const quick = recipes.quick();
const recipe = {
  ...{ ...quick, name: 'Small' },
  batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
  checkpointEverySteps: 3,
  validation: { ...quick.validation, everySteps: 4 },
};

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medcare-cli-'));
  await writeFile(at('recipe.json'), JSON.stringify(recipe));
  const ran = await medcare(['train', at('recipe.json'), '-m', MODEL, ...DATA, '-o', at('whole')]);
  expect(ran.err).not.toContain('What to do');
  expect(ran.code).toBe(EXIT.done);
  expect(ran.out).toContain('29 records to train on, 9 kept for validation');
  expect(ran.out).toMatch(/Validation of merged: knowledge \d\.\d{4}, alignment \d\.\d{4}/);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Step {
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly rows: readonly number[];
}

/** Every step of a run but for its time. */
async function stepsIn(name: string): Promise<Step[]> {
  const lines = (await readFile(at(name, 'steps.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const { metrics, rows } = JSON.parse(line) as Step;
    const { milliseconds: _time, ...bits } = metrics;
    return { metrics: bits, rows };
  });
}

/** A run's folder has the bits of another run: the one that nothing interrupted unless told. */
async function expectSame(name: string, whole = 'whole'): Promise<void> {
  expect(await stepsIn(name)).toEqual(await stepsIn(whole));
  for (const stage of [1, 2]) {
    const file = `stage-${stage}.safetensors`;
    expect(await readFile(at(name, file))).toEqual(await readFile(at(whole, file)));
  }
  const lines = async (of: string): Promise<unknown[]> => {
    const text = await readFile(at(of, 'validation.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  };
  expect(await lines(name)).toEqual(await lines(whole));
}

test('interrupted in the middle of a stage, a run keeps a checkpoint, and goes on to the same bits', async () => {
  const asked = ['train', at('recipe.json'), '-m', MODEL, ...DATA, '-o', at('cut'), '--json'];
  const cut = await medcare(asked, { sees: ({ type, step }) => type === 'step' && step === 4 });
  expect(cut.code).toBe(EXIT.interrupted);
  expect(cut.values[0]).toMatchObject({
    type: 'run',
    adapter: expect.stringMatching(/./u) as string,
    software: expect.any(Boolean) as boolean,
  });
  expect(cut.values.at(-1)).toMatchObject({ type: 'interrupted' });
  const inspected = await medcare(['inspect', at('cut')]);
  expect(inspected.out).toContain('state: interrupted');
  expect(inspected.out).toMatch(/goes on at: stage 1, step \d/);
  cpSync(at('cut', 'run.zip'), at('cut.zip'));
  await medcare(['hand-off', at('cut'), '-o', at('cut-bundle')]);
  expect((await medcare(['inspect', at('cut')])).out).toMatch(/state: handed off, \d{4}-/);
  const resumed = await medcare(['resume', at('cut')]);
  expect(resumed.code).toBe(EXIT.done);
  expect(resumed.err).toContain('Handed off to be trained elsewhere');
  expect((await medcare(['inspect', at('cut')])).out).toContain('state: done');
  expect(resumed.out).toMatch(/Goes on at stage 1, after \d steps/);
  await expectSame('cut');
});

test('the archive of an interrupted run goes on in a folder of its own', async () => {
  const resumed = await medcare(['resume', at('cut.zip'), '-m', MODEL, ...DATA, '-o', at('moved')]);
  expect(resumed.err).not.toContain('What to do');
  expect(resumed.code).toBe(EXIT.done);
  await expectSame('moved');
});

test('the bundle of an interrupted run holds its checkpoint, curves and branches', async () => {
  const asked = ['hand-off', at('cut.zip'), '-m', MODEL, ...DATA, '-o', at('bundle')];
  expect((await medcare(asked)).code).toBe(EXIT.done);
  const zip = unzipSync(new Uint8Array(await readFile(at('cut.zip'))));
  const kept = Object.entries(zip).flatMap(([path, bytes]) => {
    const name = path.slice(path.indexOf('/') + 1);
    return /^(?:curves|checkpoint)/.test(name) ? [{ name, bytes }] : [];
  });
  expect(kept.map(({ name }) => name)).toContain('checkpoint.safetensors');
  for (const { name, bytes } of kept) {
    expect([name, Buffer.compare(await readFile(at('bundle/run', name)), bytes)]).toEqual([
      name,
      0,
    ]);
  }
  const done = await medcare(['hand-off', at('whole'), '-o', at('nothing-left'), '--json']);
  expect(done.values).toMatchObject([{ type: 'fault', code: 'run-not-resumable' }]);
});

test('killed at any moment, a run goes on from its last checkpoint', async () => {
  const asked = ['train', at('recipe.json'), '-m', MODEL, ...DATA, '-o', at('live'), '--json'];
  await medcare(asked, {
    sees: ({ type, stage, step }) => {
      if (type !== 'step' || stage !== 1 || step !== 1) return false;
      // What a kill would leave on the disk.
      cpSync(at('live'), at('killed'), { recursive: true });
      return true;
    },
  });
  expect((await medcare(['resume', at('killed')])).code).toBe(EXIT.done);
  await expectSame('killed');
});

test('stages that another run trained alike are taken over, and give the bits of training them', async () => {
  const [first, second] = recipe.stages;
  const stages = [first, { ...second, orthogonal: null }];
  await writeFile(at('other.json'), JSON.stringify({ ...recipe, stages }));
  const train = (file: string, out: string) => ['train', at(file), '-m', MODEL, ...DATA, '-o', out];
  await medcare(train('other.json', at('trained')));
  const from = ['--from', at('whole', 'run.zip'), '--json'];
  const taken = await medcare([...train('other.json', at('taken')), ...from]);
  expect(taken.code).toBe(EXIT.done);
  const begun = taken.values.filter(({ type }) => type === 'stage-start');
  expect(begun).toMatchObject([{ stage: 1 }]);
  await expectSame('taken', 'trained');
  expect((await medcare(['inspect', at('taken')])).out).toContain('state: done');

  // Another end of the same stages leaves nothing to train.
  const after = second?.after.map((act) => ({ ...act, action: 'drop' }));
  const dropped = { ...recipe, stages: [first, { ...second, after }] };
  await writeFile(at('dropped.json'), JSON.stringify(dropped));
  const none = await medcare([...train('dropped.json', at('dropped')), ...from]);
  expect(none.values.map(({ type }) => type)).toEqual(['run', 'done']);
  const inspected = await medcare(['inspect', at('dropped')]);
  expect(inspected.out).toContain('state: done');
  expect(inspected.out).not.toMatch(/^merged/mu);

  const faster = { ...recipe, optimizer: { ...recipe.optimizer, learningRate: 1e-3 } };
  await writeFile(at('faster.json'), JSON.stringify(faster));
  const refused = await medcare([...train('faster.json', at('no-run')), ...from]);
  expect(refused.values).toMatchObject([{ type: 'fault', code: 'stages-not-alike' }]);
});

test('the studio opens the archive, with curves, states and the same base and records', async () => {
  const { client, modelId, sets, stateOf, close } = await filledStudio();
  const opened = await client.call('archive.open', {
    file: await fileAt(at('whole', 'run.zip')),
    task: 'a',
  });
  expect(opened).toMatchObject({ name: 'Small', state: 'done', modelId });
  expect(opened.origin?.baseHere).toBe(true);
  expect(opened.dataSetIds).toEqual(sets.map(({ id }) => id));
  expect(opened.snapshots.map(({ id }) => id)).toContain('merged');
  const { steps, validation } = await client.call('runs.curves', { id: opened.id });
  expect(steps.map(({ nll }) => nll)).toEqual(
    (await stepsIn('whole')).map(({ metrics }) => metrics['nll']),
  );
  expect(validation.map(({ snapshot }) => snapshot)).toContain('merged');

  // A run that the command line left goes on in the tab, to the same bits.
  const cut = await client.call('archive.open', { file: await fileAt(at('cut.zip')), task: 'b' });
  expect(cut).toMatchObject({ state: 'interrupted', checkpoint: { stage: 0 } });
  await client.call('runs.resume', { id: cut.id });
  await expect.poll(() => stateOf(cut.id), { timeout: 600_000 }).toBe('done');
  const gone = await client.call('runs.curves', { id: cut.id });
  expect(gone.steps.map(({ nll }) => nll)).toEqual(steps.map(({ nll }) => nll));
  close();
});

test('a state answers, is scored and exported; its scores are in the archive', async () => {
  const chat = ['chat', at('whole'), '-p', 'Is 7 an even number?', '--max-tokens', '8', '--json'];
  const said = await medcare(chat);
  expect(said.code).toBe(EXIT.done);
  expect(said.values).toMatchObject([{ type: 'answer', state: 'merged' }]);
  const twice = await medcare(['chat', at('whole', 'run.zip'), '-m', MODEL, ...chat.slice(2)]);
  expect(twice.values).toEqual(said.values);

  const talk = await medcare(['chat', '-m', MODEL, '--max-tokens', '4'], {
    types: 'One\nTwo\n\nThree\n',
  });
  expect(talk.code).toBe(EXIT.done);
  expect(talk.out.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);

  const questions = [
    '--questions',
    'test/package/rooms.jsonl',
    '--limit',
    '4',
    '--max-tokens',
    '8',
  ];
  const scored = await medcare([
    'evaluate',
    at('whole'),
    ...questions,
    '--answers',
    at('said.jsonl'),
  ]);
  expect(scored.err).not.toContain('What to do');
  expect(scored.code).toBe(EXIT.done);
  expect(scored.out).toContain('merged');
  expect((await readFile(at('said.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(4);
  expect((await medcare(['inspect', at('whole', 'run.zip')])).out).toContain('Merged · ');

  await medcare(['export', at('whole'), '-f', 'F32', '-o', at('model')]);
  const names = await readdir(at('model'));
  expect(names).toEqual(expect.arrayContaining(['README.md', 'config.json', 'model.safetensors']));
  const weights = await parseSafetensors(await readFile(at('model', 'model.safetensors')), 'model');
  expect(weights.tensors.size).toBeGreaterThan(10);
  const rooms = ['--questions', 'test/package/rooms.jsonl'];
  const compare = ['compare', at('whole'), ...rooms, '--limit', '4', '--json', '--with'];
  const unmerged = await medcare([...compare, at('model'), '-s', 'stage2.end']);
  expect(unmerged.values).toMatchObject([
    { type: 'comparison', state: 'stage2.end', questions: 4, greedyAgreement: 1 },
  ]);
  const apart = async (...args: readonly string[]): Promise<unknown> =>
    (await medcare([...compare, ...args])).values[0]?.['largest'];
  expect(unmerged.values[0]?.['largest']).toBeLessThan(1e-4);
  expect(await apart(at('model'), '-s', 'base')).toBeGreaterThan(0.1);
  expect(await apart(at('model'), '--precision', '4-bit')).toBeGreaterThan(1e-3);
  const nano = await medcare([...compare, 'public/models/medcare-nano']);
  expect(nano.values).toMatchObject([{ type: 'fault', code: 'compare-other-vocabulary' }]);
  await medcare(['export', at('whole'), '-f', 'adapters', '-o', at('adapters')]);
  expect(await readdir(at('adapters'))).toEqual(expect.arrayContaining(['README.md', 'ka', 'na']));
  const wrong = await medcare(['export', at('whole'), '-s', 'stage1.end', '-o', at('no')]);
  expect(wrong.code).toBe(EXIT.fault);
});

test('plan and doctor: memory by item, kernels tested', async () => {
  const plan = await medcare(['plan', at('recipe.json'), '-m', MODEL, '--json']);
  expect(plan.code).toBe(EXIT.done);
  expect(plan.values).toMatchObject([{ type: 'plan', recipe: 'Small', obstacles: [] }]);
  const doctor = await medcare(['doctor', '--json']);
  expect(doctor.code).toBe(EXIT.done);
  expect(doctor.values).toMatchObject([{ type: 'doctor', selfTest: { usable: true, wrong: [] } }]);
});

test('a run goes on with its own model and records alone', async () => {
  await mkdir(at('other'));
  await writeFile(
    at('other', 'rooms.jsonl'),
    '{"instruction":"a","output":"b"}\n{"instruction":"c","output":"d"}\n',
  );
  const changed = ['resume', at('cut.zip'), '-o', at('x'), '--json'];
  const data = await medcare([...changed, '-m', MODEL, '--alignment', at('other')]);
  expect([data.code, data.values.at(-1)?.['code']]).toEqual([EXIT.fault, 'run-inputs-changed']);
  const model = await medcare([...changed, '-m', 'public/models/medcare-nano', ...DATA]);
  expect([model.code, model.values.at(-1)?.['code']]).toEqual([EXIT.fault, 'run-other-base']);
  const done = await medcare(['resume', at('whole'), '--json']);
  expect(done.values.at(-1)?.['code']).toBe('run-not-resumable');
  const taken = await medcare([
    'train',
    at('recipe.json'),
    '-m',
    MODEL,
    ...DATA,
    '-o',
    at('whole'),
    '--json',
  ]);
  expect(taken.values.at(-1)?.['code']).toBe('run-folder-taken');
});
