/** The studio without a network: its files kept in this browser, a newer version of them, the studio as an app. */
import { create } from 'zustand';
import { keepFiles, removeFiles, type Installation } from '../storage/offline/installation.ts';
import { isActive } from './runs/run-facts.ts';
import { useRuns } from './runs/runs.ts';
import { useTasks } from './tasks.ts';

/** The browser's offer to install a page; TypeScript's library has no type of it. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

interface OfflineState {
  /** Whether the files are kept: `never` where the browser cannot. */
  readonly files: 'unknown' | 'kept' | 'never' | 'removed';
  /** A newer version is kept and waits. */
  readonly newer: boolean;
  /** Whether the browser offers to install the studio as an app. */
  readonly installable: boolean;
  readonly install: () => Promise<void>;
  /** Changes to the newer version and loads the page anew; false while something is under way. */
  readonly update: () => Promise<boolean>;
  readonly remove: () => Promise<void>;
}

let installation: Installation | null = null;
let offer: InstallOffer | null = null;

/** Whether a run, here or in another tab, or a long job of this tab would be cut off by loading the page anew. */
async function isBusy(): Promise<boolean> {
  await useRuns.getState().load();
  const { runs, starting } = useRuns.getState();
  return starting || runs.some(isActive) || Object.keys(useTasks.getState().tasks).length > 0;
}

export const useOffline = create<OfflineState>()((set) => ({
  files: 'unknown',
  newer: false,
  installable: false,
  install: async () => {
    const asked = offer;
    offer = null;
    set({ installable: false });
    await asked?.prompt();
  },
  update: async () => {
    if (!installation || (await isBusy())) return false;
    await installation.take();
    location.reload();
    return true;
  },
  remove: async () => {
    await removeFiles();
    set({ files: 'removed', newer: false });
  },
}));

/** Begins to keep the files of the build, once the page is drawn. */
export async function keepOffline(): Promise<void> {
  window.addEventListener('beforeinstallprompt', (event) => {
    // The browser's own bar would lie over the page; Settings has a button instead.
    event.preventDefault();
    offer = event as InstallOffer;
    useOffline.setState({ installable: true });
  });
  installation = await keepFiles(
    () => useOffline.setState({ files: 'kept' }),
    () => useOffline.setState({ newer: true }),
  );
  if (!installation) useOffline.setState({ files: 'never' });
}
