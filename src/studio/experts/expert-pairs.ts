/** Evaluations with routing forced to each pair of experts: the stored ones of a run, and the one under way. */
import { create } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { PairEvaluation } from '../../contract/experts.ts';
import type { PairMeasure } from './expert-figures.ts';
import { orShowError } from '../or-show-error.ts';
import { questionColumns } from '../evaluation/run-columns.ts';
import { useRuns } from '../runs/runs.ts';
import { runTask } from '../tasks.ts';

interface ExpertPairsState {
  readonly runId: string | null;
  /** Newest first; null until they were read. */
  readonly evaluations: readonly PairEvaluation[] | null;
  /** The evaluation that is shown; null takes the newest. */
  readonly chosenId: string | null;
  /** Null until a person chooses one. */
  readonly measure: PairMeasure | null;
  /** One of the evaluation's tasks; null takes all. */
  readonly task: string | null;
  /** A person's files; where there are none, the questions that come with the studio are used. */
  readonly files: readonly File[];
  readonly maxItems: number;
  /** The task that is scoring now, and for which run. */
  readonly running: { readonly task: string; readonly runId: string } | null;
  readonly error: StudioError | null;
  readonly show: (runId: string) => void;
  readonly choose: (id: string) => void;
  readonly setMeasure: (measure: PairMeasure) => void;
  readonly setTask: (task: string | null) => void;
  readonly setFiles: (files: readonly File[]) => void;
  readonly setMaxItems: (count: number) => void;
  readonly start: () => Promise<void>;
  readonly resume: (id: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

/** Whether all pairs were measured. */
export function isComplete({ experts, pairs, routed }: PairEvaluation): boolean {
  return routed !== null && pairs.length === (experts * (experts - 1)) / 2;
}

/** The evaluation that is shown. */
export function shownEvaluation({
  evaluations,
  chosenId,
}: Pick<ExpertPairsState, 'evaluations' | 'chosenId'>): PairEvaluation | null {
  return evaluations?.find(({ id }) => id === chosenId) ?? evaluations?.[0] ?? null;
}

/** The data sets of a run. */
function dataSetsOf(runId: string): readonly string[] {
  return useRuns.getState().runs.find(({ id }) => id === runId)?.dataSetIds ?? [];
}

export function createExpertPairs(client: WorkerClient) {
  const useExpertPairs = create<ExpertPairsState>()((set, get) => {
    const run = async (call: (runId: string, task: string) => Promise<PairEvaluation>) => {
      const { runId, running } = get();
      if (runId === null || running) return;
      set({ error: null });
      const outcome = await runTask(
        (task) => call(runId, task),
        (task) => set({ running: { task, runId } }),
      );
      set({ running: null });
      if (outcome.status === 'failed') set({ error: outcome.error });
    };
    return {
      runId: null,
      evaluations: null,
      chosenId: null,
      measure: null,
      task: null,
      files: [],
      maxItems: 40,
      running: null,
      error: null,
      show: (runId) => {
        if (get().runId === runId) return;
        set({ runId, evaluations: null, chosenId: null, task: null, error: null });
        void orShowError(set, async () => {
          const evaluations = await client.call('experts.pairEvaluations', { runId });
          if (get().runId === runId) set({ evaluations });
        });
      },
      choose: (chosenId) => set({ chosenId, task: null }),
      setMeasure: (measure) => set({ measure }),
      setTask: (task) => set({ task }),
      setFiles: (files) => set({ files }),
      setMaxItems: (maxItems) => set({ maxItems }),
      start: async () => {
        const { files, maxItems } = get();
        set({ chosenId: null, task: null });
        await run((runId, task) =>
          client.call('experts.scorePairs', {
            runId,
            files,
            columns: questionColumns(dataSetsOf(runId)),
            maxItems,
            task,
          }),
        );
      },
      resume: (id) => run((runId, task) => client.call('experts.resumePairs', { runId, id, task })),
      remove: (id) =>
        orShowError(set, async () => {
          const { runId } = get();
          if (runId === null) return;
          await client.call('experts.removePairs', { runId, id });
          set(({ evaluations }) => ({
            evaluations: evaluations?.filter((one) => one.id !== id) ?? null,
          }));
        }),
      dismissError: () => set({ error: null }),
    };
  });
  client.subscribe((event) => {
    if (event.type !== 'experts.pairs') return;
    const { evaluation } = event;
    const { runId, evaluations } = useExpertPairs.getState();
    if (evaluation.runId !== runId || !evaluations) return;
    const others = evaluations.filter(({ id }) => id !== evaluation.id);
    const all = [...others, evaluation].sort((a, b) => b.createdAt - a.createdAt);
    useExpertPairs.setState({ evaluations: all });
  });
  return useExpertPairs;
}

export const useExpertPairs = createExpertPairs(worker);
