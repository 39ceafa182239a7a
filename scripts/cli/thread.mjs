/** Runs the code of a thread of `medcare prepare` from source (src/cli/prepare/thread.ts). */
import { createServer } from 'vite';
import { root } from '../setup.mjs';

const server = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'warn',
  cacheDir: `${root}node_modules/.cache/run-ts`,
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
await server.ssrLoadModule(`${root}src/cli/prepare/thread.ts`);
