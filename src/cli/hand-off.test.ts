import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { parseManifest } from '../archive/archive-manifest.ts';
import { baseOfBundle } from '../archive/hand-off/base-files.ts';
import { recordBytes } from '../archive/hand-off/record-file.ts';
import { openModel } from '../engine/face/model.ts';
import { readRecords, recipes } from '../engine/index.ts';
import { openFolder } from '../engine/node/index.ts';
import { fault } from '../faults/fault.ts';
import { memorySource } from '../formats/files/byte-source.ts';
import { parseSafetensors } from '../formats/weights/safetensors.ts';
import { NO_TARGET } from '../text/labels/no-target.ts';
import { checkFits } from './commands/hand-off.ts';
import { EXIT } from './exit-codes.ts';
import { main } from './medcare.ts';

/** A bundle is whole: every file as its manifest says, every record as the run would train on it. */

const MODEL = 'public/models/stories260k';
const DATA = [
  '--knowledge',
  'test/package/numbers.jsonl',
  '--alignment',
  'test/package/rooms.jsonl',
];
const sealed = z.object({ path: z.string(), bytes: z.int(), sha256: z.string().length(64) });
const about = z.strictObject({
  ...{ format: z.literal('medcare-handoff'), version: z.literal(1), order: z.literal(3) },
  merging: z.literal('into-weights'),
  files: z.array(sealed),
  records: z.array(sealed.extend({ records: z.int(), tokens: z.int() })).length(2),
  split: z.array(z.array(z.int())).length(2),
  base: z.object({
    ...{ name: z.literal('stories260k'), hub: z.literal(''), vocabulary: z.literal(512) },
    files: z.array(sealed),
  }),
});

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);

