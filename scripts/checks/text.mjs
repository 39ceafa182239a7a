#!/usr/bin/env node
/**
 * Checks what no linter of one language sees: unfinished work, skipped or singled-out tests, paths of one
 * person's machine, registries in the lock file, inexact versions, invisible characters that make code read
 * differently from what it does, and names of missing files.
 */
import { readFileSync } from 'node:fs';
import { missingPaths } from './paths.mjs';
import { projectFiles } from '../files.mjs';
import { root } from '../setup.mjs';

const CODE = /\.(ts|tsx|mjs|cjs|js|wgsl|css|html|py)$/;
const TEXT =
  /\.(ts|tsx|mjs|cjs|js|wgsl|css|html|py|toml|md|json|yml|yaml)$|(^|\/)(\.npmrc|run|LICENSE|NOTICE.*)$/;
const OWN = 'scripts/checks/text.mjs';

/** @type {{ what: string, files: RegExp, pattern: RegExp }[]} */
const rules = [
  { what: 'unfinished work', files: CODE, pattern: /\b(TODO|FIXME|XXX|HACK)\b/ },
  {
    what: 'a test that does not run, or keeps others from running',
    files: CODE,
    pattern: /\b(it|test|describe|suite)(\.\w+)*\.(skip|skipIf|runIf|only|todo|fixme)\b/,
  },
  {
    what: "a path of one person's machine",
    files: TEXT,
    pattern: /(?<![\w.])\/(work\/(main|shared)|home\/\w+|Users\/\w+)\//,
  },
  {
    what: 'the host of a package registry',
    files: TEXT,
    pattern: /registry\.npmjs|registry\.yarnpkg|deb\.debian\.org|"resolved":/,
  },
  { what: 'an invisible direction mark', files: TEXT, pattern: /[\u202a-\u202e\u2066-\u2069]/ },
];

let problems = 0;
/** @param {string} place @param {string} what */
function report(place, what) {
  problems += 1;
  console.error(`${place}: ${what}`);
}

const files = projectFiles();
for (const file of files) {
  if (!TEXT.test(file)) continue;
  const text = readFileSync(root + file, 'utf8');
  for (const { line, name } of missingPaths(file, text, files)) {
    report(`${file}:${line}`, `names ${name}, and there is no such file`);
  }
  if (file === OWN || file.startsWith('test/fixtures/') || file.startsWith('public/')) continue;
  const applying = rules.filter((rule) => rule.files.test(file));
  text.split('\n').forEach((line, index) => {
    for (const { what, pattern } of applying) {
      if (pattern.test(line)) report(`${file}:${index + 1}`, what);
    }
  });
}

/** @type {Record<string, Record<string, string> | undefined>} */
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
for (const group of ['dependencies', 'devDependencies']) {
  for (const [name, version] of Object.entries(manifest[group] ?? {})) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      report('package.json', `${name} is not pinned to one version`);
    }
  }
}

if (problems > 0) process.exitCode = 1;
