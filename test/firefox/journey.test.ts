/**
 * The whole path in Firefox, whose WebGPU is wgpu, not Dawn: data, both stages, experts, chat, export. What it computes
 * is held to the same work on Dawn in this process: same files, recipe and seed, same driver. So nothing has to be
 * stored, and the bounds are those of the golden cases, where two implementations sum in different orders.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoutingReport } from '../../src/contract/experts.ts';
import { relativeL2 } from '../../src/engine/testing/numbers.ts';
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import { runOnDawn, type DawnRun } from './dawn-run.ts';
import { startFirefox, type Firefox } from './firefox.ts';
import { StudioPage } from './studio-page.ts';
import { serveWatched, type WatchedServer } from './watched-server.ts';

const FILES = ['body.alpaca.jsonl', 'children.prompt-response.jsonl'].map(
  (name) => `e2e/fixtures/${name}`,
);
const QUESTION = 'What does the heart do?';
const SETTINGS = {
  ...{ temperature: 0, topP: 0.9, topK: 40, repetitionPenalty: 1, maxTokens: 24, seed: 1 },
} as const;
/** Both stages in 15 steps. */
const recipe = {
  ...quickRecipe(),
  name: 'In Firefox',
  batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
  validation: { fraction: 0.1, maxRecords: 8, everySteps: 0 },
  checkpointEverySteps: 4,
};

/** Relative, as for golden cases (scripts/parity/golden-case.ts). */
const BOUNDS = { nll: 1e-5, gradientNorm: 2e-4, merged: 1e-4 };

let dawn: Promise<DawnRun>;
let server: WatchedServer;
let firefox: Firefox;
let studio: StudioPage;
let folder: string;
/** What is undone at the end, the last first. */
const opened: (() => unknown)[] = [];

beforeAll(async () => {
  dawn = runOnDawn({
    ...{ modelId: 'stories260k', files: FILES, recipe, question: QUESTION, settings: SETTINGS },
  });
  // It is awaited where it is needed; failing before that, it must not end the process.
  dawn.catch(() => undefined);
  folder = await mkdtemp(join(tmpdir(), 'medcare-journey-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  server = await serveWatched('dist');
  opened.push(() => server.close());
  firefox = await startFirefox();
  opened.push(() => firefox.close());
  studio = new StudioPage(firefox.page);
  console.log(`Firefox ${firefox.version}`);
});

afterAll(async () => {
  for (const undo of opened.reverse()) await undo();
});

type Row = Readonly<Record<string, string>>;

function table(csv: string): Row[] {
  const [head = '', ...lines] = csv.trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

/** Columns that are computed on the device, with their bounds; all others but the time must agree exactly. */
const COMPUTED: Readonly<Record<string, number>> = {
  nll: BOUNDS.nll,
  orthogonal: BOUNDS.nll,
  knowledge_nll: BOUNDS.nll,
  alignment_nll: BOUNDS.nll,
  gradient_norm: BOUNDS.gradientNorm,
};

function expectSameFigures(actual: readonly Row[], expected: readonly Row[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, row] of expected.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const given = actual[index]?.[name] ?? '';
      const bound = COMPUTED[name];
      const what = `${name} of row ${index + 1}: ${given} beside ${value}`;
      if (name === 'milliseconds') expect(Number(given), what).toBeGreaterThanOrEqual(0);
      else if (bound === undefined || value === '') expect(given, what).toBe(value);
      else expect(Math.abs(Number(given) / Number(value) - 1), what).toBeLessThanOrEqual(bound);
    }
  }
}

/** How often each pair of experts was chosen, over all linears and tasks, in the words of the page. */
function pairTimes({ counts, experts }: RoutingReport): Map<string, number> {
  const times = new Map<string, number>();
  for (const { pairs } of counts) {
    for (let a = 0; a < experts; a += 1) {
      for (let b = a + 1; b < experts; b += 1) {
        const name = `${a + 1} and ${b + 1}`;
        times.set(name, (times.get(name) ?? 0) + (pairs[a * experts + b] ?? 0));
      }
    }
  }
  return times;
}

/** The tensors of a merged model's file, all in float32. */
function tensorsOf(zip: Uint8Array): Map<string, Float32Array> {
  const files = Object.entries(unzipSync(zip));
  const file = files.find(([path]) => path.endsWith('/model.safetensors'))?.[1];
  if (!file) throw new Error('no model.safetensors');
  const bytes = file.slice().buffer;
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length))) as Record<
    string,
    { readonly dtype: string; readonly data_offsets: readonly [number, number] }
  >;
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    tensors.map(
      ([
        name,
        {
          dtype,
          data_offsets: [begin, end],
        },
      ]) => {
        expect(dtype).toBe('F32');
        return [name, new Float32Array(bytes.slice(8 + length + begin, 8 + length + end))];
      },
    ),
  );
}

