/** Follows a run's curves: gives a number that changes with them, at most once in a frame, and not in the same frame as another follower. */
import { useEffect, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import type { LiveCurves } from '../../studio/runs/live-curves.ts';
import { frames } from './frames.ts';

/**
 * Follows a run's curves: a number that changes with them, at most once in a frame, in a frame that no
 * other follower shares.
 */
export function useLiveVersion(source: LiveCurves): number {
  const id = useId();
  const [version, setVersion] = useState(source.book.version);
  useEffect(() => {
    const draw = () => {
      // Within this frame, so that the next follower's turn begins with nothing left over.
      flushSync(() => setVersion(source.book.version));
    };
    const stop = source.subscribe(() => frames.request(id, draw));
    frames.request(id, draw);
    return () => {
      stop();
      frames.cancel(id);
    };
  }, [source, id]);
  return version;
}

/** The same for several runs: one number that changes whenever one of their curves does. */
export function useLiveVersions(sources: readonly LiveCurves[]): number {
  const id = useId();
  const sum = () => sources.reduce((total, { book }) => total + book.version, 0);
  const [version, setVersion] = useState(sum);
  useEffect(() => {
    const draw = () => flushSync(() => setVersion(sum()));
    const stops = sources.map((source) => source.subscribe(() => frames.request(id, draw)));
    frames.request(id, draw);
    return () => {
      for (const stop of stops) stop();
      frames.cancel(id);
    };
    // The sources are kept for good, so their identity is the only dependency.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [id, sources.length, ...sources]);
  return version;
}
