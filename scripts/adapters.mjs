/**
 * Finds the WebGPU drivers of this machine and chooses one.
 *
 * The Vulkan loader reads VK_ICD_FILENAMES once, when an instance is first created; so a choice has to be in the
 * environment before the `webgpu` package is used. `driverEnv()` gives the variables for a child
 * process, `applyDriver()` puts them into this one.
 *
 * MEDCARE_ADAPTER chooses: `lavapipe`, `swiftshader`, or `system` (whatever the Vulkan loader, Metal
 * or Direct3D finds, a real GPU where there is one). Unset: a VK_ICD_FILENAMES that is already set,
 * else lavapipe, else SwiftShader, else system.
 *
 * MEDCARE_WEBGPU chooses the implementation that uses the driver: `dawn` (Chromium's, in Node) or `wgpu` (Firefox's, in
 * Deno, see deno.mjs). Unset: dawn.
 */
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/** @typedef {'lavapipe' | 'swiftshader' | 'system'} AdapterName */
/** @typedef {'dawn' | 'wgpu'} Implementation */
/** @typedef {{ name: AdapterName, icd: string | undefined, why: string }} Driver */

/** Dawn refuses lavapipe of older Mesa releases: they lack Vulkan features that it requires. */
const OLDEST_MESA = 24;
const CHROMIUM_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];
const FIREFOX_NAMES = ['firefox-esr', 'firefox'];
const CHROMIUM_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];
const ICD_FOLDERS = [
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
];

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @type {Map<string, string | undefined>} */
const found = new Map();

/**
 * Remembers an answer once there is one; "not there" is asked again, because an install may follow.
 *
 * @param {string} key
 * @param {() => string | undefined} find
 */
function remember(key, find) {
  const known = found.get(key);
  if (known !== undefined) return known;
  const answer = find();
  found.set(key, answer);
  return answer;
}

/**
 * A program that a variable names, else one on the search path, else in one of the usual places.
 *
 * @param {{ variables: readonly string[], names: readonly string[], elsewhere: readonly string[] }} where
 * @returns {string | undefined}
 */
function findProgram({ variables, names, elsewhere }) {
  for (const variable of variables) {
    const path = process.env[variable];
    if (path && isExecutable(path)) return path;
  }
  return remember(names.join(), () => {
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
    const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
    return [...onPath, ...elsewhere].find(isExecutable);
  });
}

/**
 * The path of a Chromium or Chrome, from CHROMIUM_PATH, CHROME_PATH, the search path or the usual
 * places; undefined when there is none.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  return findProgram({
    variables: ['CHROMIUM_PATH', 'CHROME_PATH'],
    names: CHROMIUM_NAMES,
    elsewhere: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
  });
}

/**
 * The path of a Firefox, from FIREFOX_PATH, the search path or the usual places; undefined when there is none.
 *
 * @returns {string | undefined}
 */
export function findFirefox() {
  return findProgram({
    variables: ['FIREFOX_PATH'],
    names: FIREFOX_NAMES,
    elsewhere: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  });
}

/**
 * SwiftShader's driver file as Chromium ships it.
 *
 * @returns {string | undefined}
 */
export function findSwiftShader() {
  return remember('swiftshader', () => {
    const chromium = findChromium();
    const folders = [...CHROMIUM_FOLDERS];
    if (chromium) folders.unshift(dirname(realpathSync(chromium)));
    return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync);
  });
}

/**
 * Mesa's major version as written in a driver library.
 *
 * @param {string} library
 * @returns {number | undefined}
 */
function mesaMajor(library) {
  const text = readFileSync(library).toString('latin1');
  const major = /Mesa (\d{2,3})\.\d+\.\d+/.exec(text)?.[1];
  return major === undefined ? undefined : Number(major);
}

/**
 * The library that a Vulkan driver file names: absolute, or beside the usual library folders.
 *
 * @param {string} icd
 * @returns {string | undefined}
 */
function icdLibrary(icd) {
  /** @type {unknown} */
  const parsed = JSON.parse(readFileSync(icd, 'utf8'));
  const path =
    /** @type {{ ICD?: { library_path?: unknown } }} */ (parsed)?.ICD?.library_path ?? undefined;
  if (typeof path !== 'string') return undefined;
  if (isAbsolute(path)) return existsSync(path) ? path : undefined;
  if (path.includes('/')) {
    const beside = join(dirname(icd), path);
    return existsSync(beside) ? beside : undefined;
  }
  const triples = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triple) => `/usr/lib/${triple}`);
  return [...triples, '/usr/lib64', '/usr/lib', '/usr/local/lib']
    .map((folder) => join(folder, path))
    .find(existsSync);
}

