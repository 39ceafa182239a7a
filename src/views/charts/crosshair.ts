/** The step under the pointer or the keyboard's cursor, by index. */
import { create } from 'zustand';

interface CrosshairState {
  /** The step under the pointer or the keyboard's cursor, by index; null where nothing is pointed at. */
  readonly index: number | null;
  readonly point: (index: number | null) => void;
}

/** One cursor for all charts of the page: a step read on one is read on all. */
export const useCrosshair = create<CrosshairState>()((set) => ({
  index: null,
  point: (index) => set({ index }),
}));
