/** The guided tour: whether it is open. */
import { create } from 'zustand';

interface TourState {
  readonly open: boolean;
  readonly start: () => void;
  readonly close: () => void;
}

export const useTour = create<TourState>()((set) => ({
  open: false,
  start: () => set({ open: true }),
  close: () => set({ open: false }),
}));
