/** Turns on the device: measurements wait behind a run that computes, and queued runs behind measurements asked before. */
import { create } from 'zustand';
import { computingRun } from './run-facts.ts';
import { useRuns } from './runs.ts';

interface Turns {
  /** Measurements that wait or go on: no queued run starts meanwhile. */
  readonly taken: number;
}

export const useTurns = create<Turns>()(() => ({ taken: 0 }));

/** The name of the run that computes. */
function computing(): string | null {
  return computingRun(useRuns.getState())?.name ?? null;
}

export interface Waiting {
  readonly signal: AbortSignal;
  /** Told the run that is waited for, and null when the turn has come. */
  readonly onWait: (run: string | null) => void;
}

/**
 * Does work once no run computes.
 * @returns null where the signal ended the wait
 */
export async function inTurn<T>(
  { signal, onWait }: Waiting,
  work: () => Promise<T>,
): Promise<T | null> {
  useTurns.setState(({ taken }) => ({ taken: taken + 1 }));
  try {
    await turnCome(signal, onWait);
    return signal.aborted ? null : await work();
  } finally {
    useTurns.setState(({ taken }) => ({ taken: taken - 1 }));
  }
}

async function turnCome(signal: AbortSignal, onWait: Waiting['onWait']): Promise<void> {
  if (computing() !== null) {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const run = computing();
        if (run !== null && !signal.aborted) {
          onWait(run);
          return;
        }
        silence();
        resolve();
      };
      const silence = useRuns.subscribe(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
  onWait(null);
}
