/** The sample answers of a run, as they come. */
import { useEffect, useState } from 'react';
import { onSamples, readSamples } from '../../../studio/runs/runs.ts';
import type { RunSamples } from '../../../contract/runs.ts';

/** Reads a run's samples and follows those that come. */
export function useSamples(id: string): RunSamples | null {
  const [samples, setSamples] = useState<RunSamples | null>(null);
  useEffect(() => {
    let left = false;
    const read = () =>
      readSamples(id).then(
        (found) => {
          if (!left) setSamples(found);
        },
        // A run that was removed meanwhile has none.
        () => undefined,
      );
    void read();
    const stop = onSamples(id, () => void read());
    return () => {
      left = true;
      stop();
    };
  }, [id]);
  return samples;
}
