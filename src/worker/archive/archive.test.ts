import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { layOutBranches } from '../../engine/branches/layout.ts';
import { parseModelConfig, type ModelConfig } from '../../engine/model/config.ts';
import { stageBranches } from '../../engine/training/stage/branch-plans.ts';
import { encodeCheckpoint } from '../../engine/training/run/checkpoint.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { bestSnapshot, snapshotsAfter, withBest } from '../../engine/training/run/snapshots.ts';
import { openZip } from '../../formats/files/archive.ts';
import { blobSource } from '../../formats/files/byte-source.ts';
import type { EvaluationSummary } from '../../contract/evaluation.ts';
import { localLocks } from '../../storage/locks.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { openStorage, type Storage } from '../../storage/storage.ts';
import type { StoredStep } from '../../storage/stored.ts';
import type { ArchivedScore, ArchivedShortcut } from '../../contract/run-origin.ts';
import type { PairEvaluation } from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import { codeOf, openStudio, textFile } from '../testing/studio.ts';

/** One studio writes a run and another, empty one opens it, both with their real storage. */

const ID = '3f2a8c1e-4b5d-4e6f-8a7b-9c0d1e2f3a4b';
const FIXTURES = 'test/fixtures/exports';
const recipe = parseRecipe(JSON.parse(await readFile(`${FIXTURES}/recipe.json`, 'utf8')));
const branches = await Promise.all(
  [1, 2].map(
    async (stage) => new Uint8Array(await readFile(`${FIXTURES}/stage-${stage}.safetensors`)),
  ),
);

async function nanoConfig(): Promise<ModelConfig> {
  return parseModelConfig(
    JSON.parse(await readFile('public/models/medcare-nano/config.json', 'utf8')),
  );
}

let count = 0;
const opened: (() => void)[] = [];
afterAll(() => opened.forEach((close) => close()));

async function freshStudio() {
  const files = memoryStore();
  const name = `archive-${count++}`;
  const storage = await openStorage(files, localLocks(), name);
  const studio = await openStudio(undefined, { files, name });
  opened.push(() => {
    studio.close();
    storage.close();
  });
  return { ...studio, storage, files };
}

function steps(stage: number, from: number, to: number): StoredStep[] {
  return Array.from({ length: to - from }, (_, i) => ({
    metrics: {
      stage,
      step: from + i,
      // Values in which every digit counts.
      nll: Math.PI / (from + i + 1),
      orthogonal: stage === 0 ? null : 1 / (i + 3),
      learningRate: 2e-4 / 3,
      gradientNorm: i === 1 ? Number.NaN : Math.fround(0.1),
      targetTokens: 40 + i,
      tokens: 100,
      milliseconds: 12.25,
    },
    rows: Uint32Array.of(0, i, 1, 4_000_000_000 + i),
  }));
}

const score: ArchivedScore = {
  snapshot: 'merged',
  label: 'Merged',
  task: 'exam',
  kind: 'knowledge',
  metric: 'accuracy',
  score: 0.25,
  interval: { low: 0.125, high: 0.375 },
  items: 40,
  measuredAt: 7,
};

