/** The stored steps and files of a run, as an archive takes them. */
import type { RunToArchive, SealedFile } from '../../archive/archive-writer.ts';
import type { Runs } from '../../storage/runs.ts';
import type { Storage } from '../../storage/storage.ts';
import type { StoredRun, StoredStep } from '../../storage/stored.ts';
import type { StoredFile } from '../../storage/files/file-store.ts';

/** Steps read from the database at once. */
const STEPS_AT_ONCE = 200;

/** @param parts whether the branches of finished stages go in, and the checkpoint of an interrupted stage */
export function sealedRun(
  { runs, files }: Storage,
  { summary, tasks, fingerprint, ...stored }: StoredRun,
  parts: { readonly branches: boolean; readonly checkpoint: boolean },
): Pick<
  RunToArchive,
  'summary' | 'tasks' | 'fingerprint' | 'steps' | 'stages' | 'best' | 'checkpoint'
> {
  const sealed = (file: StoredFile): SealedFile => ({ ...file, open: () => files.open(file.path) });
  const { stages, best = [], checkpoint } = stored;
  return {
    ...{ summary, tasks, fingerprint },
    steps: stepsOf(runs, summary.id),
    stages: parts.branches ? stages.map(sealed) : [],
    best: parts.branches ? best.map((step) => ({ ...step, file: sealed(step.file) })) : [],
    // A checkpoint is useless without the branches of the stages before it.
    checkpoint:
      checkpoint && parts.checkpoint && parts.branches
        ? { ...checkpoint, file: sealed(checkpoint.file) }
        : null,
  };
}

/** Every step of a run with its records, in order, some at a time. */
export async function* stepsOf(runs: Runs, id: string): AsyncGenerator<readonly StoredStep[]> {
  let [stage, step] = [0, 0];
  for (;;) {
    const steps = await runs.stepsFrom(id, stage, step, STEPS_AT_ONCE);
    yield steps;
    const last = steps.at(-1);
    if (!last || steps.length < STEPS_AT_ONCE) return;
    [stage, step] = [last.metrics.stage, last.metrics.step + 1];
  }
}
