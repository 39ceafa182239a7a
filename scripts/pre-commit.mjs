#!/usr/bin/env node
/**
 * The quick checks before a commit: oxfmt and oxlint on the staged files, and the text check on the
 * project. `.githooks/pre-commit` runs it; `npm run lint` checks everything.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { root } from './setup.mjs';

const LINTED = /\.(ts|tsx|mjs|cjs|js)$/;

/** @param {string} command @param {string[]} args */
function passes(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const listed = spawnSync('git', ['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z'], {
  cwd: root,
  encoding: 'utf8',
});
if (listed.status !== 0) {
  console.error(`pre-commit: git does not list the staged files: ${listed.stderr}`);
  process.exit(1);
}
const staged = listed.stdout.split('\0').filter(Boolean);
const linted = staged.filter((file) => LINTED.test(file));

let passed = passes(process.execPath, ['scripts/checks/text.mjs']);
if (staged.length > 0) {
  const args = ['node_modules/oxfmt/bin/oxfmt', '--check', '--no-error-on-unmatched-pattern'];
  passed = passes(process.execPath, [...args, ...staged]) && passed;
}
if (linted.length > 0) {
  const args = ['node_modules/oxlint/bin/oxlint', '--no-error-on-unmatched-pattern'];
  passed = passes(process.execPath, [...args, ...linted]) && passed;
}
process.exitCode = passed ? 0 : 1;
