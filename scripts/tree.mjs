#!/usr/bin/env node
/**
 * Writes docs/tree.md: every source file with the first sentence of its first comment. With `--check` it
 * writes nothing and fails where the document is not what would be written, a file has no
 * comment, or a folder holds more than a reader can keep in mind.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { projectFiles } from './files.mjs';
import { root } from './setup.mjs';

const DOCUMENT = 'docs/tree.md';
const SOURCE = /^(src|shaders|scripts|bench|e2e|test|handoff)\/.*\.(ts|tsx|mjs|wgsl|css|py)$/;
const TEST = /\.(test|spec)\.tsx?$|^test\/fixtures\/|\/test_\w+\.py$/;
/** Files of one folder, tests not counted. */
const MOST_FILES = 25;

/**
 * The first sentence of the comment that a file begins with, or else of the first declaration that has one;
 * empty where there is neither.
 *
 * @param {string} text
 */
function firstSentence(text) {
  const code = text.replace(/^#!.*\n/, '');
  const comment =
    /^"""([\s\S]*?)"""/.exec(code) ??
    /^\s*(?:\/\*+([\s\S]*?)\*\/|((?:\/\/(?!%).*\n)+))/.exec(code) ??
    /^\/\*\*([\s\S]*?)\*\//m.exec(code);
  const words = (comment?.[1] ?? comment?.[2] ?? '')
    .replace(/^[ \t]*(\*|\/\/)[ \t]?/gm, '')
    .trim()
    .split(/\n[ \t]*\n|\n {2,}/)[0]
    ?.replace(/\s+/g, ' ');
  const sentence = /^.*?(?:\.(?=\s+[A-Z`@]|$)|;(?=\s))/.exec(words ?? '')?.[0] ?? words ?? '';
  return sentence.replace(/[.:;]$/, '');
}

/** @type {string[]} */
const faults = [];
/** @type {Map<string, string[]>} */
const folders = new Map();
for (const file of projectFiles().filter((path) => SOURCE.test(path) && !TEST.test(path))) {
  const sentence = firstSentence(readFileSync(root + file, 'utf8'));
  if (sentence === '') faults.push(`${file}: does not begin with a comment that says what it is`);
  const slash = file.lastIndexOf('/');
  const folder = file.slice(0, slash);
  const name = file.slice(slash + 1);
  folders.set(folder, [...(folders.get(folder) ?? []), `- \`${name}\`: ${sentence}`]);
}

const sections = [...folders].map(([folder, lines]) => {
  if (lines.length > MOST_FILES) {
    faults.push(
      `${folder}: ${lines.length} files; move some into folders of their own (at most ${MOST_FILES})`,
    );
  }
  return `## ${folder}\n\n${lines.join('\n')}\n`;
});
const text = `# The tree

Written by \`npm run tree\` from the first sentence of each file; what the folders are to each other stands in
[architecture.md](architecture.md).

${sections.join('\n')}`;

if (process.argv.includes('--check')) {
  const found = existsSync(root + DOCUMENT) ? readFileSync(root + DOCUMENT, 'utf8') : '';
  if (found !== text) faults.push(`${DOCUMENT}: does not match the files; run npm run tree`);
} else {
  writeFileSync(root + DOCUMENT, text);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
