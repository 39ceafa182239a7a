/**
 * The entry of the service worker, which scripts/offline-files.mjs bundles with the list of the build's files into
 * dist/sw.js. It asks nothing but the page's own origin, and a new version waits until the page says TAKE.
 */
import { KeptFiles, type Build } from './kept-files.ts';
import { TAKE } from './take.ts';

/** Put in by the build. */
declare const STUDIO_BUILD: Build;

/** What TypeScript's library of pages lacks. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Here {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
  addEventListener(
    type: 'message',
    listener: (event: Extendable & { readonly data: unknown }) => void,
  ): void;
}

const here = globalThis as unknown as Here;
const kept = new KeptFiles(
  { scope: here.registration.scope, caches, fetch: (request) => fetch(request) },
  STUDIO_BUILD,
);

here.addEventListener('install', (event) => event.waitUntil(kept.install()));
here.addEventListener('activate', (event) =>
  event.waitUntil(kept.removeOlder().then(() => here.clients.claim())),
);
here.addEventListener('fetch', (event) => {
  const answer = kept.answer(event.request);
  if (answer) event.respondWith(answer);
});
here.addEventListener('message', (event) => {
  if (event.data === TAKE) event.waitUntil(here.skipWaiting());
});
