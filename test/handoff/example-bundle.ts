/**
 * Writes the worked example as a bundle for handoff/: its recipe and records, as they were before its first step, or
 * with a number of steps as the studio leaves them when it pauses. The tests of the Python trainer train it, and
 * compare with what the studio itself trained.
 *
 *   node scripts/run-ts.mjs test/handoff/example-bundle.ts FOLDER [STEPS]
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { openOwnDevice } from '../../scripts/device.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import type { TrainingRecord } from '../../src/engine/training/run/data-order.ts';
import { validationRows } from '../../src/engine/training/run/validation-split.ts';
import { readPieces } from '../../src/formats/files/byte-source.ts';
import { writeSafetensors } from '../../src/formats/weights/safetensors-writer.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { localLocks } from '../../src/storage/locks.ts';
import { openStorage } from '../../src/storage/storage.ts';
import { EXAMPLE } from '../../src/studio/exports/example-run.ts';
import { NO_TARGET } from '../../src/text/labels/no-target.ts';
import { parseManifest, type Manifest } from '../../src/archive/archive-manifest.ts';
import type { WorkerContext } from '../../src/worker/context.ts';
import { prepareRecords } from '../../src/worker/data/prepare.ts';
import { openInputs } from '../../src/worker/data/run-inputs.ts';
import type { OpenModel } from '../../src/worker/models/open-model.ts';
import {
  openLibrary,
  openStudio,
  openTokeniser,
  type Studio,
} from '../../src/worker/testing/studio.ts';

type Files = Map<string, Uint8Array>;
type RunInputs = Pick<RunSummary, 'modelId' | 'dataSetIds' | 'recipe'>;

/** Records of each sample set that the example trains on. */
const RECORDS = 150;
/** The highest bit of a token marks a target. */
const TARGET = 0x80000000;
/** Files of a base that a bundle names. */
const DECIDES = /^(?:config\.json|tokenizer\.json|.+\.safetensors(?:\.index\.json)?)$/;

