import { create } from 'zustand';
import { asStudioError, type StudioError } from '../faults/fault.ts';
import type { Recipe } from '../contract/recipe.ts';
import { worker } from '../worker/client.ts';

import type {
  KernelKind,
  ReportedClass,
  SizeWord,
  TunedCandidate,
  TuningReport,
} from '../contract/device.ts';
import { runTask } from './tasks.ts';

export type { KernelKind, ReportedClass, SizeWord, TunedCandidate, TuningReport };

interface TuningState {
  readonly report: TuningReport | null;
  /** The task that is timing kernels now. */
  readonly task: string | null;
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  readonly tune: (modelId: string, recipe: Recipe) => Promise<void>;
  readonly reset: () => Promise<void>;
  readonly dismissError: () => void;
}

/** Which kernels the device uses, and why. */
export const useTuning = create<TuningState>()((set, get) => ({
  report: null,
  task: null,
  error: null,
  load: async () => {
    try {
      set({ report: await worker.call('device.tuning', {}) });
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
    }
  },
  tune: async (modelId, recipe) => {
    if (get().task !== null) return;
    set({ error: null });
    const outcome = await runTask(
      (task) => worker.call('device.tune', { modelId, recipe, task }),
      (task) => set({ task }),
    );
    set({ task: null });
    if (outcome.status === 'failed') set({ error: outcome.error });
    if (outcome.status === 'done') set({ report: outcome.value });
    // What was found until then is kept.
    if (outcome.status === 'cancelled') await get().load();
  },
  reset: async () => {
    set({ error: null });
    try {
      set({ report: await worker.call('device.resetTuning', {}) });
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
    }
  },
  dismissError: () => set({ error: null }),
}));
