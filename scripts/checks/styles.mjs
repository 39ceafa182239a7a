#!/usr/bin/env node
/**
 * Checks that style modules and scripts agree: every class that a script names is in the module it imports,
 * every class of a module is used, no two modules share a name, and only modules name classes. A script takes classes
 * from its own folder, from one above, or from the shared ones, never from another page's.
 */
import { readFileSync } from 'node:fs';
import { basename, posix } from 'node:path';
import process from 'node:process';
import { projectFiles } from '../files.mjs';
import { root } from '../setup.mjs';

/** Styles that are everybody's: colours, spaces, the reset and plain elements. */
const GLOBAL = 'src/views/shared/tokens.css';
const SHARED = 'src/views/shared/';
const IMPORT = /^import (\w+) from '([^']+\.module\.css)';$/gm;

/** @param {string} file */
const read = (file) => readFileSync(root + file, 'utf8');
const files = projectFiles();
/** @type {string[]} */
const faults = [];

/** Classes of each module. @type {Map<string, Set<string>>} */
const defined = new Map();
/** @type {Map<string, string>} */
const names = new Map();
for (const file of files.filter((path) => path.startsWith('src/') && path.endsWith('.css'))) {
  const rules = read(file).replace(/\/\*[\s\S]*?\*\//g, '');
  const selectors = [...rules.matchAll(/([^{};]+)\{/g)].map(([, selector]) => selector ?? '');
  const classes = selectors.flatMap((selector) =>
    // Numbers such as 0.5 are no classes.
    [...selector.matchAll(/\.([a-zA-Z_][\w-]*)/g)].map(([, name]) => name ?? ''),
  );
  if (file === GLOBAL) {
    for (const name of classes) faults.push(`${file}: .${name} belongs in a style module`);
    continue;
  }
  if (!file.endsWith('.module.css')) {
    faults.push(`${file}: only ${GLOBAL} is for every page; make it a .module.css`);
    continue;
  }
  if (rules.includes(':global')) faults.push(`${file}: reaches into another component by :global`);
  const name = basename(file);
  const other = names.get(name);
  if (other) faults.push(`${file}: ${other} has the same name, and so would their classes`);
  names.set(name, file);
  defined.set(file, new Set(classes));
}

/** Classes that some script names, by module. @type {Map<string, Set<string>>} */
const used = new Map();
for (const file of files.filter((path) => /^src\/.*\.tsx?$/.test(path))) {
  const text = read(file);
  for (const [, variable = '', path = ''] of text.matchAll(IMPORT)) {
    const module = posix.join(posix.dirname(file), path);
    const classes = defined.get(module);
    if (!classes) {
      faults.push(`${file}: there is no ${path}`);
      continue;
    }
    const folder = `${posix.dirname(module)}/`;
    if (!file.startsWith(folder) && !folder.startsWith(SHARED)) {
      faults.push(
        `${file}: takes classes of ${folder}; they belong to ${SHARED} or to a component`,
      );
    }
    const found = used.get(module) ?? new Set();
    used.set(module, found);
    const named = [...text.matchAll(new RegExp(`\\b${variable}\\b(?:\\.(\\w+))?`, 'g'))];
    for (const [whole, name] of named) {
      if (name === undefined) {
        // The import itself; anywhere else a check cannot follow.
        continue;
      }
      if (classes.has(name)) found.add(name);
      else faults.push(`${file}: ${whole} is not in ${path}`);
    }
  }
  if (/className="|className=\{['`]/.test(text)) {
    faults.push(`${file}: a class as text; take it from a style module`);
  }
}
for (const [module, classes] of defined) {
  for (const name of classes) {
    if (!used.get(module)?.has(name)) faults.push(`${module}: no script names .${name}`);
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`styles: ${defined.size} modules, every class defined once and used`);