/** A command on a computer without a GPU. */
async function medcare(...args: readonly string[]) {
  const written = { out: '', err: '' };
  const code = await main(args, {
    out: { write: (text) => (written.out += text) },
    err: { write: (text) => (written.err += text) },
    input: Readable.from([]),
    env: {},
    openGpu: () => Promise.reject(fault('adapter-missing')),
    onInterrupt: () => () => undefined,
  });
  return { code, ...written };
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function manifestIn(name: string) {
  return about.parse(JSON.parse(await readFile(at(name, 'handoff.json'), 'utf8')));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medcare-hand-off-'));
  const said = await medcare('hand-off', 'quick', '-m', MODEL, ...DATA, '-o', at('bundle'));
  expect(said.err).not.toContain('What to do');
  expect(said.code).toBe(EXIT.done);
  expect(said.out).toMatch(
    /It holds 38 records as [\d,]+ tokens, which anybody can turn back into text/,
  );
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('every file is named with its size and hash, the trainer and the one command among them', async () => {
  const { files, records, base } = await manifestIn('bundle');
  for (const { path, bytes, sha256 } of [...files, ...records]) {
    const content = await readFile(at('bundle', path));
    expect([path, content.length, hash(content)]).toEqual([path, bytes, sha256]);
  }
  const found = (await readdir(at('bundle'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(at('bundle').length + 1));
  const named = [...files, ...records].map(({ path }) => path);
  expect(found.sort()).toEqual([...named, 'handoff.json'].sort());
  const trainer = (await readdir('handoff/medcare_train', { recursive: true }))
    .filter((name) => name.endsWith('.py'))
    .map((name) => `trainer/medcare_train/${name}`);
  expect(named).toEqual(expect.arrayContaining([...trainer, 'trainer/pyproject.toml']));
  const readme = await readFile(at('bundle', 'README.md'), 'utf8');
  expect(readme).toContain('-m medcare_train . --model base --out run.zip\n');
  expect(readme).toContain('tokens can be turned back into text');
  for (const { path, bytes, sha256 } of base.files) {
    const content = await readFile(join(MODEL, path));
    expect([path, content.length, hash(content)]).toEqual([path, bytes, sha256]);
  }
  expect(base.files.map(({ path }) => path).sort()).toEqual([
    ...['config.json', 'model.safetensors', 'tokenizer.json'],
  ]);
});

test('the run is one that has not begun, and its archive says where it comes from', async () => {
  const text = await readFile(at('bundle', 'run/manifest.json'), 'utf8');
  const { run, dataSets, tasks } = parseManifest(JSON.parse(text) as never);
  expect(run).toMatchObject({ state: 'interrupted', checkpoint: { stage: 0, step: 0 } });
  expect(run.cameFrom).toBe(run.id);
  expect(dataSets.map(({ kind }) => kind)).toEqual(['knowledge', 'alignment']);
  expect(tasks.length).toBeGreaterThan(0);
  expect((await manifestIn('bundle')).split.map((rows) => rows.length > 0)).toEqual([true, true]);
});

test('records are the tokens and targets that a run trains on, row by row', async () => {
  const model = await openModel(await openFolder(MODEL));
  const { maxLength } = recipes.quick().batch;
  for (const [index, name] of ['numbers', 'rooms'].entries()) {
    const bytes = await readFile(at('bundle', `records/${index + 1}.safetensors`));
    const file = await parseSafetensors(bytes, name);
    const list = (tensor: string): Uint32Array => {
      const { begin = 0, end = 0 } = file.tensors.get(tensor) ?? {};
      return new Uint32Array(new Uint8Array(bytes.subarray(begin, end)).buffer);
    };
    const lines = await readFile(`test/package/${name}.jsonl`);
    const { records } = await readRecords(new Uint8Array(lines), `${name}.jsonl`);
    const due = records.map((record) => model.encodeRecord(record, recipes.quick(), maxLength));
    expect([...list('lengths')]).toEqual(due.map(({ ids }) => ids.length));
    const words = due.flatMap(({ ids, labels }) =>
      [...ids].map((id, t) => (labels[t] === NO_TARGET ? id : id + 2 ** 31)),
    );
    expect([...list('words')]).toEqual(words);
    expect(file.metadata.get('format')).toBe('medcare-records-1');
  }
});

test('without records there are hashes, the same as with them; as one file it unpacks to the same', async () => {
  const asked = ['hand-off', 'quick', '-m', MODEL, ...DATA] as const;
  const said = await medcare(...asked, '--no-records', '-o', at('hashes'));
  expect(said.out).toContain('no records, only their hashes');
  expect(await stat(at('hashes', 'records')).catch(() => null)).toBeNull();
  const [bare, whole] = [await manifestIn('hashes'), await manifestIn('bundle')];
  expect(bare.records).toEqual(whole.records);
  expect(await readFile(at('hashes', 'README.md'), 'utf8')).toContain('--records FOLDER');
  expect((await medcare(...asked, '-o', at('bundle.zip'))).code).toBe(EXIT.done);
  const zip = unzipSync(new Uint8Array(await readFile(at('bundle.zip'))));
  const names = Object.keys(zip).map((name) => name.slice(name.indexOf('/') + 1));
  const all = [...whole.files, ...whole.records].map(({ path }) => path);
  expect(names.sort()).toEqual([...all, 'handoff.json'].sort());
});

test('records that no zip can hold are refused before anything is written', () => {
  const set = (tokens: number) => ({
    ...{ lengths: Uint32Array.of(tokens), tasks: Uint32Array.of(0) },
    read: () => Promise.resolve([]),
  });
  const run = { about: { dataSets: ['small', 'large'].map(setAbout) } };
  const bundle = { run, records: [set(2 ** 20), set(2 ** 30)], withRecords: true };
  expect(() => checkFits(bundle)).toThrow(
    fault('bundle-too-large', { dataSet: 'large', bytes: recordBytes(set(2 ** 30)) }),
  );
  checkFits({ ...bundle, records: [set(2 ** 29)] });
  checkFits({ ...bundle, withRecords: false });
});

const setAbout = (name: string) => ({
  ...({ name, kind: 'knowledge' } as const),
  ...{ records: 1, fingerprint: null },
});

test('a GGUF file is refused, a folder that holds something is left alone', async () => {
  const { folder: model } = await openModel(await openFolder(MODEL));
  const files = new Map([['m.gguf', memorySource('m.gguf', new Uint8Array())]]);
  const { config, weights } = model;
  const base = {
    name: 'M',
    config,
    tensors: weights.tensors,
    precision: 'float32',
    files,
  } as const;
  await expect(baseOfBundle(base, recipes.quick())).rejects.toMatchObject({
    code: 'hand-off-base',
  });
  const taken = await medcare('hand-off', 'quick', '-m', MODEL, ...DATA, '-o', at('bundle'));
  expect([taken.code, taken.err]).toEqual([EXIT.fault, expect.stringContaining('not empty')]);
});
