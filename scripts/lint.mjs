#!/usr/bin/env node
/** Runs every static check and says which failed. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, root } from './setup.mjs';

/** @typedef {{ name: string, command: string[], env?: Record<string, string> }} Check */

/** @type {Check[]} */
export const staticChecks = [
  // Types as well: its type-aware rules come with the compiler's own findings.
  { name: 'oxlint', command: ['node_modules/oxlint/bin/oxlint', '.'] },
  { name: 'oxfmt', command: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  { name: 'knip', command: ['node_modules/knip/bin/knip.js'] },
  {
    name: 'dependency-cruiser',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      ...['src', 'scripts', 'test', 'bench', 'e2e'],
    ],
  },
  // Without a path it finds no Python, whose packages would decide what it says: the same on every machine.
  {
    name: 'pyright',
    command: ['node_modules/pyright/index.js', '-p', 'handoff'],
    env: { PATH: '' },
  },
  { name: 'text', command: ['scripts/checks/text.mjs'] },
  { name: 'words', command: ['scripts/checks/words.mjs'] },
  { name: 'styles', command: ['scripts/checks/styles.mjs'] },
  { name: 'tree', command: ['scripts/tree.mjs', '--check'] },
];

/**
 * Runs one check in a Node process of its own and prints what it said once it has ended, so that several
 * may run at a time.
 *
 * @param {Check} check
 * @returns {Promise<boolean>} whether it passed
 */
export async function runCheck(check) {
  const started = performance.now();
  const child = spawn(process.execPath, check.command, {
    ...{ cwd: root, stdio: 'pipe' },
    env: { ...process.env, ...check.env },
  });
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
  }
  const status = await new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  process.stdout.write(Buffer.concat(said));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${check.name} (${seconds} s)`);
  return status === 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureDependencies();
  let passed = true;
  for (const check of staticChecks) passed = (await runCheck(check)) && passed;
  process.exitCode = passed ? 0 : 1;
}
