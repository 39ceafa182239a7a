/** The model states that a person ticked to be measured. Runs that end change nothing here: their states are offered. */
import { create } from 'zustand';
import { asStrings, readPreference, writePreference } from '../preferences.ts';

const key = 'picked-states';

interface Picks {
  /** Keys of the ticked states; null until somebody ticks one. */
  readonly picked: ReadonlySet<string> | null;
  /** Ticks states or removes their ticks; `standard` are the ticks that are shown while nobody has chosen. */
  readonly tick: (keys: readonly string[], on: boolean, standard: readonly string[]) => void;
}

function restore(): ReadonlySet<string> | null {
  const kept = readPreference(key, asStrings);
  return kept && new Set(kept);
}

/** Makes the store with the ticks that were kept before a reload. */
export function createPicks() {
  return create<Picks>()((set, get) => ({
    picked: restore(),
    tick: (keys, on, standard) => {
      const picked = new Set(get().picked ?? standard);
      for (const one of keys) {
        if (on) picked.add(one);
        else picked.delete(one);
      }
      set({ picked });
      writePreference(key, [...picked]);
    },
  }));
}

export const usePicks = createPicks();
