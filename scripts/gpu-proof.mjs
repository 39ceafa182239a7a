#!/usr/bin/env node
/** Runs bench/proof on the adapter that the system offers, where no other one is asked for. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { root } from './setup.mjs';

const { status } = spawnSync(
  process.execPath,
  ['scripts/run-ts.mjs', 'bench/proof/run.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { MEDCARE_ADAPTER: 'system', ...process.env } },
);
process.exit(status ?? 1);
