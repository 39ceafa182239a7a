#!/usr/bin/env node
/**
 * Checks that docs/architecture.md has the real tree: every source file has its line there, and no
 * line names a file that is gone. Tests stand beside what they test and need no line of their own.
 *
 * A line of the tree is `indent name   what it is`; a folder's name ends in a slash. Lines are read
 * from every code block of the document; a block starts at the root (`src/`, `shaders/`, …).
 */
import { existsSync, readFileSync } from 'node:fs';
import { projectFiles } from './files.mjs';
import { root } from './setup.mjs';

const DOCUMENT = 'docs/architecture.md';
const SOURCE = /^(src|shaders|scripts|bench|e2e|test)\/.*\.(ts|tsx|mjs|wgsl|css)$/;
const TEST = /\.(test|spec)\.tsx?$|^test\/fixtures\//;

/**
 * The paths that a tree of indented names stands for.
 *
 * @param {string} block
 * @returns {string[]}
 */
function pathsOf(block) {
  /** @type {{ indent: number, name: string }[]} */
  const folders = [];
  const paths = [];
  for (const line of block.split('\n')) {
    const match = /^(\s*)([\w.()[\]-]+(?:\/[\w.-]+)*\/?)(?:\s{2,}|$)/.exec(line);
    if (!match) continue;
    const indent = (match[1] ?? '').length;
    const name = match[2] ?? '';
    while ((folders.at(-1)?.indent ?? -1) >= indent) folders.pop();
    const path = folders.map((folder) => folder.name).join('') + name;
    if (name.endsWith('/')) folders.push({ indent, name });
    else paths.push(path);
  }
  return paths;
}

if (!existsSync(root + DOCUMENT)) {
  console.error(`${DOCUMENT} is missing`);
  process.exit(1);
}
const text = readFileSync(root + DOCUMENT, 'utf8');
const blocks = [...text.matchAll(/^```[a-z]*\n(.*?)^```/gms)].map((match) => match[1] ?? '');
const listed = new Set(blocks.flatMap(pathsOf));
const real = projectFiles().filter((file) => SOURCE.test(file) && !TEST.test(file));

const missing = real.filter((file) => !listed.has(file));
const gone = [...listed].filter((file) => SOURCE.test(file) && !existsSync(root + file));
for (const file of missing) console.error(`${DOCUMENT}: no line for ${file}`);
for (const file of gone) console.error(`${DOCUMENT}: names ${file}, which is not there`);
if (missing.length + gone.length > 0) process.exitCode = 1;
