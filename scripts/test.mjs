#!/usr/bin/env node
/**
 * Runs everything that has to hold, from a clean clone: packages, the system's Chromium and software
 * drivers, static checks, types, unit and GPU tests on each driver and without subgroups, the build
 * and its budget, the Python trainer where there is a Python for it, and the journeys in Chromium and Firefox. Ends with
 * one line, `N passed, N failed`.
 *
 *   npm test                         all of it
 *   npm test -- --only lint,gpu      some steps by name
 *   npm test -- --full               on every driver, all golden cases and variants
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { findChromium, findFirefox, findLavapipe, findSwiftShader } from './adapters.mjs';
import { runUnderDeno } from './deno.mjs';
import { installSystem } from './install-system.mjs';
import { runCheck, staticChecks } from './lint.mjs';
import { ensureDependencies, root } from './setup.mjs';

/** @typedef {{ passed: number, failed: number, notRun?: string }} Tally */
/** @typedef {{ name: string, run: () => Promise<Tally>, together?: boolean, apart?: boolean }} Step */

const RESULTS = `${root}build/test-results`;

/** @param {boolean} ok @returns {Tally} */
const one = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * Runs a Node program of the project and shows what it prints.
 *
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<boolean>} whether it ended well
 */
function node(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (status) => resolve(status === 0));
  });
}

/**
 * Reads a runner's report. A run that failed as a whole counts as a failure even if no test did (a
 * file that does not load, an unhandled rejection), and so does a skipped test.
 *
 * @param {string} file
 * @param {boolean} ok
 * @param {(report: any) => { passed: number, failed: number, skipped: number }} read
 * @returns {Tally}
 */
function tally(file, ok, read) {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { passed, failed, skipped } = read(JSON.parse(readFileSync(file, 'utf8')));
  if (skipped > 0) console.error(`FAILED: ${skipped} tests were skipped`);
  const all = failed + skipped;
  return { passed, failed: all === 0 && (!ok || passed === 0) ? 1 : all };
}

/**
 * As `node`, under Deno.
 *
 * @type {typeof node}
 */
async function deno(args, env) {
  try {
    return (await runUnderDeno(args, env)) === 0;
  } catch (error) {
    console.error(error);
    return false;
  }
}

/**
 * @param {string} name
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @param {typeof node} [start]
 * @returns {Promise<Tally>}
 */
