/** Runs the code of a thread of `medcare prepare` from source (src/cli/prepare/thread.ts). */
import { root, sourceServer } from '../setup.mjs';

const server = await sourceServer();
await server.ssrLoadModule(`${root}src/cli/prepare/thread.ts`);
