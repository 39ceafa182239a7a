#!/usr/bin/env node
/**
 * Builds the studio and serves it on this machine only, with the studio's response headers.
 *
 *   npm start                      the next free port from 4173
 *   npm start -- --port 8080       this port or none
 *   npm start -- --no-build        what is in dist/ already
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { serve } from './serve.mjs';
import { ensureDependencies, root } from './setup.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});

if (!values['no-build'] || !existsSync(`${root}dist/index.html`)) {
  ensureDependencies();
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn' });
}
const { address } = await serve({
  folder: `${root}dist`,
  port: values.port === undefined ? 4173 : Number(values.port),
  strictPort: values.port !== undefined,
});
console.log(`MedCare Studio is served at ${address}`);
console.log('Open it in Chrome, Edge or another browser with WebGPU. Ctrl+C ends it.');

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => process.exit(0));
}
