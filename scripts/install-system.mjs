#!/usr/bin/env node
/**
 * Installs what the tests and the demonstration need from the operating system: Chromium (which
 * brings SwiftShader, a software Vulkan driver), Firefox, Mesa's lavapipe (a faster software Vulkan driver),
 * the Vulkan loader, and two font families so that screenshots show every script.
 *
 * It works as root on Debian and its relatives. Anywhere else it says in one line what to install
 * and leaves with success: the caller decides what is missing for what it wants to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, findFirefox, findLavapipe, findSwiftShader } from './adapters.mjs';

const BACKPORTS_LIST = '/etc/apt/sources.list.d/medcare-backports.sources';
/** Releases whose own Mesa is too old for Dawn but whose backports suite has a newer one. */
const NEEDS_BACKPORTS = new Set(['bookworm']);
const FONTS = [
  { name: 'fonts-dejavu-core', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
  { name: 'fonts-noto-cjk', file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
];

/** @param {string} text */
function say(text) {
  process.stdout.write(`system: ${text}\n`);
}

/** Runs apt-get without questions; returns whether it succeeded. @param {string[]} args */
function apt(args) {
  const result = spawnSync('apt-get', ['-o', 'Acquire::Retries=3', '-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}

/** @returns {Record<string, string>} */
function osRelease() {
  if (!existsSync('/etc/os-release')) return {};
  return Object.fromEntries(
    readFileSync('/etc/os-release', 'utf8')
      .split('\n')
      .map((line) => /^([A-Z_]+)="?(.*?)"?$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[1], match[2]]),
  );
}

/**
 * The mirror and key which this machine already uses for its release, so that the backports suite
 * comes from the same place and under the same trust.
 *
 * @param {string} codename
 * @returns {{ uri: string, signedBy: string | undefined } | undefined}
 */
function mirrorOf(codename) {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list'];
  if (existsSync(folder)) files.push(...readdirSync(folder).map((name) => join(folder, name)));
  for (const file of files) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) {
      for (const stanza of text.split(/\n\s*\n/)) {
        const suites = /^Suites:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
        const uri = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
        if (!uri || !suites.includes(codename)) continue;
        return { uri, signedBy: /^Signed-By:\s*(\S+)/m.exec(stanza)?.[1] };
      }
    } else if (file.endsWith('.list')) {
      for (const line of text.split('\n')) {
        const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s/.exec(`${line} `);
        if (!match || match[3] !== codename) continue;
        return { uri: match[2] ?? '', signedBy: /signed-by=(\S+)/.exec(match[1] ?? '')?.[1] };
      }
    }
  }
  return undefined;
}

/** Adds the backports suite when the release's own Mesa is too old. @param {string} codename */
function addBackports(codename) {
  if (existsSync(BACKPORTS_LIST)) return true;
  const mirror = mirrorOf(codename);
  if (!mirror) return false;
  const lines = [
    'Types: deb',
    `URIs: ${mirror.uri}`,
    `Suites: ${codename}-backports`,
    'Components: main',
    ...(mirror.signedBy ? [`Signed-By: ${mirror.signedBy}`] : []),
  ];
  writeFileSync(BACKPORTS_LIST, `${lines.join('\n')}\n`);
  return true;
}

/**
 * Installs what is missing.
 *
 * @returns {boolean} whether at least one WebGPU driver and a Chromium are there afterwards
 */
export function installSystem() {
  const missing = () => ({
    chromium: findChromium() === undefined,
    firefox: findFirefox() === undefined,
    lavapipe: findLavapipe() === undefined,
    loader: !hasVulkanLoader(),
    fonts: FONTS.filter((font) => !existsSync(font.file)).map((font) => font.name),
  });
  const before = missing();
  const { fonts, ...programs } = before;
  if (!Object.values(programs).includes(true) && fonts.length === 0) {
    say('Chromium, Firefox, lavapipe and fonts are installed');
    return true;
  }
  const canInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!canInstall) {
    const wanted = [
      before.chromium ? 'Chromium or Chrome (or set CHROMIUM_PATH)' : '',
      before.firefox ? 'Firefox 141 or newer (or set FIREFOX_PATH)' : '',
      before.lavapipe && findSwiftShader() === undefined
        ? 'a Vulkan driver such as Mesa 24 or newer (or set VK_ICD_FILENAMES)'
        : '',
    ].filter(Boolean);
    say(
      wanted.length === 0
        ? 'nothing to install: what is here is enough'
        : `not root on Debian, so nothing is installed here. Please install: ${wanted.join('; ')}`,
    );
    return !before.chromium;
  }
  const release = osRelease();
  const codename = release['VERSION_CODENAME'] ?? '';
  say('installing what is missing with apt-get');
  if (!apt(['update'])) say('apt-get update failed; going on with the package lists at hand');

  const packages = [...before.fonts];
  if (before.loader) packages.push('libvulkan1');
  // On Ubuntu these packages are links to snaps, which do not run in containers.
  if (before.chromium && release['ID'] !== 'ubuntu') packages.push('chromium');
  if (before.firefox && release['ID'] !== 'ubuntu') packages.push('firefox-esr');
  if (packages.length > 0 && !apt(['install', '-y', '--no-install-recommends', ...packages])) {
    say(`could not install all of: ${packages.join(' ')}`);
  }
  if (before.lavapipe) {
    const backports = NEEDS_BACKPORTS.has(codename);
    const ready = !backports || (addBackports(codename) && apt(['update']));
    const from = backports ? ['-t', `${codename}-backports`] : [];
    const done =
      ready && apt(['install', '-y', '--no-install-recommends', ...from, 'mesa-vulkan-drivers']);
    if (!done || findLavapipe() === undefined) {
      say('lavapipe could not be installed: GPU tests run on SwiftShader alone');
    }
  }
  const after = missing();
  if (after.chromium) say('no Chromium: the browser tests cannot run (set CHROMIUM_PATH)');
  if (after.firefox) say('no Firefox: the journey in Firefox cannot run (set FIREFOX_PATH)');
  return !after.chromium && (!after.lavapipe || findSwiftShader() !== undefined);
}

/** Whether the Vulkan loader that Dawn opens at run time is installed. */
function hasVulkanLoader() {
  const listed = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  if (listed.status === 0) return listed.stdout.includes('libvulkan.so.1');
  return existsSync('/usr/lib/x86_64-linux-gnu/libvulkan.so.1');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = installSystem() ? 0 : 1;
}
