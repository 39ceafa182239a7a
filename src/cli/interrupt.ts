/** Lets a person interrupt work: the first time it ends after its current piece, the second time at once. */
import process from 'node:process';
import { EXIT } from './exit-codes.ts';
import type { Shell } from './shell.ts';

/**
 * @param onFirst says that it is heard
 * @returns what `work` gives; its signal is aborted by the first interrupt
 */
export async function interruptible<T>(
  shell: Shell,
  onFirst: () => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const stop = shell.onInterrupt(() => {
    if (ending.signal.aborted) process.exit(EXIT.interrupted);
    ending.abort();
    onFirst();
  });
  try {
    return await work(ending.signal);
  } finally {
    stop();
  }
}
