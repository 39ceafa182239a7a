/** The page's queue, and the ways into it: what is asked begins where the device is free, and waits where it is not. */
import { useAblation } from '../evaluation/ablation.ts';
import { useEvaluation, type Candidate } from '../evaluation/evaluation.ts';
import { useMemorisation } from '../evaluation/memorisation.ts';
import { orShowError } from '../or-show-error.ts';
import { useRuns } from '../runs/runs.ts';
import { createQueue, type Jobs } from './queue.ts';
import type { GridWork, MeasurementWork, ResultWork } from './queued-work.ts';
import { forgetFiles, forgetOtherFiles, keepFiles, readFiles } from './waiting-files.ts';

/** Measures as it was asked; own files of what waited come from where they were kept. */
async function measure(work: MeasurementWork, queuedAs: string | null): Promise<void> {
  const { getState, setState } = useEvaluation;
  const own = await orShowError(setState, async () =>
    queuedAs === null ? getState().own : readFiles(queuedAs, work.own),
  );
  if (queuedAs !== null && work.own.length > 0) void forgetFiles(queuedAs);
  if (own) await getState().run({ ...work, own });
}

const jobs: Jobs = {
  busy: () =>
    [useEvaluation, useAblation, useMemorisation].some((jobs) => jobs.getState().running !== null),
  runsOf: (gridId) =>
    useAblation
      .getState()
      .grids.find(({ id }) => id === gridId)
      ?.cells.flatMap(({ runId }) => (runId === null ? [] : [runId])) ?? [],
  subscribe: (listener) => {
    useEvaluation.subscribe(listener);
    useAblation.subscribe(listener);
    useMemorisation.subscribe(listener);
  },
  work: async (work, queuedAs) => {
    const { resume, checkShortcuts } = useEvaluation.getState();
    switch (work.kind) {
      case 'measurement':
        return measure(work, queuedAs);
      case 'result':
        return resume(work.evaluationId);
      case 'shortcuts':
        return checkShortcuts(work.evaluationId);
      case 'grid':
        return useAblation.getState().resume(work.gridId);
    }
  },
  dropped: (id) => void forgetFiles(id),
};

export const useQueue = createQueue(useRuns, jobs);

/** Measures these states on the chosen questions. @returns whether it waits */
export function measureInTurn(states: readonly Candidate[]): boolean {
  const { chosen: bundled, own, settings } = useEvaluation.getState();
  const names = own.map(({ name }) => name);
  const { begin } = useQueue.getState();
  const id = begin({ kind: 'measurement', states, bundled, own: names, settings });
  if (id !== null && own.length > 0) {
    void keepFiles(id, own);
    void forgetOtherFiles(useQueue.getState().waiting.map((work) => work.id));
  }
  return id !== null;
}

/** Goes on with a grid, or with one result. @returns whether it waits */
export function continueInTurn(work: GridWork | ResultWork): boolean {
  return useQueue.getState().begin(work) !== null;
}
