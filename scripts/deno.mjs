#!/usr/bin/env node
/**
 * Runs a program of the project under Deno, whose WebGPU is wgpu, the implementation in Firefox, where Node's is
 * Dawn, the one in Chromium. The npm package `deno` brings it; nothing is downloaded.
 *
 *   node scripts/deno.mjs PROGRAM [arguments]
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { driverEnv } from './adapters.mjs';
import { ensureDependencies, root } from './setup.mjs';

/**
 * Deno's program, which lies in a package for this system.
 *
 * @returns {string}
 * @throws {Error} where the package has none for this system
 */
function findDeno() {
  const system = process.platform === 'linux' ? 'linux' : process.platform;
  const name = `@deno/${system}-${process.arch}${system === 'linux' ? '-glibc' : ''}`;
  const program = system === 'win32' ? 'deno.exe' : 'deno';
  const from = createRequire(import.meta.resolve('deno/package.json'));
  const file = join(dirname(from.resolve(`${name}/package.json`)), program);
  if (!existsSync(file)) throw new Error(`${name} has no ${program}`);
  return file;
}

/** It may do what Node may, and loads what is installed, nothing else. */
const flags = ['-A', '--no-remote', '--node-modules-dir=manual'];

/**
 * @param {string[]} args a program and what follows it on the command line
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} its exit code
 */
export function runUnderDeno(args, env = {}) {
  const child = spawn(findDeno(), ['run', ...flags, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      // Compiled code, and nothing in the home of whoever runs the tests.
      DENO_DIR: `${root}node_modules/.cache/deno`,
      DENO_NO_UPDATE_CHECK: '1',
      ...driverEnv(env['MEDCARE_ADAPTER']),
      ...env,
      MEDCARE_WEBGPU: 'wgpu',
    },
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureDependencies();
  process.exitCode = await runUnderDeno(process.argv.slice(2));
}
