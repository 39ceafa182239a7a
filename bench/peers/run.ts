/**
 * Our engine beside its peers, in one page of Chromium and in one Node process.
 *
 *   npm run bench:peers [-- --where chromium|node] [--only ROW,ROW] [--peers NAME,NAME] [--rounds N]
 *                          [--seconds-per-row N] [--patience SECONDS] [--out DIR]
 *
 * Installs the peers first where they are missing (their own package.json beside this file). Every row is
 * run by each contestant on the same adapter with the same numbers, the results are compared, and only
 * then timed in turns. A library is left out of a row where one run would take longer than the patience, as
 * its speed in the rows before says. `--only` takes parts of row names: matmul, matmul-q4_0, lora-step, mixture,
 * attention, cross-entropy, generation, step, wait. Whole runs write docs/benchmarks/peers-ADAPTER.json and
 * .md; partial ones write nothing unless `--out` says where.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { raceInChromium } from './in-chromium.ts';
import type { NodeReport } from './in-node.ts';
import { reasonOf } from './race.ts';
import { consoleText, markdownText, type PeersReport } from './report.ts';
import { wantsRow, type SuiteOptions, type SuiteReport } from './suite.ts';
import { measureWait } from './wait.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'bench/peers');

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Installs the peers from their lock file unless all are there in their versions. */
function installPeers(): Readonly<Record<string, string>> {
  const { dependencies = {} } = manifest(here);
  const missing = Object.entries(dependencies).filter(([name, version]) => {
    const folder = join(here, 'node_modules', name);
    return !existsSync(folder) || manifest(folder).version !== version;
  });
  if (missing.length > 0) {
    console.log('installing the peers (npm ci in bench/peers)');
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: here,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error('npm ci in bench/peers failed');
  }
  return dependencies;
}

/** Runs the Node part in a separate process, so that a driver that ends its process ends only that one. */
async function raceInNode(options: SuiteOptions, folder: string): Promise<NodeReport> {
  const file = join(folder, 'node.json');
  const args = ['scripts/run-ts.mjs', 'bench/peers/in-node.ts', JSON.stringify(options), file];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`the process ended with ${code ?? 'a signal'}`);
  return JSON.parse(await readFile(file, 'utf8')) as NodeReport;
}

function commitName(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** Part of a file name for an adapter: swiftshader, lavapipe, or the device's own name. */
function adapterName({ adapter }: SuiteReport): string {
  const text = `${adapter.vendor} ${adapter.architecture} ${adapter.device} ${adapter.description}`;
  if (/swiftshader/i.test(text)) return 'swiftshader';
  if (/llvmpipe|lavapipe/i.test(text)) return 'lavapipe';
  const name = adapter.description || adapter.device || adapter.architecture || adapter.vendor;
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

const list = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);

/** What one place of the race measured. */
type Measured = Omit<PeersReport, keyof Common | 'date' | 'minutes'>;

/** What holds wherever the race runs. */
type Common = Pick<PeersReport, 'commit' | 'processors' | 'processor' | 'rounds'>;

/** Prints a report, and writes it as JSON and Markdown where a folder is given. */
async function writeReport(
  measured: Measured & Common,
  started: number,
  out: string | null,
): Promise<void> {
  const minutes = (performance.now() - started) / 60_000;
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const report: PeersReport = { ...measured, date, minutes };
  console.log(consoleText(report));
  if (out === null) return;
  await mkdir(out, { recursive: true });
  const file = join(out, `peers-${adapterName(report)}`);
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${file}.md`, markdownText(report));
  console.log(`${file}.md`);
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      where: { type: 'string', default: 'chromium,node' },
      only: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      'seconds-per-row': { type: 'string', default: '6' },
      patience: { type: 'string', default: '25' },
      out: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const secondsPerRow = Number(values['seconds-per-row']);
  const patienceSeconds = Number(values.patience);
  if (!Number.isSafeInteger(rounds) || rounds < 1 || !(secondsPerRow > 0 && patienceSeconds > 0)) {
    console.error(
      '--rounds must be a whole number of at least 1, --seconds-per-row and --patience positive numbers of seconds',
    );
    return 2;
  }
  const options: SuiteOptions = {
    rounds,
    secondsPerRow,
    patienceSeconds,
    only: list(values.only),
    peers: list(values.peers),
  };
  const whole = options.only.length === 0 && options.peers.length === 0;
  const out = values.out ?? (whole ? join(root, 'docs/benchmarks') : null);
  const libraries = installPeers();
  const common: Common = {
    commit: commitName(),
    processors: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    rounds,
  };
  const log = (line: string): void => console.log(line);
  let failed = false;

  const finish = (report: Measured, started: number): Promise<void> =>
    writeReport({ ...common, ...report }, started, out);

  const folder = await mkdtemp(join(tmpdir(), 'medcare-peers-'));
  try {
    for (const where of list(values.where)) {
      const started = performance.now();
      console.log(`\n${where}`);
      try {
        if (where === 'chromium') {
          const { report, browser } = await raceInChromium(options, log);
          const wait = wantsRow(options.only, 'wait') ? await measureWait(root, folder, log) : null;
          const versions = { ...libraries, Chromium: browser };
          const place = 'one page of headless Chromium';
          await finish({ ...report, place, versions, training: [], wait }, started);
        } else if (where === 'node') {
          const report = await raceInNode(options, folder);
          const { version = '' } = manifest(join(root, 'node_modules/webgpu'));
          const node = process.versions.node;
          const versions = { ...libraries, Node: node, 'webgpu (Dawn)': version };
          await finish({ ...report, place: 'one Node process', versions, wait: null }, started);
        } else {
          throw new Error(`--where ${where}: must be chromium or node`);
        }
      } catch (error) {
        failed = true;
        console.error(`${where}: ${reasonOf(error)}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return failed ? 1 : 0;
}
