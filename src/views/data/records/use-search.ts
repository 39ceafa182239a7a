/** Searches the records or problems of a set. */
import { useRef, useState } from 'react';
import type { StudioError } from '../../../faults/fault.ts';
import { find, type Search } from '../../../studio/data/data-reads.ts';
import { cancelTask } from '../../../studio/tasks.ts';

export interface SearchState {
  /** Rows found, in order; null while nothing is searched for. */
  readonly found: Uint32Array | null;
  /** The search under way. */
  readonly task: string | null;
  readonly error: StudioError | null;
  /** Gives the first row found; null where there is none or the search was ended. */
  readonly start: (search: Omit<Search, 'list'>) => Promise<number | null>;
  readonly clear: () => void;
}

/** One search at a time over a set; a new one ends the one before. */
export function useSearch(id: string, list: Search['list']): SearchState {
  const [found, setFound] = useState<Uint32Array | null>(null);
  const [task, setTask] = useState<string | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const running = useRef<string | null>(null);

  const end = () => {
    if (running.current !== null) void cancelTask(running.current);
    running.current = null;
    setTask(null);
    setError(null);
  };
  return {
    found,
    task,
    error,
    start: async (search) => {
      end();
      let own: string | null = null;
      const outcome = await find(id, { list, ...search }, (started) => {
        own = started;
        running.current = started;
        setTask(started);
      });
      // Another search has begun meanwhile.
      if (running.current !== own) return null;
      running.current = null;
      setTask(null);
      if (outcome.status === 'failed') setError(outcome.error);
      if (outcome.status !== 'done') return null;
      setFound(outcome.value);
      return outcome.value[0] ?? null;
    },
    clear: () => {
      end();
      setFound(null);
    },
  };
}

/** A row's place in a sorted list, or the next row's; and its neighbours, which wrap at the ends. */
export function placeAmong(
  sorted: Uint32Array,
  row: number,
): { readonly at: number; readonly before: number; readonly after: number } {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  const next = sorted[low] === row ? low + 1 : low;
  return {
    at: low,
    before: sorted[low - 1] ?? sorted.at(-1) ?? row,
    after: sorted[next] ?? sorted[0] ?? row,
  };
}
