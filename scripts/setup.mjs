/**
 * Makes a fresh clone ready: installs the packages of the lock file. Uses nothing but Node, because it runs
 * before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockEntry */

/**
 * The first package of the lock file that is not installed in its version; undefined when all are.
 *
 * @returns {string | undefined}
 */
function firstMissingPackage() {
  /** @type {{ packages: Record<string, LockEntry> }} */
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '' || entry.optional || entry.link) continue;
    const file = `${root}${path}/package.json`;
    if (!existsSync(file)) return path;
    /** @type {{ version?: string }} */
    const installed = JSON.parse(readFileSync(file, 'utf8'));
    if (installed.version !== entry.version) return path;
  }
  return undefined;
}

/**
 * Installs the packages of the lock file when one is missing, and ends the process when that fails.
 * Install scripts are not run: none of the packages needs one to work.
 */
export function ensureDependencies() {
  const missing = firstMissingPackage();
  if (missing === undefined) return;
  console.log('setup: installing packages (npm ci)');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, {
        cwd: root,
        stdio: 'inherit',
        shell: process.platform === 'win32',
      });
  if (result.status !== 0) {
    console.error('setup: npm ci failed; see above');
    process.exit(1);
  }
}

/**
 * A server that loads the project's TypeScript in Node with the product's own module resolution.
 *
 * @param {import('vite').UserConfig['resolve']} resolve names under which packages are found
 */
export async function sourceServer(resolve = {}) {
  const { createServer } = await import('vite');
  return createServer({
    root,
    configFile: false,
    appType: 'custom',
    logLevel: 'warn',
    cacheDir: `${root}node_modules/.cache/run-ts`,
    resolve,
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
}
