/**
 * An archive of a finished run on the built-in medical model, made from the fixtures whose exports other
 * programs loaded, so that no journey has to train: states with NA and merged.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { parseRecipe, type Recipe } from '../src/engine/training/recipe/recipe.ts';
import type { SomeFile } from './studio.ts';

const FIXTURES = '../test/fixtures/exports';
const MODEL = '../public/models/medcare-nano';
/** Files that tell the base model again. */
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

export const ARCHIVED_RUN = 'From elsewhere';

async function bytesOf(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(path, import.meta.url)));
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

async function jsonOf(path: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await bytesOf(path)));
}

/** One step of each stage. */
const steps = [0, 1].map((stage) => ({
  metrics: {
    ...{ stage, step: 0, nll: 3 - stage, orthogonal: null, learningRate: 1e-4 },
    ...{ gradientNorm: 1, targetTokens: 10, tokens: 20, milliseconds: 5 },
  },
  rows: [0, 0],
}));

/** The built-in model as an archive names it: by its files, under the name that it has elsewhere. */
async function baseOfArchive(): Promise<object> {
  const lines = await Promise.all(
    FILES.map(async (name) => `${name} ${sha256(await bytesOf(`${MODEL}/${name}`))}\n`),
  );
  const config = (await jsonOf(`${MODEL}/config.json`)) as { model_type: string };
  const models = (await jsonOf('../public/models/models.json')) as {
    id: string;
    parameters: number;
  }[];
  return {
    ...{ name: 'Their nano', architecture: config.model_type, licence: 'apache-2.0', hub: '' },
    parameters: models.find((model) => model.id === 'medcare-nano')?.parameters ?? 0,
    ...{ fingerprint: sha256(lines.sort().join('')), precision: 'float32' },
  };
}

const EXPERTS = 4;

/** Counts of routers that send every token to the first experts: as many as are active. */
function collapsedRouting(recipe: Recipe, active: number): object {
  const matrix = Array.from({ length: EXPERTS * EXPERTS }, (_, i) => {
    const [row, column] = [Math.floor(i / EXPERTS), i % EXPERTS];
    return row <= column && column < active ? 300 : 0;
  });
  const weights = Array.from({ length: EXPERTS }, (_, i) => (i < active ? 300 / active : 0));
  const counts = recipe.stages
    .flatMap(({ attach }) => attach.flatMap((b) => (b.type === 'mixture' ? b.targets : [])))
    .map((projection) => ({ layer: 0, projection, task: 'notes', tokens: 300 }))
    .map((place) => ({ ...place, pairs: matrix, weights }));
  return { experts: EXPERTS, active, counts };
}

/** The recipe of the fixtures, with this number of active experts. */
async function recipeOf(active: number): Promise<Recipe> {
  const recipe = parseRecipe(await jsonOf(`${FIXTURES}/recipe.json`));
  const stages = recipe.stages.map((stage) => ({
    ...stage,
    attach: stage.attach.map((branch) =>
      branch.type === 'mixture' ? { ...branch, active } : branch,
    ),
  }));
  return { ...recipe, stages };
}

/** With `collapsed`, the archive also has the counts of routers that always choose that many experts. */
export async function runArchive(
  id = '0a1b2c3d-0000-4000-8000-00000000e2e0',
  collapsed: number | null = null,
): Promise<SomeFile> {
  const recipe = await recipeOf(collapsed ?? 2);
  const branches = await Promise.all(
    [1, 2].map((stage) => bytesOf(`${FIXTURES}/stage-${stage}.safetensors`)),
  );
  const manifest = {
    format: 'medcare-run',
    version: 1,
    run: {
      ...{ id, name: ARCHIVED_RUN, modelId: 'their-model', modelName: 'Their nano' },
      ...{ dataSetIds: ['theirs'], recipe, precision: 'float32', state: 'done' },
      stages: recipe.stages.map(({ name }) => ({ name, steps: 1, stepsDone: 1, records: 1 })),
      snapshots: ['base', 'stage1.end', 'stage1.after', 'stage2.end', 'merged'].map((snapshot) => ({
        ...{ id: snapshot, label: snapshot, branches: [] },
      })),
      ...{ adapter: 'Their device', createdAt: 1, updatedAt: 2, checkpoint: null, error: null },
    },
    ...{ tasks: ['notes'], fingerprint: 'f' },
    base: await baseOfArchive(),
    dataSets: [{ name: 'their notes', kind: 'alignment', records: 12, fingerprint: null }],
    environment: { studio: '0.1.0', browser: 'Theirs', archivedAt: 3 },
    scores: [
      {
        ...{ snapshot: 'merged', label: 'Merged', task: 'their exam', kind: 'knowledge' },
        ...{ metric: 'accuracy', score: 0.5, interval: null, items: 8, measuredAt: 4 },
      },
    ],
    ...{ steps: 2, stepParts: 1 },
    stages: branches.map((bytes) => ({ bytes: bytes.byteLength, sha256: sha256(bytes) })),
    checkpoint: null,
  };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const [first = new Uint8Array(), second = new Uint8Array()] = branches;
  return {
    name: 'their.run.zip',
    bytes: zipSync({
      'run/manifest.json': text(manifest),
      'run/curves/validation.json': text([]),
      ...(collapsed !== null && { 'run/routing.json': text(collapsedRouting(recipe, collapsed)) }),
      'run/curves/steps-0001.jsonl': new TextEncoder().encode(
        steps.map((step) => JSON.stringify(step)).join('\n'),
      ),
      'run/branches/stage-1.safetensors': [first, { level: 0 }],
      'run/branches/stage-2.safetensors': [second, { level: 0 }],
    }),
  };
}
