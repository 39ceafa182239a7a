#!/usr/bin/env node
/**
 * Measures what the first page loads: the entry script and everything it imports statically, and
 * their styles, each gzipped as a server would send it. Fails beyond the budget.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './setup.mjs';

/** Gzipped JavaScript of the first load, in bytes. */
const BUDGET = 350_000;
const dist = `${root}dist/`;
const manifestFile = `${dist}.vite/manifest.json`;

if (!existsSync(manifestFile)) {
  console.error('bundle: no dist/; run npm run build first');
  process.exit(1);
}

/** @typedef {{ file: string, isEntry?: boolean, imports?: string[], css?: string[] }} Chunk */
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

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
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) follow(key);

let total = 0;
for (const file of scripts) {
  const bytes = gzipped(file);
  total += bytes;
  console.log(`bundle: ${file} ${kB(bytes)}`);
}
const styleBytes = [...styles].reduce((sum, file) => sum + gzipped(file), 0);
for (const file of readdirSync(`${dist}assets`)) {
  if (/worker.*\.js$/i.test(file))
    console.log(`bundle: assets/${file} ${kB(gzipped(`assets/${file}`))} (worker)`);
}
console.log(
  `bundle: first load ${kB(total)} of JavaScript (limit ${kB(BUDGET)}), ${kB(styleBytes)} of styles, gzipped`,
);
if (scripts.size === 0 || total > BUDGET) {
  console.error(scripts.size === 0 ? 'bundle: no entry found' : 'bundle: over the budget');
  process.exit(1);
}