/** A finished run on a built-in model, with 450 steps: more than one read or write takes. */
async function filledStudio(change: Partial<RunSummary> = {}) {
  const studio = await freshStudio();
  const { storage, client } = studio;
  const lines = ['a', 'b'].map((x) =>
    JSON.stringify({ instruction: x, input: '', output: `${x}.` }),
  );
  const [set] = await client.call('data.import', {
    files: [textFile('notes.jsonl', lines)],
    task: 't',
  });
  if (!set) throw new Error('no data set');
  const summary: RunSummary = {
    id: ID,
    name: 'Run Ä/1',
    modelId: 'medcare-nano',
    modelName: 'MedCare nano',
    dataSetIds: [set.id, 'gone'],
    recipe,
    precision: 'float32',
    state: 'done',
    stages: recipe.stages.map(({ name }) => ({ name, steps: 225, stepsDone: 225, records: 2 })),
    snapshots: snapshotsAfter(recipe, 2),
    adapter: 'A device',
    kernels: { choices: { 'product:f32': 'tiled' }, fingerprint: 'abc' },
    createdAt: 5,
    updatedAt: 6,
    checkpoint: null,
    error: null,
    data: { maxLength: 128, truncated: 0, withoutTargets: 0, training: 2, validation: 0 },
    ...change,
  };
  const stored = { summary, tasks: ['notes'], fingerprint: 'f00d', checkpoint: null, stages: [] };
  await storage.runs.create(stored);
  for (const [stage, bytes] of branches.entries()) await storage.runs.saveStage(ID, stage, bytes);
  const best = { stage: 1, step: 40, loss: 2.125 };
  const snapshot = bestSnapshot(recipe, 1, 40);
  await storage.runs.saveBest(ID, branches[1] ?? new Uint8Array(), { ...best, snapshot });
  await storage.runs.update(ID, {
    checkpoint: null,
    snapshots: withBest(summary.snapshots, [{ stage: 1, snapshot }]),
  });
  await storage.experts.putGrowth(ID, {
    point: {
      ...{ stage: 0, step: 100 },
      linears: [
        {
          ...{ layer: 0, projection: 'up' },
          norms: [{ branch: 'na', a: 1.5, b: 0.1, experts: [{ a: 1, b: Number.NaN }] }],
          overlaps: [{ between: ['ka', 'align'], meanAbs: 0.1, cosine: 0.2 }],
        },
      ],
    },
    routing: [],
  });
  await storage.runs.appendCurves(
    ID,
    [...steps(0, 0, 225), ...steps(1, 0, 225)],
    [
      { stage: 0, step: 225, knowledge: 2.5, alignment: null, snapshot: 'stage1.end' },
      { stage: 0, step: 225, knowledge: 2.25, alignment: null, snapshot: 'stage1.after' },
    ],
  );
  const tasks = [{ task: 'exam', items: 4, choices: 4, right: 1, logLikelihood: -2.5 }];
  const scored: PairEvaluation = {
    ...{ id: 'p1', runId: ID, snapshot: 'stage1.end', createdAt: 8, experts: 2, files: [] },
    ...{ items: 4, choices: 4, tasks: ['exam'], routed: { pair: null, tasks } },
    pairs: [{ pair: [0, 1], tasks }],
  };
  await storage.experts.addPairs({ evaluation: scored, items: [] });
  const prompts = [{ dataSet: 0, row: 0, text: 'secret question', reference: 'secret answer' }];
  await storage.runResults.beginSamples(ID, prompts);
  const asked = { stage: 1, step: 225, snapshot: 'merged', answers: ['secret words'] };
  await storage.runResults.addSamples(ID, { ...asked, stage: 0, step: 0, snapshot: 'base' });
  await storage.runResults.addSamples(ID, { ...asked, endless: [true] });
  const evaluation: EvaluationSummary = {
    id: 'e1',
    variant: { modelId: 'medcare-nano', runId: ID, snapshot: 'merged' },
    label: 'Merged',
    files: ['exam.jsonl'],
    itemsId: 'x',
    settings: { maxItems: 0, choices: 'likelihood', perplexity: false },
    ...{ total: 40, answered: 40, createdAt: 7, updatedAt: 7, gridId: null },
    figures: {
      ...{ knowledge: null, alignment: null },
      tasks: [
        {
          ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', method: 'likelihood' },
          ...{ value: 0.25, interval: { low: 0.125, high: 0.375 }, items: 40 },
          ...{ precision: null, recall: null, formatAdherence: null, perplexity: null },
        },
      ],
    },
  };
  await storage.evaluations.begin(evaluation, []);
  await storage.runs.saveRouting(ID, {
    experts: 2,
    active: 2,
    counts: [
      {
        layer: 0,
        projection: 'up',
        task: 'notes',
        tokens: 9,
        pairs: [1, 2, 0, 3],
        weights: [0.1, 8.9],
      },
    ],
  });
  return { ...studio, set };
}

