/** The studio's worker, started with the page: before its client, which needs more code, is loaded. */

let early: Worker | null = null;

/** Its name carries the page's address: built-in files lie below that. */
function start(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: document.baseURI,
  });
}

/** Starts the worker that the first `takeWorker` will give. */
export function startWorker(): void {
  const worker = start();
  early = worker;
  // One that fails before anybody listens would never be heard of: then a new one is started, and heard.
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
