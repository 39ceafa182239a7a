#!/usr/bin/env node
/**
 * Tests the Python trainer in handoff/, where there is a Python with PyTorch or one can be made.
 *
 *   npm run handoff:test [-- PYTEST-ARGUMENTS]
 *
 * Python is `MEDCARE_PYTHON`, else one made in build/handoff/venv, else `python3`; the first that has all packages is
 * taken. Where none has them, an environment is made in build/handoff/venv. Ends with one line, `handoff: N passed,
 * N failed`, or says that nothing ran and why: then the exit code is 2, so that nobody takes it for a pass.
 *
 * `npm test` runs a part of it (`--short`), and counts it apart.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureDependencies, root } from './setup.mjs';

const VENV = join(root, 'build/handoff/venv');
const OWN = join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const RESULTS = join(root, 'build/test-results/handoff.xml');
const NOT_RUN = 2;
/** What the tests need; accelerate only starts processes. */
const PACKAGES = ['torch', 'accelerate', 'pytest'];
const NEEDED = PACKAGES.join(', ');
/** PyTorch's own index has a build without CUDA, a tenth of the size; a machine with another index keeps that too. */
const SOURCE = ['--extra-index-url', 'https://download.pytorch.org/whl/cpu'];

/**
 * @param {string} command
 * @param {string[]} args
 * @param {boolean} shown
 */
function runs(command, args, shown = false) {
  const { status } = spawnSync(command, args, { stdio: shown ? 'inherit' : 'ignore' });
  return status === 0;
}

/** @param {string} python @param {string} what */
const has = (python, what) => runs(python, ['-c', `import ${what}`]);

/** A Python that has everything, made where it can be; or why there is none. */
function findPython() {
  const asked = process.env['MEDCARE_PYTHON'];
  const candidates = asked ? [asked] : [OWN, 'python3', 'python'];
  const ready = candidates.find((python) => has(python, NEEDED));
  if (ready !== undefined) return { python: ready, why: '' };
  if (asked) return { why: `${asked} (MEDCARE_PYTHON) lacks one of ${NEEDED}` };
  const system = candidates.find((python) => python !== OWN && has(python, 'venv, ensurepip'));
  if (system === undefined) {
    return {
      why: `no python3 has ${NEEDED}, nor venv and pip, with which they could be installed`,
    };
  }
  console.log(`Making a Python environment with ${NEEDED} in ${VENV}`);
  // What the system's Python has, PyTorch above all, is not downloaded again.
  const made = runs(system, ['-m', 'venv', '--system-site-packages', VENV], true);
  const wanted = ['-m', 'pip', 'install', '--quiet', '--retries', '1', ...SOURCE, ...PACKAGES];
  if (made && runs(OWN, wanted, true) && has(OWN, NEEDED)) return { python: OWN, why: '' };
  return { why: `no python3 has ${NEEDED}, and pip could not install them (see above)` };
}

/** Tests that passed and failed, from the runner's report; a skipped test counts as failed. */
function tally() {
  const report = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '';
  const count = (/** @type {string} */ name) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('skipped');
  return { passed: count('tests') - failed, failed };
}

/** Tells `npm test`, where that asked. @param {object} found */
function report(found) {
  const file = process.env['MEDCARE_HANDOFF_JSON'];
  if (file) writeFileSync(file, JSON.stringify(found));
}

ensureDependencies();
const { python, why } = findPython();
if (python === undefined) {
  console.error(`handoff: not run: ${why}.`);
  report({ notRun: why });
  process.exitCode = NOT_RUN;
} else {
  mkdirSync(join(root, 'build/test-results'), { recursive: true });
  const args = ['-m', 'pytest', 'handoff', '-q', `--junitxml=${RESULTS}`, ...process.argv.slice(2)];
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const { status } = spawnSync(python, args, { cwd: root, env, stdio: 'inherit' });
  const { passed, failed } = tally();
  const ok = status === 0 && failed === 0 && passed > 0;
  const counts = { passed, failed: ok ? 0 : Math.max(1, failed) };
  report(counts);
  console.log(`handoff: ${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = ok ? 0 : 1;
}
