/** Asks how many of a run's validation records nearly repeat those it trained on. */
import type { HeldOutRepeats } from '../../contract/evaluation.ts';
import { worker } from '../../worker/client.ts';

/** More records are not read just to show a result; Data compares all of them when asked. */
const MOST_READ = 20_000;

/** Null where there is nothing to compare, or too much. */
export async function readHeldOutRepeats(
  runId: string,
  training: number,
): Promise<HeldOutRepeats | null> {
  if (training === 0 || training > MOST_READ) return null;
  const task = `held-out-repeats ${runId}`;
  // A run that was removed meanwhile, or whose sets cannot be read, has no such line in its result.
  return worker.call('evaluation.heldOutRepeats', { runId, task }).catch(() => null);
}
