/** Opens archives of runs, and finds the base models that these runs need. */
import { create } from 'zustand';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { useRuns } from '../runs/runs.ts';
import { runTask } from '../tasks.ts';

interface ArchivesState {
  /** The task of an archive being opened. */
  readonly opening: string | null;
  /** The archive that was opened last. */
  readonly opened: RunSummary | null;
  readonly error: StudioError | null;
  /** Null before base models were looked for; afterwards whether any was found. */
  readonly linked: boolean | null;
  readonly open: (file: File) => Promise<void>;
  readonly link: () => Promise<void>;
  readonly dismiss: () => void;
}

export const useArchives = create<ArchivesState>()((set, get) => ({
  opening: null,
  opened: null,
  error: null,
  linked: null,
  open: async (file) => {
    if (get().opening !== null) return;
    set({ error: null, opened: null });
    const outcome = await runTask(
      (task) => worker.call('archive.open', { file, task }),
      (task) => set({ opening: task }),
    );
    set({ opening: null });
    if (outcome.status === 'failed') set({ error: outcome.error });
    if (outcome.status !== 'done') return;
    set({ opened: outcome.value, linked: null });
    await useRuns.getState().load();
    useRuns.getState().select(outcome.value.id);
  },
  link: async () => {
    try {
      const changed = await worker.call('archive.link', {});
      set({ linked: changed.length > 0 });
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
    }
  },
  dismiss: () => set({ error: null, opened: null }),
}));
