#!/usr/bin/env node
/** Runs every static check and says which failed; types are checked by `npm run typecheck`. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, root } from './setup.mjs';

/** @typedef {{ name: string, command: string[] }} Check */

/** @type {Check[]} */
export const staticChecks = [
  { name: 'eslint', command: ['node_modules/eslint/bin/eslint.js', '.'] },
  { name: 'prettier', command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'] },
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
  { name: 'text', command: ['scripts/check-text.mjs'] },
  { name: 'tree', command: ['scripts/check-tree.mjs'] },
];

/**
 * Runs one check in a Node process of its own.
 *
 * @param {Check} check
 * @returns {boolean} whether it passed
 */
export function runCheck(check) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, check.command, { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${check.name} (${seconds} s)`);
  return status === 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureDependencies();
  const failed = staticChecks.filter((check) => !runCheck(check));
  process.exitCode = failed.length === 0 ? 0 : 1;
}
