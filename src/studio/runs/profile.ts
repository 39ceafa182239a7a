/** Profiles of steps, measured since the page was opened. */
import { create } from 'zustand';
import { fileStem } from '../../formats/files/file-names.ts';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { worker } from '../../worker/client.ts';
import type { ProfileReport, ProfileSubject } from '../../contract/device.ts';
import { saveFile } from '../exports/exports.ts';
import { runTask } from '../tasks.ts';

export type { ProfileReport, ProfileSubject };

interface ProfileState {
  /** The last report of each subject, by `subjectKey`. */
  readonly reports: Readonly<Record<string, ProfileReport>>;
  readonly measuring: { readonly key: string; readonly task: string } | null;
  readonly error: StudioError | null;
  readonly measure: (modelId: string, recipe: Recipe, subject: ProfileSubject) => Promise<void>;
  /** Gives the trace to the person. Must follow a press, because browsers ask for one. */
  readonly saveTrace: (report: ProfileReport) => Promise<void>;
  readonly dismissError: () => void;
}

export function subjectKey(subject: ProfileSubject): string {
  return subject.kind === 'decode' ? 'decode' : `stage ${subject.stage}`;
}

/** Where the time of steps goes, as measured since the page was opened. */
export const useProfile = create<ProfileState>()((set, get) => ({
  reports: {},
  measuring: null,
  error: null,
  measure: async (modelId, recipe, subject) => {
    if (get().measuring) return;
    const key = subjectKey(subject);
    set({ error: null });
    const outcome = await runTask(
      (task) => worker.call('device.profile', { modelId, recipe, subject, task }),
      (task) => set({ measuring: { key, task } }),
    );
    set({ measuring: null });
    if (outcome.status === 'failed') set({ error: outcome.error });
    if (outcome.status === 'done') {
      set(({ reports }) => ({ reports: { ...reports, [key]: outcome.value } }));
    }
  },
  saveTrace: async ({ trace, modelName, subject }) => {
    try {
      const name = fileStem(`${modelName} ${subjectKey(subject)}`, 'model');
      await saveFile(trace, `${name}.trace.json`);
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
    }
  },
  dismissError: () => set({ error: null }),
}));
