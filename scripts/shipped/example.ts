/**
 * Makes the worked example that the studio opens with one click: trains the built-in model on the sample data,
 * measures its states on the bundled questions, and writes the run as an archive.
 *
 *   npm run example [-- FILE]       public/example/medcare-nano.run.zip unless another file is named
 *   npm run example -- --again      keeps the trained run of the shipped archive, and measures it anew
 *
 * The figures are the same on every run of one adapter; times and the date are those of the machine. Exit code 1
 * when the archive is too large to be shipped.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { EXAMPLE, EXAMPLE_BYTES } from '../../src/studio/exports/example-run.ts';
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import type { Manifest } from '../../src/archive/archive-manifest.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';
import { openOwnDevice } from '../device.ts';

const MODEL = 'medcare-nano';
/** One exam and one task of clinical notes: test questions that the sample data do not hold. */
const QUESTIONS = ['medmcqa.evaluation.jsonl', 'mts-section.evaluation.jsonl'];
const STATES = [
  ['base', 'Base'],
  ['stage1.end', 'Stage 1 with NA'],
  ['stage1.after', 'Stage 1, NA dropped'],
  ['merged', 'Merged'],
] as const;

/** Records of each sample set: a few minutes on a software adapter. */
const RECORDS = 150;
/** Questions of both files together. */
const MOST_QUESTIONS = 100;

/** The quick preset with a longer second stage, measured often enough for curves that can be read. */
function exampleRecipe(): Recipe {
  const quick = quickRecipe();
  return {
    ...quick,
    stages: quick.stages.map((stage, index) => ({ ...stage, epochs: index + 1 })),
    validation: { fraction: 0.1, maxRecords: 40, everySteps: 10 },
    samples: { prompts: 0, everySteps: 0, maxTokens: 24 },
    checkpointEverySteps: 50,
  };
}

async function train({ client }: Studio, dataSetIds: readonly string[]): Promise<string> {
  let id = '';
  const over = new Promise<void>((resolve, reject) => {
    client.subscribe((event) => {
      if (event.type === 'runs.steps') {
        const last = event.steps.at(-1);
        if (last && last.step % 10 === 0) {
          console.log(`stage ${last.stage + 1}, step ${last.step}: loss ${last.nll.toFixed(3)}`);
        }
      }
      if (event.type !== 'runs.changed' || event.run.id !== id) return;
      if (event.run.state === 'done') resolve();
      if (event.run.state === 'failed') reject(new Error(event.run.error?.message ?? 'failed'));
    });
  });
  const recipe = exampleRecipe();
  const started = await client.call('runs.start', {
    ...{ name: EXAMPLE.name, modelId: MODEL, dataSetIds, recipe },
  });
  id = started.id;
  await over;
  return id;
}

function questions(): Promise<File[]> {
  return Promise.all(
    QUESTIONS.map(async (name) => new File([await readFile(`public/samples/${name}`)], name)),
  );
}

async function measure({ client }: Studio, runId: string): Promise<void> {
  const files = await questions();
  for (const [snapshot, label] of STATES) {
    const base = snapshot === 'base';
    const { id, figures } = await client.call('evaluation.run', {
      state: { modelId: MODEL, runId: base ? null : runId, snapshot },
      ...{ label, files, task: snapshot },
      settings: { maxItems: MOST_QUESTIONS, choices: 'likelihood', perplexity: false },
    });
    for (const { task, metric, value } of figures?.tasks ?? []) {
      console.log(`${label}, ${task}: ${metric} ${(100 * value).toFixed(1)} %`);
    }
    const task = `${snapshot} shortcuts`;
    const checked = await client.call('evaluation.checkShortcuts', { id, task });
    for (const { shortcut, finding } of checked) {
      if (!finding) continue;
      console.log(`${label}, ${shortcut}: ${finding.changed} of ${finding.items} changed`);
    }
  }
}

/** Scores the questions with routing forced to each pair of experts, for the figure of pairs on the Experts page. */
async function scorePairs({ client }: Studio, runId: string): Promise<void> {
  const { pairs } = await client.call('experts.scorePairs', {
    ...{ runId, files: await questions(), maxItems: MOST_QUESTIONS, task: 'pairs' },
  });
  for (const { pair, tasks } of pairs) {
    const scores = tasks.map(({ task, logLikelihood, items }) => {
      return `${task} ${(logLikelihood / items).toFixed(4)}`;
    });
    console.log(`Pair ${pair?.join(' and ')}: log p a token ${scores.join(', ')}`);
  }
}

/** The manifest under the example's id. */
function shippedManifest(text: string): string {
  const manifest = JSON.parse(text) as Pick<Manifest, 'run'>;
  return JSON.stringify({ ...manifest, run: { ...manifest.run, id: EXAMPLE.id } });
}

/** The archive as it is shipped: under the id by which the page knows it, and small. */
function shipped(bytes: Uint8Array): Uint8Array {
  const zippable: Zippable = Object.fromEntries(
    Object.entries(unzipSync(bytes)).map(([path, content]) => [
      path,
      path.endsWith('/manifest.json')
        ? new TextEncoder().encode(shippedManifest(new TextDecoder().decode(content)))
        : content,
    ]),
  );
  return zipSync(zippable, { level: 9, mtime: new Date('2026-01-01T00:00:00') });
}

/** The run of the shipped archive, as it was trained. */
async function openShipped({ client }: Studio): Promise<string> {
  const path = `public/${EXAMPLE.path}`;
  const file = new File([await readFile(path)], EXAMPLE.path);
  return (await client.call('archive.open', { file, task: 'open' })).id;
}

/** Trains on the first records of every sample set. */
async function trainAnew(studio: Studio): Promise<string> {
  const sets = await studio.client.call('data.samples', { most: RECORDS, task: 'samples' });
  return train(
    studio,
    sets.map((set) => set.id),
  );
}

export async function main(args: readonly string[]): Promise<number> {
  const again = args.includes('--again');
  const [out = `public/${EXAMPLE.path}`] = args.filter((arg) => arg !== '--again');
  const gpu = await openOwnDevice();
  console.log(`Adapter: ${gpu.adapter.description}`);
  const studio = await openStudio(async () => gpu);
  const id = again ? await openShipped(studio) : await trainAnew(studio);
  await measure(studio, id);
  if (!again) await scorePairs(studio, id);
  const made = await studio.client.call('exports.build', {
    ...{ runId: id, what: 'run', dtype: 'F32', branches: true, checkpoint: false },
    task: 'export',
  });
  const bytes = shipped(new Uint8Array(await made.blob.arrayBuffer()));
  studio.close();
  await writeFile(out, bytes);
  console.log(`${out}: ${bytes.length} bytes`);
  return bytes.length <= EXAMPLE_BYTES ? 0 : 1;
}
