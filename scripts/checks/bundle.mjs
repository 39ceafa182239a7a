#!/usr/bin/env node
/**
 * Measures what the first page loads: the scripts and styles that index.html names and everything that the
 * scripts import statically, each gzipped as a server would send it. Fails beyond the budget, and when
 * code of the engine comes along: that belongs to the worker.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from '../setup.mjs';

/** Gzipped JavaScript of the first load, in bytes. */
const BUDGET = 350_000;
/** Only a shader says so. */
const SHADER = '@workgroup_size';
const dist = `${root}dist/`;
const manifestFile = `${dist}.vite/manifest.json`;

if (!existsSync(manifestFile)) {
  console.error('bundle: no dist/; run npm run build first');
  process.exit(1);
}

/** @typedef {{ file: string, imports?: string[], css?: string[] }} Chunk */
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const page = readFileSync(`${dist}index.html`, 'utf8');
const named = new Set(
  [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file),
);

/** @param {string} file */
const gzipped = (file) => gzipSync(readFileSync(dist + file), { level: 9 }).length;
/** @param {number} bytes */
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** @type {Set<string>} */
const scripts = new Set();
/** @type {Set<string>} */
const styles = new Set();
/** @param {string} key */
function follow(key) {
  const chunk = manifest[key];
  if (chunk === undefined || scripts.has(chunk.file)) return;
  scripts.add(chunk.file);
  for (const style of chunk.css ?? []) styles.add(style);
  for (const next of chunk.imports ?? []) follow(next);
}
for (const [key, { file }] of Object.entries(manifest)) if (named.has(file)) follow(key);

let total = 0;
for (const file of scripts) {
  const bytes = gzipped(file);
  total += bytes;
  if (bytes > 5000) console.log(`bundle: ${file} ${kB(bytes)}`);
  if (readFileSync(dist + file, 'utf8').includes(SHADER)) {
    console.error(`bundle: ${file} holds shaders; only the worker may`);
    process.exitCode = 1;
  }
}
const styleBytes = [...styles].reduce((sum, file) => sum + gzipped(file), 0);
for (const file of readdirSync(`${dist}assets`)) {
  if (/worker.*\.js$/i.test(file))
    console.log(`bundle: assets/${file} ${kB(gzipped(`assets/${file}`))} (worker)`);
}
console.log(
  `bundle: first load ${kB(total)} of JavaScript in ${scripts.size} files (limit ${kB(BUDGET)}), ${kB(styleBytes)} of styles, gzipped`,
);
if (scripts.size < 2 || total > BUDGET) {
  console.error(
    scripts.size < 2 ? 'bundle: the first page was not found' : 'bundle: over the budget',
  );
  process.exitCode = 1;
}
