/** Lists the files of the project, whether or not it is a git checkout. */
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from './setup.mjs';

const GENERATED = new Set([
  '.cache',
  '.git',
  'build',
  'coverage',
  'dist',
  'node_modules',
  'playwright-report',
  'test-results',
]);

/**
 * Paths relative to the root, with forward slashes, sorted; generated folders left out.
 *
 * @param {string} [folder]
 * @returns {string[]}
 */
export function projectFiles(folder = root) {
  const files = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (GENERATED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return projectFiles(path);
    return entry.isFile() ? [relative(root, path).split(sep).join('/')] : [];
  });
  return files.sort();
}
