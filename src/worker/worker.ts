/** The entry of the studio's worker. Its name is the page's address (see client.ts). */
import '../no-eval.ts';
import '../trusted-types.ts';
import { browserGpu, openDevice } from '../engine/gpu/device.ts';
import { publicFiles } from '../storage/fetch.ts';
import { estimateStorage } from '../storage/files/quota.ts';
import { followOthers, openBrowserStorage } from '../storage/storage.ts';
import { createDispatcher, type Handlers } from './dispatcher.ts';
import { createHandlers } from './handlers.ts';
import type { FromWorker } from '../contract/contract.ts';
import { poolSize, TokenPool } from './tokens/token-pool.ts';

const post = (message: FromWorker): void => {
  self.postMessage(message);
};

function startTokenWorker(): Worker {
  return new Worker(new URL('./tokens/token-worker.ts', import.meta.url), { type: 'module' });
}

/** Storage is opened once; when that fails every call says why, and the next one tries again. */
let opened: Promise<Handlers> | null = null;

function handlers(): Promise<Handlers> {
  opened ??= openBrowserStorage().then(
    (storage) => {
      // Beside everything else: what closed tabs left behind is in nobody's way.
      void storage.sweep();
      void followOthers(storage, (run) => post({ type: 'runs.changed', run }));
      return createHandlers({
        storage,
        publicFiles: publicFiles(self.name),
        openDevice: () => openDevice(browserGpu()),
        estimate: estimateStorage,
        emit: post,
        tokenPool: new TokenPool(startTokenWorker, poolSize(navigator.hardwareConcurrency)),
      });
    },
    (error: unknown) => {
      opened = null;
      throw error;
    },
  );
  return opened;
}

// Opened beside the page's own start; a failure is told to the first call, which tries again.
handlers().catch(() => undefined);

const dispatch = createDispatcher(handlers, post);
self.addEventListener('message', (event: MessageEvent<unknown>) => {
  void dispatch(event.data);
});