async function vitest(name, args, env, start = node) {
  const file = `${RESULTS}/${name}.json`;
  const ok = await start(
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    env,
  );
  return tally(file, ok, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

/** @returns {Promise<Tally>} */
async function journeys() {
  if (findChromium() === undefined) {
    console.error('FAILED: no Chromium, so the journeys cannot run (set CHROMIUM_PATH)');
    return one(false);
  }
  const file = `${RESULTS}/e2e.json`;
  const ok = await node(
    ['node_modules/@playwright/test/cli.js', 'test', '-c', 'e2e/playwright.config.ts'],
    { MEDCARE_E2E_JSON: file },
  );
  return tally(file, ok, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));
}

/** @returns {Promise<Tally>} */
async function inFirefox() {
  if (findFirefox() === undefined) {
    console.error('FAILED: no Firefox, so the journey in it cannot run (set FIREFOX_PATH)');
    return one(false);
  }
  return vitest('firefox', ['--project', 'firefox'], { MEDCARE_ADAPTER: softwareDriver() });
}

/**
 * The Python trainer's tests that take little time. A machine needs no Python: without one nothing runs here, and the
 * line before the last says so.
 *
 * @returns {Promise<Tally>}
 */
async function handOff() {
  const file = `${RESULTS}/handoff.json`;
  const ok = await node(['scripts/handoff-test.mjs', '--short'], { MEDCARE_HANDOFF_JSON: file });
  if (!existsSync(file)) return one(false);
  const { passed, failed, notRun } = JSON.parse(readFileSync(file, 'utf8'));
  if (notRun) return { passed: 0, failed: 0, notRun };
  return { passed, failed: ok ? failed : Math.max(1, failed) };
}

/** The driver that most tests use. */
function softwareDriver() {
  return findLavapipe() ? 'lavapipe' : findSwiftShader() ? 'swiftshader' : 'system';
}

/**
 * What a driver could do otherwise: each kernel, and the golden cases, which are whole runs. The other GPU tests hold
 * what engine and studio make of a device; they run on one driver here, and on SwiftShader as journeys in the page.
 */
const BY_DRIVER = ['src/engine/kernels', 'src/engine/gpu', 'test/golden', 'test/gpu/adapter'];

/** Golden cases of each kind of block; the other ones differ from these in sizes and names, which no driver sees. */
const FEWER_CASES = { MEDCARE_GOLDEN_CASES: 'odd-sizes,qwen3-qknorm,gemma3-windows,phi3-fused' };

/**
 * Of that, what shows that Firefox's implementation of WebGPU computes the same: every kernel but for the forms by
 * weight format, and golden cases.
 */
const ON_WGPU = [
  ...BY_DRIVER.filter((path) => path !== 'test/golden'),
  'test/golden/golden',
  '--exclude=**/weight-formats.gpu.test.ts',
];

/**
 * What one driver is enough for: a golden case with each kernel variant in turn, whose kernels every driver tests one by
 * one, products and attention in several dispatches, which are the same kernels again, and subgroup matrices, which none
 * of them has.
 */
const ON_ONE_DRIVER = [
  'golden/variants',
  'product-parts',
  'attention-parts',
  'subgroup-product',
].map((name) => `--exclude=**/${name}.gpu.test.ts`);

/** The GPU tests on one software driver, what a driver decides on every one that is here; else on what the system has. */
function gpuSteps() {
  const main = softwareDriver();
  const gpu = ['--project', 'gpu'];
  const byDriver = [...gpu, ...BY_DRIVER, ...(values.full ? [] : ON_ONE_DRIVER)];
  const cases = values.full ? {} : FEWER_CASES;
  /** @type {Step[]} */
  const steps = [
    {
      name: `gpu-${main}`,
      run: () => vitest(`gpu-${main}`, gpu, { MEDCARE_ADAPTER: main }),
    },
    {
      name: 'gpu-no-subgroups',
      run: () =>
        vitest('gpu-no-subgroups', byDriver, {
          MEDCARE_ADAPTER: main,
          MEDCARE_SUBGROUPS: 'off',
          ...cases,
        }),
    },
    {
      name: 'gpu-wgpu',
      run: () => {
        const args = [...gpu, ...(values.full ? BY_DRIVER : [...ON_WGPU, ...ON_ONE_DRIVER])];
        return vitest('gpu-wgpu', args, { MEDCARE_ADAPTER: main, ...cases }, deno);
      },
    },
  ];
  if (main === 'lavapipe' && findSwiftShader()) {
    steps.push({
      name: 'gpu-swiftshader',
      run: () => vitest('gpu-swiftshader', byDriver, { MEDCARE_ADAPTER: 'swiftshader', ...cases }),
    });
  }
  return steps;
}

ensureDependencies();
installSystem();
rmSync(RESULTS, { recursive: true, force: true });
mkdirSync(RESULTS, { recursive: true });

const { values } = parseArgs({
  options: { only: { type: 'string' }, full: { type: 'boolean', default: false } },
});
/** @type {Step[]} */
const all = [
  ...staticChecks.map((check) => ({
    name: `lint-${check.name}`,
    run: async () => one(await runCheck(check)),
    together: true,
  })),
  {
    name: 'unit',
    run: () => vitest('unit', ['--project', 'unit', '--project', 'unit-apart']),
    together: true,
  },
  ...gpuSteps(),
  { name: 'handoff', run: handOff, apart: true },
  {
    name: 'build',
    run: async () => {
      // Nothing of an earlier build may be what is measured and tested.
      rmSync(`${root}dist`, { recursive: true, force: true });
      return one(await node(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']));
    },
  },
  { name: 'bundle', run: async () => one(await node(['scripts/checks/bundle.mjs'])) },
  { name: 'firefox', run: inFirefox },
  { name: 'e2e', run: journeys },
];
const wanted = values.only?.split(',');
const steps = all.filter(({ name }) => wanted?.some((part) => name.startsWith(part)) ?? true);

const started = performance.now();
/** @type {string[]} */
const summary = [];
const total = { passed: 0, failed: 0 };
/** What is counted apart, because not every machine runs it. @type {string[]} */
const apart = [];

/** @param {Step} step */
async function take({ name, run, apart: isApart = false }) {
  console.log(`\n== ${name}`);
  const begun = performance.now();
  const { passed, failed, notRun } = await run();
  const counts = notRun ? `NOT RUN: ${notRun}` : `${passed} passed, ${failed} failed`;
  if (isApart) apart.push(`${name}, counted apart: ${counts}`);
  else total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  summary.push(`${name.padEnd(24)} ${counts}, ${seconds} s`);
}

// A static check uses one processor: two at a time, and the unit tests beside what is left of the longest.
// Everything else uses all there are.
const checks = steps.filter(({ together }) => together);
await Promise.all(
  [0, 1].map(async () => {
    for (let step = checks.shift(); step; step = checks.shift()) await take(step);
  }),
);
for (const step of steps) if (!step.together) await take(step);
console.log(`\n${summary.map((line) => `  ${line}`).join('\n')}`);
console.log(`  in ${((performance.now() - started) / 60_000).toFixed(1)} minutes\n`);
for (const line of apart) console.log(line);
console.log(`${total.passed} passed, ${total.failed} failed`);
const nothing = total.passed === 0 && steps.every((step) => !step.apart);
process.exitCode = total.failed === 0 && !nothing ? 0 : 1;
