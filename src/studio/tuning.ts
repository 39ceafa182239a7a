import { create } from 'zustand';
import type { StudioError } from '../faults/fault.ts';
import type { Recipe } from '../contract/recipe.ts';
import { worker } from '../worker/client.ts';
import type {
  ClassShape,
  KernelKind,
  ReportedClass,
  SizeWord,
  TunedCandidate,
  TuningReport,
} from '../contract/device.ts';
import { orShowError } from './or-show-error.ts';
import { runTask } from './tasks.ts';

export type { ClassShape, KernelKind, ReportedClass, SizeWord, TunedCandidate, TuningReport };

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
  load: () => orShowError(set, async () => set({ report: await worker.call('device.tuning', {}) })),
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
    // The results found until then are kept.
    if (outcome.status === 'cancelled') await get().load();
  },
  reset: async () => {
    set({ error: null });
    await orShowError(set, async () => {
      set({ report: await worker.call('device.resetTuning', {}) });
    });
  },
  dismissError: () => set({ error: null }),
}));
