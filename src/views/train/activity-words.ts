/** What a run does between its steps, in words, with the time that it still takes. */
import { useEffect, useState } from 'react';
import { activityLeft, type Doing } from '../../studio/runs/activity.ts';
import { formatDuration } from '../shared/format.ts';
import { trainText } from './text.ts';

/** The time, read again twice a second while something goes on that sends no steps. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** What a run does instead of a step, how far it is with it, and for how long. */
export function activityWords(doing: Doing, now: number): string {
  const { activity } = doing;
  if (!activity) return '';
  const t = trainText();
  const { done, total } = activity.count ?? { done: 0, total: 0 };
  const words = t.doing[activity.what](activity.stage + 1, done, total);
  const left = activityLeft(doing, now);
  // Whole seconds: nobody can tell it better.
  return left === null
    ? words
    : words + t.more(formatDuration(Math.max(1, Math.ceil(left / 1000)) * 1000));
}
