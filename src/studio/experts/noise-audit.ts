/** What a run's Noise Aggregator holds of its records: the kept audit, and the one under way. */
import { create } from 'zustand';
import type { DataSetSummary } from '../../contract/data.ts';
import type { NoiseAudit } from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import {
  heldByNoise,
  noisiest,
  rankedByHeld,
  type LossFigures,
} from '../../engine/evaluation/noise-audit/noise-audit.ts';
import type { StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import { find, readRows } from '../data/data-reads.ts';
import { useDataSets } from '../data/data-sets.ts';
import { orShowError } from '../or-show-error.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

export { heldByNoise, noisiest, type LossFigures };

interface NoiseAuditState {
  readonly runId: string | null;
  /** Undefined until it was read; null before the first. */
  readonly audit: NoiseAudit | null | undefined;
  readonly maxRecords: number;
  /** The task that measures or copies now, and for which run. */
  readonly running: {
    readonly task: string;
    readonly runId: string;
    readonly what: 'measuring' | 'copying';
  } | null;
  /** Sets that were copied without the noisiest records. */
  readonly copies: readonly DataSetSummary[];
  readonly error: StudioError | null;
  readonly show: (runId: string) => void;
  readonly setMaxRecords: (count: number) => void;
  readonly measure: () => Promise<void>;
  readonly leaveOut: (share: number) => Promise<void>;
  readonly dismissError: () => void;
}

/** Whether a run kept a state with its mixture and a later one without it. */
export function canBeAudited({ recipe, snapshots }: RunSummary): boolean {
  const mixtures = new Set(
    recipe.stages.flatMap(({ attach }) =>
      attach.flatMap(({ type, name }) => (type === 'mixture' ? [name] : [])),
    ),
  );
  const has = ({ branches }: { readonly branches: readonly string[] }): boolean =>
    branches.some((name) => mixtures.has(name));
  const last = snapshots.findLastIndex(has);
  return last >= 0 && last < snapshots.length - 1;
}

export const useNoiseAudit = create<NoiseAuditState>()((set, get) => {
  const run = async <T>(
    what: 'measuring' | 'copying',
    call: (runId: string, task: string) => Promise<T>,
  ): Promise<{ readonly runId: string; readonly outcome: TaskOutcome<T> } | null> => {
    const { runId, running } = get();
    if (runId === null || running) return null;
    set({ error: null });
    const outcome = await runTask(
      (task) => call(runId, task),
      (task) => set({ running: { task, runId, what } }),
    );
    set({ running: null });
    if (outcome.status === 'failed') set({ error: outcome.error });
    return { runId, outcome };
  };
  return {
    runId: null,
    audit: undefined,
    maxRecords: 500,
    running: null,
    copies: [],
    error: null,
    show: (runId) => {
      if (get().runId === runId) return;
      set({ runId, audit: undefined, copies: [], error: null });
      void orShowError(set, async () => {
        const audit = await worker.call('experts.noiseAudit', { runId });
        if (get().runId === runId) set({ audit });
      });
    },
    setMaxRecords: (maxRecords) => set({ maxRecords }),
    measure: async () => {
      const { maxRecords } = get();
      const ended = await run('measuring', (runId, task) =>
        worker.call('experts.auditNoise', { runId, maxRecords, task }),
      );
      if (ended?.outcome.status !== 'done' || get().runId !== ended.runId) return;
      set({ audit: ended.outcome.value, copies: [] });
    },
    leaveOut: async (share) => {
      const ended = await run('copying', (runId, task) =>
        worker.call('experts.leaveOutNoisiest', { runId, share, task }),
      );
      if (ended?.outcome.status !== 'done') return;
      await useDataSets.getState().load();
      if (get().runId === ended.runId) set({ copies: ended.outcome.value });
    },
    dismissError: () => set({ error: null }),
  };
});

/** Which of an audit's records are listed. */
export interface AuditedFilter {
  /** One of the audit's tasks; null takes all. */
  readonly task: number | null;
  /** Records whose text holds it; '' takes all. */
  readonly text: string;
}

/** Places of the audited records that a filter leaves, the most held first. */
export async function auditedPlaces(
  audit: NoiseAudit,
  { task, text }: AuditedFilter,
): Promise<Uint32Array> {
  const ofTask = rankedByHeld(audit).filter((place) => task === null || audit.task[place] === task);
  if (text === '') return ofTask;
  const rows = await Promise.all(
    audit.dataSetIds.map(async (id) => {
      const found = await find(id, { list: 'records', text, code: null }, () => undefined);
      if (found.status === 'failed') throw found.error;
      return new Set(found.status === 'done' ? found.value : []);
    }),
  );
  return ofTask.filter(
    (place) => rows[audit.dataSet[place] ?? 0]?.has(audit.row[place] ?? -1) === true,
  );
}

/** The words of an audited record, message by message; null where its set is gone. */
export async function auditedWords(
  { dataSetIds, dataSet, row }: NoiseAudit,
  place: number,
): Promise<readonly string[] | null> {
  const [found] = await readRows(dataSetIds[dataSet[place] ?? 0] ?? '', row[place] ?? 0, 1);
  return found ? found.messages.map(({ content }) => content) : null;
}
