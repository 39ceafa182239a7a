/** The list of requests that left the page's origin, and whether a judge may be sent text. */
import { create } from 'zustand';
import { worker } from '../worker/client.ts';
import type { NetworkEntry } from '../contract/settings.ts';

interface NetworkState {
  /** Oldest first. */
  readonly entries: readonly NetworkEntry[];
  /** The judge that was turned on; null while no text can be sent anywhere. */
  readonly judge: string | null;
  readonly setJudge: (address: string | null) => void;
  /** Reads the requests that left before anybody looked. */
  readonly load: () => Promise<void>;
}

export const useNetwork = create<NetworkState>()((set) => ({
  entries: [],
  judge: null,
  setJudge: (judge) => set({ judge }),
  load: async () => {
    const entries = await worker.call('settings.requests', {});
    set({ entries });
  },
}));

worker.subscribe((event) => {
  if (event.type !== 'settings.request') return;
  const { entry } = event;
  useNetwork.setState(({ entries }) => ({
    entries: [...entries.filter(({ id }) => id !== entry.id), entry].sort((a, b) => a.id - b.id),
  }));
});
