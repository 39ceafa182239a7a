/** Finds the step under the pointer or the keyboard's cursor, and where a key moves it. */
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

/** Index that a key moves a cursor to, from `at` and within 0 to `last`; null for a key that moves nothing. */
export function cursorMove(key: string, at: number, last: number): number | null {
  const page = Math.max(1, Math.round((last + 1) / 10));
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - page,
    PageUp: at + page,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}
