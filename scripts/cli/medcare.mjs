#!/usr/bin/env node
/** Runs the command line from source, on the adapter that the system offers where no other one is asked for. */
import process from 'node:process';
import { runProgram } from '../run-ts.mjs';
import { root } from '../setup.mjs';

process.env['MEDCARE_ADAPTER'] ??= 'system';
await runProgram(`${root}src/cli/medcare.ts`, process.argv.slice(2));