function seal(bytes: Uint8Array): { readonly bytes: number; readonly sha256: string } {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The example's manifest, before its first step. */
async function unbegun(): Promise<{ readonly manifest: Manifest; readonly files: Files }> {
  const zip = unzipSync(new Uint8Array(await readFile(`public/${EXAMPLE.path}`)));
  const [, bytes] = Object.entries(zip).find(([path]) => path.endsWith('/manifest.json')) ?? [];
  const manifest = parseManifest(JSON.parse(new TextDecoder().decode(bytes)) as never);
  const { best: _best, ...run } = manifest.run;
  const begun = {
    ...manifest,
    run: { ...run, state: 'interrupted', checkpoint: { stage: 0, step: 0 } },
    ...{ scores: [], shortcuts: [], steps: 0, stepParts: 0, stages: [], best: [] },
  };
  const written = json({ format: 'medcare-run', version: 1, ...begun });
  const files = new Map([
    ['run/manifest.json', written],
    ['run/recipe.json', json(run.recipe)],
  ]);
  return { manifest, files };
}

/** Trains the example's recipe until it has taken this many steps, and pauses. */
async function pause({ client }: Studio, run: RunInputs, steps: number): Promise<string> {
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
  await client.call('runs.start', { name: EXAMPLE.name, ...run });
  return over;
}

/** The files of a run's archive, as a bundle holds them. */
async function archived({ client }: Studio, runId: string): Promise<Files> {
  const { blob } = await client.call('exports.build', {
    ...{ runId, what: 'run', dtype: 'F32', branches: true, checkpoint: true },
    task: 'export',
  });
  const zip = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const files = Object.entries(zip).map(
    ([path, bytes]) => [`run/${path.slice(path.indexOf('/') + 1)}`, bytes] as const,
  );
  return new Map(files);
}

/** The records of one data set by row: those that train and those kept for validation. */
function recordFile(records: readonly (TrainingRecord | null)[]): Uint8Array {
  const words = records.flatMap((record) =>
    record === null
      ? []
      : [...record.ids].map((id, t) => (record.labels[t] === NO_TARGET ? id : id + TARGET)),
  );
  const list = (values: readonly number[]) =>
    ({ dtype: 'U32', shape: [values.length], data: Uint32Array.from(values) }) as const;
  return writeSafetensors(
    new Map([
      ['words', list(words)],
      ['lengths', list(records.map((record) => record?.ids.length ?? 0))],
      ['tasks', list(records.map((record) => record?.task ?? 0))],
    ]),
    new Map([['format', 'medcare-records-1']]),
  );
}

/**
 * Every record of the example's data sets as it trains, by data set and row; its model; and the run after some steps,
 * where any are asked for.
 */
async function prepared({ run, fingerprint }: Manifest, steps: number) {
  const kept = { files: memoryStore(), name: 'handoff' };
  const gpu = steps > 0 ? await openOwnDevice() : null;
  const studio = await openStudio(gpu ? async () => gpu : undefined, kept);
  const sets = await studio.client.call('data.samples', { most: RECORDS, task: 'samples' });
  const storage = await openStorage(kept.files, localLocks(), kept.name);
  const library = openLibrary(storage.models);
  const context = { storage, library, tokeniser: openTokeniser(storage) } as WorkerContext;
  const dataSetIds = sets.map(({ id }) => id);
  const inputs = await openInputs(context, { ...run, dataSetIds }, new Date(run.createdAt));
  const records = await prepareRecords(context, inputs, {});
  await records.complete({});
  if (records.fingerprint !== fingerprint) throw new Error('the example saw other records');
  const tables: (TrainingRecord | null)[][] = sets.map((set) =>
    Array.from({ length: set.records }, () => null),
  );
  const training = await records.read([...records.places.keys()]);
  for (const record of [...training, ...records.validation]) {
    const table = record && tables[record.dataSet];
    if (table) table[record.row] = record;
  }
  const { modelId, recipe } = run;
  const id = gpu && (await pause(studio, { modelId, dataSetIds, recipe }, steps));
  studio.close();
  // As after a reload: a run that nobody works on any more.
  const later = await openStudio(undefined, kept);
  const under = id === null ? null : await archived(later, id);
  later.close();
  storage.close();
  gpu?.close();
  return { tables, model: inputs.model, under };
}

async function baseFiles({ files }: OpenModel) {
  const found = [];
  for (const [path, source] of files) {
    if (!DECIDES.test(path)) continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of readPieces(source)) pieces.push(piece.slice());
    found.push({ path, ...seal(Buffer.concat(pieces)) });
  }
  return found;
}

export async function main([folder = 'build/handoff/example', steps]: readonly string[]) {
  const { manifest, files: fresh } = await unbegun();
  const { tables, model, under } = await prepared(manifest, Number(steps ?? 0));
  const files = under ?? fresh;
  const records = tables.map((table, index) => {
    const path = `records/${index + 1}.safetensors`;
    const bytes = recordFile(table);
    const tokens = table.reduce((sum, record) => sum + (record?.ids.length ?? 0), 0);
    files.set(path, bytes);
    return { path, ...seal(bytes), records: table.length, tokens };
  });
  const named = [...files].filter(([path]) => !path.startsWith('records/'));
  const counts = tables.map(({ length }) => length);
  files.set(
    'handoff.json',
    json({
      ...{ format: 'medcare-handoff', version: 1, order: 3, merging: 'into-weights' },
      files: named.map(([path, bytes]) => ({ path, ...seal(bytes) })),
      records,
      split: validationRows(counts, manifest.run.recipe).map((rows) => [...rows]),
      base: {
        ...{ name: manifest.base.name, hub: manifest.base.hub },
        vocabulary: model.config.vocabularySize,
        files: await baseFiles(model),
      },
    }),
  );
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}
