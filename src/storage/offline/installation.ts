/** The studio's files as this browser keeps them: kept, replaced by a newer version, removed. */
import { TAKE } from './take.ts';

/** A page that stays open for days asks for a newer version this often at most, when it comes into view. In ms. */
const ASK_AGAIN = 3_600_000;

function container(): ServiceWorkerContainer | null {
  // Missing on plain http and in some private windows.
  return (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker ?? null;
}

/** The files below the page's address, and how they are kept up to date. */
export interface Installation {
  /** Lets the version that waits take over; resolves when it answers for this page. */
  take(): Promise<void>;
}

/**
 * Keeps the files of the build and asks for newer versions: now, and when the page comes into view again.
 * @param onKept is called when everything is kept
 * @param onWaiting is called whenever a newer version is kept beside the one in use
 * @returns null where the browser offers no service worker, or refuses it
 */
export async function keepFiles(
  onKept: () => void,
  onWaiting: () => void,
): Promise<Installation | null> {
  const workers = container();
  if (!workers) return null;
  // Never from the browser's cache: a newer version must always be found.
  const registering = workers.register('./sw.js', { updateViaCache: 'none' });
  // Programs that drive a browser may block it without a refusal, and then there is none.
  const registration: ServiceWorkerRegistration | null =
    (await registering.catch(() => null)) ?? null;
  if (!registration) return null;
  follow(registration, onKept, onWaiting);
  let asked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - asked < ASK_AGAIN) return;
    asked = Date.now();
    // Without a network there is nothing newer.
    registration.update().catch(() => undefined);
  });
  return {
    take: () =>
      new Promise((resolve) => {
        workers.addEventListener('controllerchange', () => resolve(), { once: true });
        registration.waiting?.postMessage(TAKE);
      }),
  };
}

function follow(
  registration: ServiceWorkerRegistration,
  onKept: () => void,
  onWaiting: () => void,
): void {
  const look = (): void => {
    if (registration.active) onKept();
    if (registration.active && registration.waiting) onWaiting();
  };
  const watch = (worker: ServiceWorker | null): void =>
    worker?.addEventListener('statechange', look);
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  look();
}

/** Forgets every kept file: the studio then comes from the network again. */
export async function removeFiles(): Promise<void> {
  const registration = await container()?.getRegistration();
  if (!registration) return;
  await registration.unregister();
  const prefix = `medcare-studio ${registration.scope} `;
  for (const name of await caches.keys()) if (name.startsWith(prefix)) await caches.delete(name);
}

const ONCE = 'medcare-studio.started-over';

/** When the studio's own script cannot be loaded: forgets the kept files and loads the page anew, once in a tab. */
export async function startOver(): Promise<void> {
  if (!container()?.controller || sessionStorage.getItem(ONCE) !== null) return;
  sessionStorage.setItem(ONCE, 'yes');
  await removeFiles();
  location.reload();
}
