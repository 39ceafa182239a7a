/** Whether a finished run was measured on records that nearly repeat those it trained on. */
import { useEffect, useState } from 'react';
import { readHeldOutRepeats } from '../../../../studio/runs/held-out-repeats.ts';
import { isOver } from '../../../../studio/runs/run-facts.ts';
import type { HeldOutRepeats } from '../../../../contract/evaluation.ts';
import type { RunSummary } from '../../../../contract/runs.ts';

/** Null until it is known, and where it cannot be. */
export function useHeldOutRepeats(run: RunSummary): HeldOutRepeats | null {
  const [found, setFound] = useState<HeldOutRepeats | null>(null);
  const { id, data } = run;
  const over = isOver(run);
  const training = data?.training ?? 0;
  useEffect(() => {
    if (!over) return undefined;
    let left = false;
    void readHeldOutRepeats(id, training).then((repeats) => {
      if (!left) setFound(repeats);
    });
    return () => {
      left = true;
    };
  }, [id, over, training]);
  return found;
}
