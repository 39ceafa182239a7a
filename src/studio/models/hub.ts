/** Looks up models on a hub, downloads them and resumes downloads. */
import { create } from 'zustand';
import { type StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type { Download, HubChoice, HubListing, ModelOrigin } from '../../contract/hub.ts';
import type { FileCheck, ModelSummary, StoredModelReport } from '../../contract/models.ts';
import { orShowError } from '../or-show-error.ts';
import { useModels } from './models.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { cancelTask, runTask, type TaskOutcome } from '../tasks.ts';

export const defaultHub = 'https://huggingface.co';

/** The last question to the hub, and its answer. */
type Look =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly task: string | null; readonly name: string }
  | { readonly status: 'failed'; readonly error: StudioError; readonly name: string }
  | { readonly status: 'ready'; readonly listing: HubListing; readonly choice: string };

interface HubState {
  /** Address of the hub, as a person typed it. */
  readonly hub: string;
  /** Name of the model, as a person typed it. */
  readonly name: string;
  readonly look: Look;
  /** Whether a download is being set up. */
  readonly starting: boolean;
  /** Why a download could not be started, paused or ended. */
  readonly error: StudioError | null;
  /** Unfinished downloads, the oldest first; null until they were read. */
  readonly downloads: readonly Download[] | null;
  readonly setHub: (hub: string) => void;
  readonly setName: (name: string) => void;
  readonly lookUp: () => Promise<void>;
  readonly cancelLook: () => void;
  readonly clearLook: () => void;
  readonly choose: (choice: string) => void;
  /** Downloads the files that are listed and chosen. */
  readonly download: () => Promise<void>;
  readonly resume: (id: string) => Promise<void>;
  readonly pause: (id: string) => Promise<void>;
  readonly discard: (id: string) => Promise<void>;
  readonly load: () => Promise<void>;
  readonly dismissError: () => void;
}

/** The model that was chosen when a download began; whoever has chosen another since then keeps it. */
const chosenThen = new Map<string, string | null>();

/** Models of a hub: look them up, download them, resume downloads. */
export const useHub = create<HubState>()((set, get) => {
  const guarded = async (act: () => Promise<void>): Promise<void> => {
    set({ error: null });
    await orShowError(set, act);
  };
  const follow = (download: Download): void => {
    chosenThen.set(download.id, useModels.getState().selectedId);
    keep(download);
  };
  return {
    hub: readPreference('hub', asString) ?? defaultHub,
    name: '',
    look: { status: 'idle' },
    starting: false,
    error: null,
    downloads: null,
    setHub: (hub) => {
      writePreference('hub', hub === defaultHub ? null : hub);
      set({ hub, look: { status: 'idle' } });
    },
    setName: (name) => set({ name }),
    lookUp: async () => {
      const { hub, name, look } = get();
      if (look.status === 'loading') return;
      set({ look: { status: 'loading', task: null, name }, error: null });
      const outcome = await runTask(
        (task) => worker.call('hub.look', { hub: hub.trim(), name: name.trim(), task }),
        (task) => set({ look: { status: 'loading', task, name } }),
      );
      if (outcome.status === 'cancelled') set({ look: { status: 'idle' } });
      if (outcome.status === 'failed') set({ look: { ...outcome, name } });
      if (outcome.status === 'done') {
        const listing = outcome.value;
        set({ look: { status: 'ready', listing, choice: listing.proposed } });
      }
    },
    cancelLook: () => {
      const { look } = get();
      if (look.status === 'loading' && look.task !== null) void cancelTask(look.task);
    },
    clearLook: () => set({ look: { status: 'idle' } }),
    choose: (choice) => {
      const { look } = get();
      if (look.status === 'ready') set({ look: { ...look, choice } });
    },
    download: async () => {
      const { look, starting } = get();
      if (look.status !== 'ready' || starting) return;
      set({ starting: true });
      await guarded(async () => {
        follow(await worker.call('hub.download', originOf(look.listing, look.choice)));
        set({ look: { status: 'idle' }, name: '' });
      });
      set({ starting: false });
    },
    resume: (id) => guarded(async () => follow(await worker.call('hub.resume', { id }))),
    pause: (id) =>
      guarded(async () => {
        await worker.call('hub.pause', { id });
      }),
    discard: (id) =>
      guarded(async () => {
        await worker.call('hub.discard', { id });
      }),
    load: () =>
      guarded(async () => {
        set({ downloads: await worker.call('hub.list', {}) });
      }),
    dismissError: () => set({ error: null }),
  };
});

function originOf({ hub, name, commit }: HubListing, choice: string): ModelOrigin {
  return { hub, name, commit, choice };
}

/** Takes over the newest state of a download. */
function keep(download: Download): void {
  useHub.setState(({ downloads }) => {
    const known = downloads ?? [];
    const index = known.findIndex(({ id }) => id === download.id);
    return {
      downloads: index < 0 ? [...known, download] : known.with(index, download),
    };
  });
}

worker.subscribe((event) => {
  if (event.type === 'hub.changed') keep(event.download);
  if (event.type === 'hub.ended') {
    const { id, modelId } = event;
    useHub.setState(({ downloads }) => ({
      downloads: (downloads ?? []).filter((download) => download.id !== id),
    }));
    if (modelId !== null) void arrived(id, modelId);
    chosenThen.delete(id);
  }
});

/** Lists a model that was downloaded, and chooses it unless another model was chosen in the meantime. */
async function arrived(id: string, modelId: string): Promise<void> {
  const then = chosenThen.get(id);
  await useModels.getState().load();
  const { selectedId, select } = useModels.getState();
  if (then !== undefined && then === selectedId) select(modelId);
}

/** The choice that a listing shows. */
export function chosenOf({ choices }: HubListing, choice: string): HubChoice | null {
  return choices.find(({ id }) => id === choice) ?? null;
}

/** Whether a model is the one that a listing offers, at the same commit. */
export function isSameOrigin(one: ModelOrigin, { hub, name, commit }: HubListing, choice: string) {
  return one.hub === hub && one.name === name && one.commit === commit && one.choice === choice;
}

/** The hub's host, which is its name in sentences. */
export function hubHost(address: string): string {
  try {
    return new URL(address.trim()).host || address.trim();
  } catch {
    return address.trim();
  }
}

/** Bytes that each model takes in this browser. */
export function storedModels(): Promise<readonly StoredModelReport[]> {
  return worker.call('models.stored', {});
}

/** Reads a model's stored files again and compares them with their expected contents. */
export function verifyModel(
  { id }: Pick<ModelSummary, 'id'>,
  onStarted: (task: string) => void,
): Promise<TaskOutcome<readonly FileCheck[]>> {
  return runTask((task) => worker.call('models.verify', { id, task }), onStarted);
}
