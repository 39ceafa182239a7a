/** The program that the package's `medcare` starts. */
import process from 'node:process';
import { main } from './medcare.ts';

// Dawn keeps threads and handles of the event loop; waiting for them would hang the shell.
process.exit(await main(process.argv.slice(2)));
