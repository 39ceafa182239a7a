/** The model states that a person ticked to be measured. Runs that end change nothing here: their states are offered. */
import { create } from 'zustand';

interface Picks {
  /** Keys of the ticked states; null until somebody ticks one. */
  readonly picked: ReadonlySet<string> | null;
  /** Ticks states or removes their ticks; `standard` are the ticks that are shown while nobody has chosen. */
  readonly tick: (keys: readonly string[], on: boolean, standard: readonly string[]) => void;
}

export const usePicks = create<Picks>()((set) => ({
  picked: null,
  tick: (keys, on, standard) =>
    set(({ picked }) => {
      const next = new Set(picked ?? standard);
      for (const key of keys) {
        if (on) next.add(key);
        else next.delete(key);
      }
      return { picked: next };
    }),
}));
