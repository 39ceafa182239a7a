/** Fetches the rows of a long list a page at a time, as they become visible. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';

const pageSize = 100;
/** Most pages kept: pages scrolled past long ago are read again. */
const keptPages = 40;
const atOnce = 2;

export interface Pages<Row> {
  readonly rowAt: (index: number) => Row | undefined;
  readonly error: StudioError | null;
  readonly dismissError: () => void;
}

/**
 * Rows of a long list around the visible ones. Only visible pages are requested: pages that were passed
 * quickly are never read. Give the component the list as its key.
 */
export function usePages<Row>(
  first: number,
  end: number,
  read: (from: number, count: number) => Promise<readonly Row[]>,
): Pages<Row> {
  const [pages, setPages] = useState<ReadonlyMap<number, readonly Row[]>>(new Map());
  const [error, setError] = useState<StudioError | null>(null);
  const [underWay, setUnderWay] = useState<ReadonlySet<number>>(new Set());
  const failed = useRef(new Set<number>());
  const begin = useEffectEvent(read);
  const firstPage = Math.floor(first / pageSize);
  const lastPage = Math.floor(Math.max(first, end - 1) / pageSize);

  useEffect(() => {
    if (end <= first) return;
    const missing: number[] = [];
    for (let page = firstPage; page <= lastPage; page += 1) {
      if (!pages.has(page) && !underWay.has(page) && !failed.current.has(page)) missing.push(page);
    }
    const next = missing.slice(0, Math.max(0, atOnce - underWay.size));
    if (next.length === 0) return;
    // One after the other in the next task: pages scrolled past within a frame are not read.
    const timer = setTimeout(() => {
      setUnderWay((known) => new Set([...known, ...next]));
      for (const page of next) {
        begin(page * pageSize, pageSize)
          .then(
            (rows) =>
              setPages((known) => {
                const others = [...known].filter(([other]) => other !== page);
                return new Map([...others.slice(-keptPages + 1), [page, rows]]);
              }),
            (thrown: unknown) => {
              failed.current.add(page);
              setError(asStudioError(thrown));
            },
          )
          .finally(() => {
            setUnderWay((known) => new Set([...known].filter((other) => other !== page)));
          });
      }
    }, 0);
    return () => clearTimeout(timer);
  }, [first, end, firstPage, lastPage, pages, underWay]);

  return {
    rowAt: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    error,
    dismissError: () => {
      failed.current.clear();
      setError(null);
    },
  };
}
