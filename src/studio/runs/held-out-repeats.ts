/** Asks how many of a run's validation records nearly repeat those it trained on. */
import type { HeldOutRepeats } from '../../contract/evaluation.ts';
import { worker } from '../../worker/client.ts';

/** More records are not read just to show a result; Data compares all of them when asked. */
const MOST_READ = 20_000;

/** What is known of runs that are over: neither their records nor their split change, so none is read twice. */
const known = new Map<string, Promise<HeldOutRepeats | null>>();

/** Null where there is nothing to compare, or too much. */
export function readHeldOutRepeats(
  runId: string,
  training: number,
): Promise<HeldOutRepeats | null> {
  if (training === 0 || training > MOST_READ) return Promise.resolve(null);
  const task = `held-out-repeats ${runId}`;
  const found =
    known.get(runId) ??
    worker.call('evaluation.heldOutRepeats', { runId, task }).catch(() => {
      // A run that was removed meanwhile, or whose sets cannot be read, has no such line in its result.
      known.delete(runId);
      return null;
    });
  known.set(runId, found);
  return found;
}
