/** The guided tour: whether it is open, and whether it was offered before. */
import { create } from 'zustand';
import { readPreference, writePreference } from './preferences.ts';

interface TourState {
  readonly open: boolean;
  /** Whether a newcomer accepted or dismissed the offer. */
  readonly known: boolean;
  readonly start: () => void;
  readonly close: () => void;
  readonly dismiss: () => void;
}

export const useTour = create<TourState>()((set) => {
  const know = (): void => {
    writePreference('tour-known', true);
    set({ known: true });
  };
  return {
    open: false,
    known: readPreference('tour-known', (value) => (value === true ? true : null)) ?? false,
    start: () => {
      know();
      set({ open: true });
    },
    close: () => set({ open: false }),
    dismiss: know,
  };
});