/**
 * Lavapipe's driver file, when its Mesa is one that Dawn accepts.
 *
 * @returns {string | undefined}
 */
export function findLavapipe() {
  return remember('lavapipe', () => {
    for (const folder of ICD_FOLDERS) {
      if (!existsSync(folder)) continue;
      const names = readdirSync(folder).filter((name) => /^lvp_icd.*\.json$/.test(name));
      for (const name of names.sort()) {
        const icd = join(folder, name);
        const library = icdLibrary(icd);
        if (library !== undefined && (mesaMajor(library) ?? 0) >= OLDEST_MESA) return icd;
      }
    }
    return undefined;
  });
}

/**
 * The driver to use, by MEDCARE_ADAPTER or by what is there.
 *
 * @param {string | undefined} [wanted]
 * @returns {Driver}
 * @throws {Error} when a driver is asked for by name and is not there
 */
export function chooseDriver(wanted = process.env['MEDCARE_ADAPTER']) {
  const lavapipe = findLavapipe();
  const swiftshader = findSwiftShader();
  switch (wanted) {
    case 'lavapipe':
      if (!lavapipe) {
        throw new Error(
          `MEDCARE_ADAPTER=lavapipe, but no lavapipe of Mesa ${OLDEST_MESA} or newer is installed ` +
            '(Debian: node scripts/install-system.mjs)',
        );
      }
      return { name: 'lavapipe', icd: lavapipe, why: 'MEDCARE_ADAPTER' };
    case 'swiftshader':
      if (!swiftshader) {
        throw new Error(
          "MEDCARE_ADAPTER=swiftshader, but Chromium's vk_swiftshader_icd.json was not found " +
            '(install Chromium or set CHROMIUM_PATH)',
        );
      }
      return { name: 'swiftshader', icd: swiftshader, why: 'MEDCARE_ADAPTER' };
    case 'system':
      return { name: 'system', icd: process.env['VK_ICD_FILENAMES'], why: 'MEDCARE_ADAPTER' };
    case undefined:
    case '':
      break;
    default:
      throw new Error(`MEDCARE_ADAPTER=${wanted}: use lavapipe, swiftshader or system`);
  }
  const explicit = process.env['VK_ICD_FILENAMES'];
  if (explicit) return { name: 'system', icd: explicit, why: 'VK_ICD_FILENAMES' };
  if (lavapipe) return { name: 'lavapipe', icd: lavapipe, why: 'found' };
  if (swiftshader) return { name: 'swiftshader', icd: swiftshader, why: 'found' };
  return { name: 'system', icd: undefined, why: 'no software driver found' };
}

/**
 * The implementation of WebGPU in this process.
 *
 * @returns {Implementation}
 */
export const implementationHere = () => ('Deno' in globalThis ? 'wgpu' : 'dawn');

/**
 * The implementation to use, by MEDCARE_WEBGPU.
 *
 * @returns {Implementation}
 * @throws {Error} when it names none
 */
export function chooseImplementation() {
  const wanted = process.env['MEDCARE_WEBGPU'];
  if (wanted === undefined || wanted === '') return implementationHere();
  if (wanted === 'dawn' || wanted === 'wgpu') return wanted;
  throw new Error(`MEDCARE_WEBGPU=${wanted}: use dawn or wgpu`);
}

/**
 * The environment variables that name the implementation and make the Vulkan loader use a driver.
 *
 * @param {string | undefined} [wanted]
 * @returns {Record<string, string>}
 */
export function driverEnv(wanted) {
  const driver = chooseDriver(wanted);
  return {
    MEDCARE_ADAPTER: driver.name,
    MEDCARE_WEBGPU: chooseImplementation(),
    ...(driver.icd ? { VK_ICD_FILENAMES: driver.icd, VK_DRIVER_FILES: driver.icd } : {}),
  };
}

/**
 * Puts the choice into this process's environment. Call it before the `webgpu` package is used.
 *
 * @param {string | undefined} [wanted]
 * @returns {Driver}
 */
export function applyDriver(wanted) {
  const driver = chooseDriver(wanted);
  Object.assign(process.env, driverEnv(wanted));
  return driver;
}

/**
 * Command-line flags that give a headless Chromium WebGPU on SwiftShader, in pages and in workers.
 * It offers no other software adapter: a VK_ICD_FILENAMES that names lavapipe is not followed.
 *
 * @returns {string[]}
 */
export function chromiumFlags() {
  const root = process.getuid?.() === 0;
  return [
    // Chromium refuses to run as root with its sandbox.
    ...(root ? ['--no-sandbox'] : []),
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
  ];
}