test('data in, both stages trained: every figure is that of Dawn', async () => {
  await studio.open(server.address);
  const files = FILES.map(async (path) => ({
    name: path.split('/').at(-1) ?? '',
    bytes: await readFile(path),
  }));
  await studio.drop(await Promise.all(files));
  await studio.sees('tbody tr', 'children');
  await studio.goTo('Model');
  await studio.press('choice', 'Stories 260k');
  await studio.goTo('Train');
  const file = join(folder, 'recipe.json');
  await writeFile(file, JSON.stringify(recipe));
  await studio.give('Import a recipe', file);
  // Not the notice of it, which passes.
  await studio.sees('p', 'Differs in');
  await studio.press('button', 'Start training');
  await studio.sees('[aria-label="Progress of the run"] *', 'done');

  await studio.goTo('Export');
  const { bytes } = await firefox.saved(() => studio.press('button', 'Save metrics'));
  const rows = table(new TextDecoder().decode(bytes));
  expect(rows.filter(({ kind }) => kind === 'step').map(({ stage }) => stage)).toEqual(
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2].map(String),
  );
  expectSameFigures(rows, table((await dawn).metrics));
});

test('the router chose the same experts for every token', async () => {
  await studio.goTo('Experts');
  const expected = pairTimes((await dawn).routing);
  expect(expected.size).toBe(6);
  const shown = await studio.rows('Pairs of experts, most frequent first');
  const times = shown.map(([, , count = '']) => Number(count.replaceAll(',', '')));
  expect(times).toEqual([...expected.values()].sort((a, b) => b - a));
});

test('base and merged model answer alike, token by token', async () => {
  await studio.goTo('Chat');
  await studio.choose('Left model', 'Base · Stories 260k');
  await studio.choose('Right model', 'Merged · In Firefox');
  await studio.key(['slider', 'Temperature'], 'Home');
  await studio.key(['slider', 'Repetition penalty'], 'Home');
  await studio.fill(['field', 'Maximum tokens'], String(SETTINGS.maxTokens));
  await studio.fill(['field', 'Prompt for both models'], QUESTION);
  await studio.press('button', 'Send');
  await studio.sees('article[aria-busy="false"]:nth-of-type(2)', 'token limit');
  const answers = await studio.texts('article [data-markdown]');
  expect(answers).toEqual((await dawn).answers.map((answer) => answer.trim()));
  expect(answers[0]).not.toBe(answers[1]);
});

test('the merged model that is exported has the weights that Dawn gives', async () => {
  await studio.goTo('Export');
  await studio.press('button', 'Build merged model');
  const { name, bytes } = await firefox.saved(() => studio.press('button', 'Save merged model'));
  expect(name).toBe('In-Firefox.zip');
  const actual = tensorsOf(bytes);
  const expected = tensorsOf((await dawn).merged);
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [tensor, values] of expected) {
    const error = relativeL2(actual.get(tensor) ?? [], values);
    expect(error, tensor).toBeLessThanOrEqual(BOUNDS.merged);
  }
});

test('nothing went wrong on the way, and the policy stopped nothing in page or workers', async () => {
  expect(firefox.faults).toEqual([]);
  expect(server.reports).toEqual([]);
  // Reports do come from this browser.
  await studio.breakPolicy();
  await expect.poll(() => server.reports.join('\n')).toContain('style-src-elem');
});
