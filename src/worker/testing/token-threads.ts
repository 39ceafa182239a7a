/** Starts workers of the token pool as threads of Node. */
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import type { TokenChannel } from '../tokens/token-channel.ts';

/** Threads of Node as workers of a token pool: like a browser's workers they can be ended in the middle of a job. */
export async function tokenThreads(): Promise<{
  readonly spawn: () => TokenChannel;
  /** Threads that are alive. */
  readonly alive: () => number;
}> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { write: false, ssr: 'src/worker/testing/token-thread.ts', minify: false },
  });
  const first = Array.isArray(built) ? built[0] : built;
  const chunk = first && 'output' in first ? first.output[0] : null;
  if (!chunk) throw new Error('The thread was not built');
  const address = new URL(`data:text/javascript,${encodeURIComponent(chunk.code)}`);
  let alive = 0;
  const spawn = (): TokenChannel => {
    const worker = new Worker(address);
    alive += 1;
    worker.on('exit', () => {
      alive -= 1;
    });
    worker.unref();
    return {
      postMessage: (message) => worker.postMessage(message),
      terminate: () => void worker.terminate(),
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') {
          worker.on('message', (data: unknown) => listener({ data } as never));
        } else {
          worker.on(type, (error: Error) => listener({ message: error.message } as never));
        }
      },
    };
  };
  return { spawn, alive: () => alive };
}
