/** The entry of the studio's worker. Its name is the page's address (see client.ts). */
import '../no-eval.ts';
import '../trusted-types.ts';
import { browserGpu, openDevice } from '../engine/gpu/device.ts';
import { publicFiles } from '../storage/fetch.ts';
import { estimateStorage } from '../storage/files/quota.ts';
import { followOthers, openBrowserStorage } from '../storage/storage.ts';
import { createDispatcher, type Handlers } from './dispatcher.ts';
import { createHandlers } from './handlers.ts';
import { FinderPool } from './identifiers/finder-pool.ts';
import type { FromWorker } from '../contract/contract.ts';
import { poolSize, TokenPool } from './tokens/token-pool.ts';

const post = (message: FromWorker): void => {
  self.postMessage(message);
};

function startTokenWorker(): Worker {
  return new Worker(new URL('./tokens/token-worker.ts', import.meta.url), { type: 'module' });
}

function startFinder(): Worker {
  return new Worker(new URL('./identifiers/finder-worker.ts', import.meta.url), { type: 'module' });
}

function startSearch(): Worker {
  return new Worker(new URL('./search/search-worker.ts', import.meta.url), { type: 'module' });
}

/** More finders than this wait for the reader; with fewer cores the reader mostly waits for them. */
const MOST_FINDERS = 4;

/** Storage is opened once; if that fails, every waiting call says why, and the next call tries again. */
let opened: Promise<Handlers> | null = null;

function handlers(): Promise<Handlers> {
  opened ??= openBrowserStorage().then(
    (storage) => {
      // The sweep runs in the background: leftovers of closed tabs are in nobody's way.
      void storage.sweep();
      void followOthers(storage, (run) => post({ type: 'runs.changed', run }));
      const cores = navigator.hardwareConcurrency;
      return createHandlers({
        storage,
        publicFiles: publicFiles(self.name),
        openDevice: () => openDevice(browserGpu()),
        estimate: estimateStorage,
        emit: post,
        tokenPool: new TokenPool(startTokenWorker, poolSize(cores)),
        finders: new FinderPool(startFinder, Math.max(1, Math.min(MOST_FINDERS, cores))),
        searchThread: startSearch,
      });
    },
    (error: unknown) => {
      opened = null;
      throw error;
    },
  );
  return opened;
}

// Opens storage while the page starts. The first call tries again after a failure, and reports it.
handlers().catch(() => undefined);

const dispatch = createDispatcher(handlers, post);
self.addEventListener('message', (event: MessageEvent<unknown>) => {
  void dispatch(event.data);
});
