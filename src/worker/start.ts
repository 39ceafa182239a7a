/** The studio's worker, started with the page: before its client, which needs more code, is loaded. */

let early: Worker | null = null;

/** Starts a worker whose name is the page's address: built-in files lie below it. */
function start(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: document.baseURI,
  });
}

/** Starts the worker that the first call of `takeWorker` returns. */
export function startWorker(): void {
  const worker = start();
  early = worker;
  // Nobody would hear of a failure before the client listens, so the client then starts a new worker.
  worker.addEventListener('error', () => {
    if (early === worker) early = null;
  });
}

/** The worker that was started with the page, or a new one. */
export function takeWorker(): Worker {
  const worker = early ?? start();
  early = null;
  return worker;
}
