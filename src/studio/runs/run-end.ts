/** Tells when a run ends while its person looks elsewhere: in the page's title, and as a notification if wanted. */
import { create } from 'zustand';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { isActive } from './run-facts.ts';
import { useRuns } from './runs.ts';

const WANTED = 'tell-run-end';

interface RunEndState {
  /** `refused` by the browser, which then asks no more; `never` where it has no notifications. */
  readonly telling: 'on' | 'off' | 'refused' | 'never';
  /** Turns notifications on or off. The browser asks for leave the first time: call it on a click. */
  readonly toggle: () => Promise<void>;
}

function allowed(): NotificationPermission | 'never' {
  return 'Notification' in globalThis ? Notification.permission : 'never';
}

function telling(): RunEndState['telling'] {
  const leave = allowed();
  if (leave === 'never') return 'never';
  if (leave === 'denied') return 'refused';
  const wanted = readPreference(WANTED, (value) => (value === true ? true : null));
  return leave === 'granted' && wanted ? 'on' : 'off';
}

export const useRunEnd = create<RunEndState>()((set, get) => ({
  telling: telling(),
  toggle: async () => {
    const on = get().telling !== 'on';
    if (on && allowed() === 'default') await Notification.requestPermission();
    writePreference(WANTED, on ? true : null);
    set({ telling: telling() });
  },
}));

/** States in which a run needs its person again. */
const ENDS: ReadonlySet<RunState> = new Set(['done', 'stopped', 'failed', 'interrupted']);

/** The runs that went on before and ended since. */
export function endedRuns(
  before: readonly RunSummary[],
  after: readonly RunSummary[],
): RunSummary[] {
  const going = new Set(before.filter(isActive).map(({ id }) => id));
  return after.filter(({ id, state }) => going.has(id) && ENDS.has(state));
}

/** Calls the listener for each run that ends. @returns an act that ends this */
export function onRunEnd(listener: (run: RunSummary) => void): () => void {
  return useRuns.subscribe((now, before) => {
    if (now.runs !== before.runs) endedRuns(before.runs, now.runs).forEach(listener);
  });
}

/**
 * Tells it outside the page. The words go to the system's list of notifications, which others may see: they name
 * neither run nor data.
 * @param title of the notification
 * @param mark put before the page's title until the page is looked at
 */
export async function tellOutside(title: string, mark: string): Promise<void> {
  if (!document.hidden) return;
  if (!document.title.startsWith(mark)) {
    document.title = mark + document.title;
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length);
      },
      { once: true },
    );
  }
  if (useRunEnd.getState().telling !== 'on') return;
  const icon = new URL('icon.svg', document.baseURI).href;
  const options = { icon, tag: 'run-end' };
  // Phones show them only on behalf of a service worker.
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  const registration = await workers?.getRegistration();
  if (registration?.active) await registration.showNotification(title, options);
  else new Notification(title, options);
}