async function archiveOf(
  { client }: Pick<Awaited<ReturnType<typeof freshStudio>>, 'client'>,
  parts = { branches: true, checkpoint: true },
): Promise<File> {
  const { name, blob } = await client.call('exports.build', {
    runId: ID,
    what: 'run',
    dtype: 'F32',
    ...parts,
    task: 'e',
  });
  return new File([blob], name);
}

/** Everything that is stored of a run, files included. */
async function contents({ runs, experts }: Storage) {
  const { summary, tasks, fingerprint, checkpoint, stages, best } = await runs.get(ID);
  const { updatedAt: _updated, origin: _origin, modelId: _model, ...rest } = summary;
  return {
    summary: rest,
    ...{ tasks, fingerprint, checkpoint },
    seals: stages.map(({ bytes, sha256 }) => [bytes, sha256]),
    stages: await runs.readStages(ID),
    curves: await runs.curves(ID),
    steps: await runs.stepsFrom(ID, 0, 0, 1000),
    routing: await runs.routing(ID),
    growth: await experts.growth(ID),
    pairs: await experts.listPairs(ID),
    best: best?.map(({ file, ...rest }) => [file.sha256, rest]),
  };
}

describe('a run as an archive', () => {
  test('exported on one storage and opened in an empty one, it is the same run', async () => {
    const first = await filledStudio();
    const file = await archiveOf(first);
    expect(file.name).toBe('Run-Ä-1.run.zip');
    const second = await freshStudio();
    const run = await second.client.call('archive.open', { file, task: 'o' });
    const { dataSetIds: _here, ...here } = (await contents(first.storage)).summary;
    const { dataSetIds: _there, ...there } = (await contents(second.storage)).summary;
    expect(there).toEqual(here);
    const left = await contents(first.storage);
    const arrived = await contents(second.storage);
    expect({ ...arrived, summary: null }).toEqual({ ...left, summary: null });
    expect(left.steps).toHaveLength(450);
    expect(Number.isNaN(left.curves.steps[1]?.gradientNorm)).toBe(true);
    // The same built-in model is there, but the data set is not.
    expect(run.modelId).toBe('medcare-nano');
    expect(run.origin).toMatchObject({
      studio: STUDIO_VERSION,
      baseHere: true,
      branches: true,
      scores: [score],
      dataSets: [
        { name: 'notes', records: 2, fingerprint: first.set.fingerprint },
        { name: 'a data set that was removed since', fingerprint: null },
      ],
    });
    expect(await second.client.call('runs.list', {})).toHaveLength(1);
    expect(await codeOf(second.client.call('archive.open', { file, task: 'o' }))).toBe(
      'run-archive-here',
    );

    // Once the same file is imported, the run finds its data sets.
    const lines = ['a', 'b'].map((x) =>
      JSON.stringify({ instruction: x, input: '', output: `${x}.` }),
    );
    const [set] = await second.client.call('data.import', {
      files: [textFile('notes.jsonl', lines)],
      task: 't',
    });
    const [linked] = await second.client.call('archive.link', {});
    expect(linked?.dataSetIds).toEqual([set?.id, 'gone']);
    expect(await second.client.call('archive.link', {})).toEqual([]);

    // From there the run goes on to a third studio, with what a check found on the way.
    const finding: ArchivedShortcut = {
      ...{ snapshot: 'merged', label: 'Merged', tasks: ['exam'], shortcut: 'case' },
      ...{ items: 40, rightBefore: 20, rightAfter: 19, changed: 12, chance: 0.25 },
      ...{ interval: { low: 0.2, high: 0.5 }, difference: null, says: 'case-unused' },
    };
    const checked = await changed(await archiveOf(second), (name, bytes) =>
      name === 'manifest.json' ? edit(bytes, (m) => (m.shortcuts = [finding])) : bytes,
    );
    const third = await freshStudio();
    const moved = await third.client.call('archive.open', { file: checked, task: 'o' });
    expect(moved.origin?.shortcuts).toEqual([finding]);
    const again = await openZip(blobSource('a', await archiveOf(third)));
    const readme = again.get('Run-Ä-1-run/README.md');
    const card = new TextDecoder().decode(await readme?.read(0, readme.size));
    expect(card).toContain('- Merged: Case left out (exam): about as many are right');
    expect((await contents(third.storage)).steps).toEqual(left.steps);
  });

  test('a best step that was the last is in it once; archives that hold both copies open too', async () => {
    const first = await filledStudio();
    const file = await archiveOf(first);
    const folder = 'Run-Ä-1-run';
    const zip = await openZip(blobSource('a', file));
    expect([...zip.keys()].filter((path) => path.includes('branches/'))).toEqual([
      `${folder}/branches/stage-1.safetensors`,
      `${folder}/branches/stage-2.safetensors`,
    ]);
    const both = await changed(file, (_name, bytes) => bytes, {
      [`${folder}/branches/best-2.safetensors`]: branches[1] ?? new Uint8Array(),
    });
    const left = await contents(first.storage);
    expect(left.best).toHaveLength(1);
    for (const archive of [file, both]) {
      const { client, storage } = await freshStudio();
      await client.call('archive.open', { file: archive, task: 'o' });
      expect((await contents(storage)).best).toEqual(left.best);
      expect((await storage.runs.readBest(ID, 1)).at(-1)).toEqual(branches[1]);
    }
  });

  test('scores by forced pair go along once every pair is measured', async () => {
    const first = await filledStudio();
    const [whole] = await first.storage.experts.listPairs(ID);
    if (!whole) throw new Error('no scores by pair');
    const begun = { ...whole, id: 'p2', createdAt: 9, pairs: [] };
    await first.storage.experts.addPairs({ evaluation: begun, items: [] });
    const { client, storage } = await freshStudio();
    await client.call('archive.open', { file: await archiveOf(first), task: 'o' });
    expect(await storage.experts.listPairs(ID)).toEqual([whole]);
  });

  test('whether answers ended goes along, their words do not', async () => {
    const file = await archiveOf(await filledStudio());
    for (const source of (await openZip(blobSource('a', file))).values()) {
      expect(Buffer.from(await source.read(0, source.size)).includes('secret')).toBe(false);
    }
    const { client, storage } = await freshStudio();
    await client.call('archive.open', { file, task: 'o' });
    expect(await storage.runResults.samples(ID)).toEqual({
      prompts: [],
      points: [{ stage: 1, step: 225, snapshot: 'merged', answers: [], endless: [true] }],
    });
    const card = await client.call('exports.build', {
      ...{ runId: ID, what: 'ward', dtype: 'F32', language: 'en', task: 'w' },
    });
    expect(await card.blob.text()).toContain('does not end by itself');

    // An archive that does not say it claims nothing.
    const silent = await changed(file, (name, bytes) => (name === 'answers.json' ? null : bytes));
    const other = await freshStudio();
    await other.client.call('archive.open', { file: silent, task: 'o' });
    const quiet = await other.client.call('exports.build', {
      ...{ runId: ID, what: 'ward', dtype: 'F32', language: 'en', task: 'w' },
    });
    expect(await quiet.blob.text()).not.toContain('by itself');
  });

  test('without branches it brings its curves and only the base to talk to', async () => {
    const file = await archiveOf(await filledStudio(), { branches: false, checkpoint: false });
    const { client, storage } = await freshStudio();
    const run = await client.call('archive.open', { file, task: 'o' });
    expect(run.snapshots.map(({ id }) => id)).toEqual(['base']);
    expect(run.origin?.branches).toBe(false);
    expect((await storage.runs.curves(ID)).steps).toHaveLength(450);
  });

  test('an interrupted run takes along what it goes on from', async () => {
    const first = await filledStudio({ state: 'interrupted' });
    await first.storage.runs.saveStage(ID, 0, branches[0] ?? new Uint8Array());
    const elements = layOutBranches(await nanoConfig(), stageBranches(recipe, 1)).elements;
    const state = {
      parameters: new Float32Array(elements).fill(0.5),
      firstMoment: new Float32Array(elements),
      secondMoment: new Float32Array(elements),
    };
    const data = encodeCheckpoint({ stage: 1, step: 3, state, routing: [] });
    await first.storage.runs.saveCheckpoint(ID, data, { stage: 1, step: 3 });
    const file = await archiveOf(first);
    const second = await freshStudio();
    const run = await second.client.call('archive.open', { file, task: 'o' });
    expect(run).toMatchObject({ state: 'interrupted', checkpoint: { stage: 1, step: 3 } });
    expect(await second.storage.runs.readResume(ID)).toEqual(
      await first.storage.runs.readResume(ID),
    );
    // Without the data set the run says what is missing, and is not lost.
    expect(await codeOf(second.client.call('runs.resume', { id: ID }))).toBe('data-set-missing');
  });

  test('another model under the same name is not taken for the base', async () => {
    const file = await archiveOf(await filledStudio());
    const other = await changed(file, (name, bytes) =>
      name === 'manifest.json'
        ? edit(bytes, ({ base }) => (base.fingerprint = 'ab'.repeat(32)))
        : bytes,
    );
    const { client } = await freshStudio();
    const run = await client.call('archive.open', { file: other, task: 'o' });
    expect(run.origin?.baseHere).toBe(false);
    expect(run.modelId).toBe(`elsewhere:${'ab'.repeat(32)}`);
  });

  test('a run that goes on is not archived', async () => {
    const paused = await filledStudio({ state: 'paused' });
    expect(await codeOf(archiveOf(paused))).toBe('run-under-way');
  });

  test('what was exported before archives could be opened still opens', async () => {
    const first = await filledStudio();
    const file = await archiveOf(first);
    const zip = await openZip(blobSource('a', file));
    const { summary } = await first.storage.runs.get(ID);
    const routing = await first.storage.runs.routing(ID);
    const entries: Record<string, Uint8Array> = {};
    for (const [path, source] of zip) {
      if (!/metrics\.csv|branches|recipe/.test(path)) continue;
      entries[path] = await source.read(0, source.size);
    }
    entries['Run-Ä-1-run/run.json'] = Buffer.from(JSON.stringify({ ...summary, routing }));
    const { client, storage } = await freshStudio();
    const old = new File([zipSync(entries)], 'old.zip');
    const run = await client.call('archive.open', { file: old, task: 'o' });
    expect(run.origin).toMatchObject({ baseHere: false, branches: true });
    const before = await contents(first.storage);
    const after = await contents(storage);
    expect(after.curves).toEqual(before.curves);
    expect(after.stages).toEqual(before.stages);
    expect(after.routing).toEqual(before.routing);
  });
});

