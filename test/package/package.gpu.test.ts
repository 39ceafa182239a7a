import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { recipes, type StepMetrics } from '../../src/engine/index.ts';
import { openStudio } from '../../src/worker/testing/studio.ts';

type Step = Pick<StepMetrics, 'stage' | 'nll' | 'orthogonal' | 'gradientNorm'>;

interface Study {
  readonly steps: readonly Step[];
  readonly answer: string;
}

/**
 * The tarball, installed in an empty folder, trains both stages in Node and in a plain page of Chromium, and both
 * give what PyTorch gives: study.golden.json is written by test/oracle/package_run.py.
 */

const run = promisify(execFile);
const from = resolve('test/package');
let folder: string;
let golden: Study;

beforeAll(async () => {
  golden = JSON.parse(await readFile(`${from}/study.golden.json`, 'utf8')) as Study;
  await run(process.execPath, ['scripts/build-engine.mjs']);
  const tarball = (await readdir('build/engine')).find((name) => name.endsWith('.tgz')) ?? '';
  folder = await mkdtemp(join(tmpdir(), 'medcare-engine-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...quiet, resolve('build/engine', tarball)], { cwd: folder });
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(resolve('node_modules/webgpu'), join(folder, 'node_modules/webgpu'));
  const names = [
    'study.mjs',
    'in-node.mjs',
    'page.html',
    'recipe.json',
    'numbers.jsonl',
    'rooms.jsonl',
  ];
  for (const name of names) {
    await cp(join(from, name), join(folder, name));
  }
  await cp('public/models/stories260k', join(folder, 'model'), { recursive: true });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Errors as test/fixtures/golden/README.md has them: relative, at every step. */
const BOUNDS = { nll: 1e-5, orthogonal: 1e-5, gradientNorm: 2e-4 } as const;
type Quantity = keyof typeof BOUNDS;

function expectSteps(found: readonly Step[]): void {
  expect(found.map(({ stage }) => stage)).toEqual(golden.steps.map(({ stage }) => stage));
  const beyond = golden.steps.flatMap((expected, step) =>
    (Object.keys(BOUNDS) as Quantity[]).flatMap((quantity) => {
      const [wanted, given] = [expected[quantity], found[step]?.[quantity]];
      const error = Math.abs(Number(given) / Number(wanted) - 1);
      // Written so that a NaN is not within the bound.
      const within = wanted === null ? given === null : error <= BOUNDS[quantity];
      return within ? [] : [`step ${step}: ${quantity} ${given}, not ${wanted}`];
    }),
  );
  expect(beyond).toEqual([]);
}

function expectGolden(found: Study): void {
  expectSteps(found.steps);
  expect(found.answer).toBe(golden.answer);
}

test('the studio gives what PyTorch gives', async () => {
  const studio = await openStudio(openTestDevice);
  const { client } = studio;
  const file = async (name: string) => new File([await readFile(`${from}/${name}`)], name);
  const files = [await file('numbers.jsonl'), await file('rooms.jsonl')];
  const sets = await client.call('data.import', { files, task: 'import' });
  const kinds = ['knowledge', 'alignment'] as const;
  for (const [i, { id }] of sets.entries()) {
    await client.call('data.setKind', { id, kind: kinds[i] ?? 'knowledge' });
  }
  const recipe = recipes.parse(JSON.parse(await readFile(`${from}/recipe.json`, 'utf8')));
  const dataSetIds = sets.map(({ id }) => id);
  const started = { name: 'golden', modelId: 'stories260k', dataSetIds, recipe };
  const { id } = await client.call('runs.start', started);
  const state = async () =>
    (await client.call('runs.list', {})).find((one) => one.id === id)?.state;
  await expect.poll(state).toBe('done');
  const { steps } = await client.call('runs.curves', { id });
  expectSteps(steps);
  studio.close();
});

test('the package trains both stages in Node as PyTorch does', async () => {
  const { stdout } = await run(process.execPath, ['in-node.mjs'], { cwd: folder });
  expectGolden(JSON.parse(stdout) as Study);
});

test('its program trains both stages in a terminal as PyTorch does, and ends', async () => {
  const data = ['--knowledge', 'numbers.jsonl', '--alignment', 'rooms.jsonl'];
  const asked = ['train', 'recipe.json', '-m', 'model', ...data, '-o', 'run', '--json'];
  const program = join(folder, 'node_modules/.bin/medcare');
  const { stdout } = await run(program, asked, { cwd: folder });
  const values = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(values.at(-1)).toMatchObject({ type: 'done' });
  expectSteps(values.filter(({ type }) => type === 'step') as unknown as Step[]);
  expect(await readdir(join(folder, 'run'))).toContain('run.zip');
});

test('its declarations hold without the settings of this project', async () => {
  const source = `
    import { openGpu, recipes, train, type Model, type RecordSet } from '@medcare/engine';
    import { openFolder } from '@medcare/engine/node';
    export async function losses(model: Model, records: RecordSet[]): Promise<number[]> {
      const found: number[] = [];
      const recipe = recipes.quick();
      const rank: number = recipe.stages[0]!.attach[0]!.rank;
      for await (const event of train({ gpu: await openGpu(), model, recipe, records })) {
        if (event.type === 'step') found.push(event.metrics.nll + rank);
        // @ts-expect-error an event of this type does not exist
        if (event.type === 'nothing') found.push(0);
      }
      return found;
    }
    export const files = openFolder('model');
  `;
  await writeFile(join(folder, 'user.ts'), source);
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
  const lib = ['--lib', 'es2023,dom,dom.iterable,dom.asynciterable'];
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const done = run(process.execPath, [tsc, ...flags, ...lib, 'user.ts'], { cwd: folder });
  await done.catch((fault: unknown) => {
    throw new Error((fault as { readonly stdout: string }).stdout);
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
};

/** The folder on this computer's own address. */
async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    readFile(join(folder, pathname)).then(
      (bytes) => {
        response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'application/octet-stream');
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

test('the package trains both stages in a plain page of Chromium as PyTorch does', async () => {
  const server = await serve();
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium (set CHROMIUM_PATH)');
  const browser = await chromium.launch({ executablePath, args: chromiumFlags() });
  try {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/page.html`);
    const found = await page.evaluate('globalThis.studied');
    expectGolden(found as Study);
  } finally {
    await browser.close();
    server.close();
  }
});
