/**
 * A Vite plugin that writes dist/sw.js: the service worker with the list of the build's files and their hashes
 * (src/storage/offline). Maps for debugging are not kept.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './setup.mjs';

const LEFT_OUT = /^\.|^sw\.js$|\.map$/;

/**
 * @param {string} folder of a build
 * @returns {import('../src/storage/offline/kept-files.ts').Build}
 */
export function listBuild(folder) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/'))
    .map((path) => path.replace(/^\//, ''))
    .filter((path) => !LEFT_OUT.test(path))
    .sort();
  const files = names.map((name) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('base64');
    // Some hosts lead from index.html to the folder; the folder's own address is the page everywhere.
    return /** @type {const} */ ([name === 'index.html' ? '' : name, `sha256-${hash}`]);
  });
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  return { version, files };
}

/** @returns {import('vite').Plugin} */
export function offlineFiles() {
  let folder = '';
  return {
    name: 'offline-files',
    apply: 'build',
    configResolved: ({ build: { outDir }, root: base }) => {
      folder = join(base, outDir);
    },
    closeBundle: async () => {
      if (!existsSync(join(folder, 'index.html'))) return;
      const built = await build({
        root,
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: { STUDIO_BUILD: JSON.stringify(listBuild(folder)) },
        build: {
          target: 'es2023',
          write: false,
          rolldownOptions: {
            input: `${root}src/storage/offline/service-worker.ts`,
            output: { format: 'iife' },
          },
        },
      });
      const [output] = [built].flat();
      const chunk = output && 'output' in output ? output.output[0] : null;
      if (!chunk) throw new Error('offline-files: the service worker was not built');
      writeFileSync(join(folder, 'sw.js'), chunk.code);
    },
  };
}