/** The same archive with some of its files changed; `null` leaves one out. */
async function changed(
  file: File,
  change: (name: string, bytes: Uint8Array) => Uint8Array | null,
  more: Record<string, Uint8Array> = {},
): Promise<File> {
  const entries: Record<string, Uint8Array> = { ...more };
  for (const [path, source] of await openZip(blobSource('a', file))) {
    const name = path.slice(path.indexOf('/') + 1);
    const bytes = change(name, await source.read(0, source.size));
    if (bytes) entries[path] = bytes;
  }
  return new File([zipSync(entries)], 'changed.zip');
}

interface LooseManifest {
  version: number;
  shortcuts: unknown;
  base: { fingerprint: string; hub: string };
  run: Record<string, unknown>;
  steps: number;
}

function edit(bytes: Uint8Array, change: (manifest: LooseManifest) => unknown): Uint8Array {
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as LooseManifest;
  change(manifest);
  return Buffer.from(JSON.stringify(manifest));
}

describe('archives of strangers', async () => {
  const good = await archiveOf(await filledStudio());
  const manifest = (change: (manifest: LooseManifest) => unknown) => () =>
    changed(good, (name, bytes) => (name === 'manifest.json' ? edit(bytes, change) : bytes));
  const without = (gone: string) => () =>
    changed(good, (name, bytes) => (name === gone ? null : bytes));
  const answers = (text: string) => () =>
    changed(good, (name, bytes) => (name === 'answers.json' ? Buffer.from(text) : bytes));
  const flipped = (at: string) => () =>
    changed(good, (name, bytes) => {
      if (name === at) bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
      return bytes;
    });

  test.each<[string, () => Promise<File>, string]>([
    ['no zip', async () => new File(['{}'], 'a.zip'), 'archive-malformed'],
    ['a newer version', manifest((m) => (m.version = 2)), 'run-archive-newer'],
    [
      'an id that leaves the folder',
      manifest((m) => (m.run['id'] = '../../models')),
      'run-archive-invalid',
    ],
    [
      'a hub that writes a line of its own',
      manifest((m) => (m.base.hub = 'owner/model@main\nlicense: mit')),
      'run-archive-invalid',
    ],
    [
      'a hub that is an address',
      manifest((m) => (m.base.hub = 'https://example.org/owner/model@main')),
      'run-archive-invalid',
    ],
    [
      'a hub that leaves its folder',
      manifest((m) => (m.base.hub = '../model@main')),
      'run-archive-invalid',
    ],
    [
      'a shortcut check without findings',
      manifest((m) => (m.shortcuts = [{ snapshot: 'merged' }])),
      'run-archive-invalid',
    ],
    ['a run under way', manifest((m) => (m.run['state'] = 'running')), 'run-archive-invalid'],
    ['a field that no run has', manifest((m) => (m.run['extra'] = 1)), 'run-archive-invalid'],
    ['a recipe that does not hold', manifest((m) => (m.run['recipe'] = {})), 'recipe-invalid'],
    ['fewer steps than promised', manifest((m) => (m.steps = 451)), 'run-archive-invalid'],
    ['answers of a newer version', answers('{"version":2,"points":[]}'), 'run-archive-newer'],
    ['answers that are none', answers('null'), 'run-archive-invalid'],
    [
      'answers with texts',
      answers('{"version":1,"points":[{"stage":0,"step":0,"snapshot":"base","endless":["x"]}]}'),
      'run-archive-invalid',
    ],
    [
      'answers of one place twice',
      answers(
        `{"version":1,"points":[${Array(2).fill('{"stage":0,"step":0,"snapshot":"base","endless":[]}').join()}]}`,
      ),
      'run-archive-invalid',
    ],
    ['no manifest', without('manifest.json'), 'run-archive-invalid'],
    ['no validation', without('curves/validation.json'), 'run-archive-invalid'],
    ['no branches of a stage', without('branches/stage-2.safetensors'), 'run-archive-invalid'],
    [
      'another byte in the branches',
      flipped('branches/stage-2.safetensors'),
      'run-archive-damaged',
    ],
    [
      'a poisoned prototype',
      () =>
        changed(good, (name, bytes) =>
          name === 'routing.json' ? Buffer.from('{"__proto__":{"experts":2}}') : bytes,
        ),
      'json-prototype-key',
    ],
    [
      'scores of a pair that its experts do not form',
      () =>
        changed(good, (name, bytes) =>
          name === 'pairs.json'
            ? Buffer.from(new TextDecoder().decode(bytes).replace('[0,1]', '[0,2]'))
            : bytes,
        ),
      'run-archive-invalid',
    ],
    [
      'a file that no run has',
      () => changed(good, (_name, bytes) => bytes, { 'Run-Ä-1-run/evil.html': Buffer.from('x') }),
      'run-archive-invalid',
    ],
    [
      'two runs in one',
      () => changed(good, (_name, bytes) => bytes, { 'manifest.json': Buffer.from('{}') }),
      'run-archive-invalid',
    ],
    [
      'a text that unpacks to far more than it is',
      () =>
        changed(good, (name, bytes) => (name === 'README.md' ? new Uint8Array(70_000_000) : bytes)),
      'archive-bomb',
    ],
  ])('%s: refused, and nothing is left of it', async (_name, make, code) => {
    const { client, storage, files } = await freshStudio();
    expect(await codeOf(client.call('archive.open', { file: await make(), task: 'o' }))).toBe(code);
    expect(await storage.runs.list()).toEqual([]);
    expect(await files.list(`runs/${ID}`)).toEqual([]);
    expect(await storage.runs.stepsFrom(ID, 0, 0, 9)).toEqual([]);
    expect(({} as { experts?: number }).experts).toBeUndefined();
  });
});

test('the version in archives is the package’s', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(STUDIO_VERSION).toBe(version);
});
