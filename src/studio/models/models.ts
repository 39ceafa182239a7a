/** The models at hand, and the chosen one. */
import { create } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import type {
  Precision,
  MemoryReport,
  ModelSummary,
  TemplateChoice,
} from '../../contract/models.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { worker } from '../../worker/client.ts';
import type { CallOutput } from '../../contract/contract.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

/** A file of a folder, with its path inside that folder. */
export interface FolderFile {
  readonly file: File;
  readonly path: string;
}

interface ModelsState {
  readonly phase: LoadPhase;
  readonly models: readonly ModelSummary[];
  readonly selectedId: string | null;
  /** Task id of the import under way. */
  readonly importing: string | null;
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  /** Imports a Hugging Face folder. */
  readonly importFolder: (
    files: readonly FolderFile[],
    name: string,
  ) => Promise<TaskOutcome<ModelSummary>>;
  readonly setTemplate: (id: string, template: TemplateChoice) => Promise<void>;
  /** Sets the precision in which the device keeps the model's frozen weights from now on. */
  readonly setPrecision: (id: string, precision: Precision) => Promise<void>;
  /** Uses a model again that was set aside. */
  readonly tryAgain: (id: string) => Promise<void>;
  /** Gives whether the model was removed; if not, `error` says why. */
  readonly remove: (id: string) => Promise<boolean>;
  readonly select: (id: string) => void;
  readonly dismissError: () => void;
}

/** The model chosen until a person chooses one: small enough for any device, real enough to chat. */
const firstChoice = 'medcare-nano';

/** Puts the newest state of a model in the place of the one known so far. */
function replacing(model: ModelSummary) {
  return ({ models }: Pick<ModelsState, 'models'>) => ({
    models: models.map((known) => (known.id === model.id ? model : known)),
  });
}

/** Models at hand and the chosen one. */
export const useModels = create<ModelsState>()((set, get) => {
  return {
    phase: 'loading',
    models: [],
    selectedId: readPreference('model', asString),
    importing: null,
    error: null,
    load: () =>
      orShowError(set, async () => {
        const models = await worker.call('models.list', {});
        set({ phase: 'ready', models });
      }),
    importFolder: async (files, name) => {
      if (get().importing !== null) return { status: 'cancelled' };
      set({ error: null });
      const outcome = await runTask(
        (task) =>
          worker.call('models.import', {
            files: files.map(({ file }) => file),
            paths: files.map(({ path }) => path),
            name,
            task,
          }),
        (importing) => set({ importing }),
      );
      set({ importing: null });
      if (outcome.status === 'failed') set({ error: outcome.error });
      if (outcome.status === 'done') {
        await get().load();
        get().select(outcome.value.id);
      }
      return outcome;
    },
    setTemplate: (id, template) =>
      orShowError(set, async () => {
        set(replacing(await worker.call('models.setTemplate', { id, template })));
      }),
    setPrecision: (id, precision) =>
      orShowError(set, async () => {
        set(replacing(await worker.call('models.setPrecision', { id, precision })));
      }),
    tryAgain: (id) =>
      orShowError(set, async () => {
        set(replacing(await worker.call('models.tryAgain', { id })));
      }),
    remove: async (id) => {
      let removed = false;
      await orShowError(set, async () => {
        await worker.call('models.remove', { id });
        set(({ models }) => ({ models: models.filter((known) => known.id !== id) }));
        removed = true;
      });
      return removed;
    },
    select: (id) => {
      writePreference('model', id);
      set({ selectedId: id });
    },
    dismissError: () => set({ error: null }),
  };
});

worker.subscribe((event) => {
  if (event.type !== 'models.changed') return;
  useModels.setState(replacing(event.model));
});

/** The model for runs, chats and plans: the chosen one, else the built-in one. */
export function selectedModel({
  models,
  selectedId,
}: Pick<ModelsState, 'models' | 'selectedId'>): ModelSummary | null {
  return (
    models.find(({ id }) => id === selectedId) ??
    models.find(({ id, name }) => id === firstChoice || name === firstChoice) ??
    models[0] ??
    null
  );
}

/** Whether a built-in chat template has to be chosen before this model can train or chat. */
export function needsTemplate(model: ModelSummary): boolean {
  return !model.hasTemplate && model.template === 'model';
}

/** What a run would allocate, laid out before anything is allocated. */
export function planMemory(modelId: string, recipe: Recipe): Promise<MemoryReport> {
  return worker.call('models.plan', { modelId, recipe });
}

/** Bytes that the studio keeps in this browser, and the most that it may keep. */
export function estimateStorage(): Promise<CallOutput<'settings.storage'>> {
  return worker.call('settings.storage', {});
}
