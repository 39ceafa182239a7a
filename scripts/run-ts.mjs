#!/usr/bin/env node
/**
 * Runs a TypeScript program in Node with the product's own module resolution: `.ts` extensions,
 * shaders imported with `?raw`, packages from node_modules. The WebGPU implementation and its driver are chosen first
 * (see adapters.mjs).
 *
 *   node scripts/run-ts.mjs scripts/demo.ts --steps 10
 *
 * The program either does its work at top level (with await) or exports `main(args)`, whose numeric
 * result is the exit code. The process ends when the work is done, even where a GPU driver's threads
 * would keep it alive.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import {
  applyDriver,
  chooseDriver,
  chooseImplementation,
  implementationHere,
} from './adapters.mjs';
import { runUnderDeno } from './deno.mjs';
import { installSystem } from './install-system.mjs';
import { ensureDependencies, root, sourceServer } from './setup.mjs';

/** Packages that Node loads under another name: the Node entry of this one is CommonJS under "type": "module". */
export const aliases = { wgsl_reflect: 'wgsl_reflect/wgsl_reflect.module.js' };

/**
 * Loads and runs one program; the result is the exit code.
 *
 * @param {string} entry path of the TypeScript file
 * @param {string[]} args what follows it on the command line
 * @returns {Promise<number>}
 */
async function run(entry, args) {
  ensureDependencies();
  if (chooseDriver().why === 'no software driver found') installSystem();
  applyDriver();
  const file = resolve(entry);
  process.argv = [process.argv[0] ?? 'node', file, ...args];
  const server = await sourceServer({ alias: aliases });
  try {
    const program = await server.ssrLoadModule(file);
    const main = program['main'];
    if (typeof main === 'function') {
      const code = await main(args);
      if (typeof code === 'number') return code;
    }
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof Error) server.ssrFixStacktrace(error);
    console.error(error);
    return 1;
  }
}

/**
 * Runs a program and ends the process with its exit code.
 *
 * @param {string} entry path of the TypeScript file
 * @param {string[]} args what follows it on the command line
 */
export async function runProgram(entry, args) {
  process.on('unhandledRejection', (reason) => {
    console.error(reason);
    process.exit(1);
  });
  if (chooseImplementation() === 'wgpu' && implementationHere() !== 'wgpu') {
    ensureDependencies();
    process.exit(await runUnderDeno([`${root}scripts/run-ts.mjs`, entry, ...args]));
  }
  // Dawn keeps threads and event-loop handles; waiting for them would hang the shell.
  process.exit(await run(entry, args));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [entry, ...args] = process.argv.slice(2);
  if (entry === undefined) {
    console.error('usage: node scripts/run-ts.mjs FILE.ts [arguments]');
    process.exit(2);
  }
  await runProgram(entry, args);
}
