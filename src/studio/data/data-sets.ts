/** The data sets at hand, the imports under way, and which sets train. */
import { create, type StoreApi } from 'zustand';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type {
  DataKind,
  DataSetSummary,
  FieldMapping,
  FileInspection,
  ReadingChoices,
} from '../../contract/data.ts';
import type { ImportedSoFar } from '../../contract/data.ts';
import { firstLook } from './first-look.ts';
import { onImport } from './on-import.ts';
import { fieldsKey, rememberedMapping, rememberMapping } from './mappings.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';
import { keepTicks, keptTicks, ticked, type Ticks } from './ticks.ts';

export { hasNewData, offeredSets, ownFirst, trainingSets } from './ticks.ts';

/** A file about which a person has to say something before it is imported. */
export interface UnmappedFile {
  readonly id: string;
  readonly file: File;
  readonly inspection: FileInspection;
  /** Whether a person has to name its fields, because its shape is not known. */
  readonly asksFields: boolean;
  /** Files with the same fields take the same mapping. */
  readonly fieldsKey: string;
  /** The mapping to begin with; `origin` says where it comes from. */
  readonly mapping: Partial<FieldMapping>;
  /** The kind that was chosen for these columns before. */
  readonly kind: DataKind | null;
  readonly origin: 'remembered' | 'names' | 'values';
}

/** What a person chose for files, besides the columns. */
export interface FileChoices {
  readonly choices: ReadingChoices;
  /** Null leaves the kind to a guess from the records. */
  readonly kind: DataKind | null;
}

export interface ImportProgress {
  readonly event: ImportedSoFar;
  /** Milliseconds since the first event of the import. */
  readonly elapsed: number;
}

interface DataSetsState {
  readonly phase: LoadPhase;
  readonly sets: readonly DataSetSummary[];
  readonly selectedId: string | null;
  /** Sets that a person took into the next run or left out of it, by id; see `trainingSets` for the others. */
  readonly ticks: Ticks;
  /** Task id of the import under way. */
  readonly importing: string | null;
  /** Files that were imported since the page was loaded, by name: what a person says of one later may need it again. */
  readonly files: ReadonlyMap<string, File>;
  /** Files that wait for a person to name their columns; they are gone after a reload. */
  readonly unmapped: readonly UnmappedFile[];
  readonly error: StudioError | null;
  /** Why dropped files are no data, one error for each. */
  readonly refused: readonly StudioError[];
  readonly load: () => Promise<void>;
  /**
   * Reads files into sets; lines that cannot be read are listed with the set, never an error. Files of a
   * shape that is not known wait in `unmapped`.
   */
  readonly importFiles: (files: readonly File[]) => Promise<TaskOutcome<readonly DataSetSummary[]>>;
  /**
   * Imports files that were waiting, all by one mapping, and remembers it for their columns; the mapping is null
   * where their shape is known and only the choices were asked for.
   */
  readonly importMapped: (
    ids: readonly string[],
    mapping: FieldMapping | null,
    said: FileChoices,
  ) => Promise<void>;
  /** Asks what the fields of a file are, whatever shapes its rows have. */
  readonly askFields: (file: File) => Promise<void>;
  readonly skipUnmapped: (id: string) => void;
  /** @param first whether to take only what a first look needs */
  readonly addSamples: (first: boolean) => Promise<TaskOutcome<readonly DataSetSummary[]>>;
  readonly setKind: (id: string, kind: DataKind) => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  /** Takes a set into the next run, or leaves it out. */
  readonly setUsed: (id: string, used: boolean) => void;
  /** Gives whether the set was removed; if not, `error` says why. */
  readonly remove: (id: string) => Promise<boolean>;
  readonly select: (id: string) => void;
  readonly dismissError: () => void;
  readonly dismissRefused: (error: StudioError) => void;
}

/** Whether the values of a file of a known shape leave a question open that only a person can answer. */
function asksChoices({ answers, reasoned }: FileInspection): boolean {
  return (
    reasoned > 0 || (answers !== null && answers.decided === undefined && answers.fits.length > 0)
  );
}

/** A file that waits for a person, with what is known or guessed about its fields. */
function waiting(file: File, inspection: FileInspection, asksFields: boolean): UnmappedFile {
  const { fields, guess, likely } = inspection;
  const key = fieldsKey(fields);
  const remembered = rememberedMapping(key);
  const byNames = Object.keys(guess).length === Object.keys(likely).length;
  return {
    id: crypto.randomUUID(),
    file,
    inspection,
    asksFields,
    fieldsKey: key,
    mapping: remembered?.mapping ?? likely,
    kind: remembered?.kind ?? null,
    origin: remembered ? 'remembered' : byNames ? 'names' : 'values',
  };
}

/** Looks at the beginning of each file, to tell files of a known shape from files whose fields are unknown. */
async function sortFiles(files: readonly File[]): Promise<{
  readonly known: readonly File[];
  readonly unmapped: readonly UnmappedFile[];
  readonly refused: readonly StudioError[];
}> {
  const known: File[] = [];
  const unmapped: UnmappedFile[] = [];
  const refused: StudioError[] = [];
  for (const file of files) {
    try {
      const inspection = await worker.call('data.inspect', { file });
      const asksFields = inspection.recognised === 0 && inspection.values > 0;
      if (!asksFields && !asksChoices(inspection)) {
        known.push(file);
        continue;
      }
      unmapped.push(waiting(file, inspection, asksFields));
    } catch (thrown) {
      refused.push(asStudioError(thrown));
    }
  }
  return { known, unmapped, refused };
}

type DataSetsStore = StoreApi<DataSetsState>;

/** Imports one after another: files dropped during an import come after it. */
function importActions(
  store: DataSetsStore,
): Pick<
  DataSetsState,
  'importFiles' | 'importMapped' | 'askFields' | 'skipUnmapped' | 'addSamples'
> {
  const { getState: get, setState: set } = store;
  let last: Promise<unknown> = Promise.resolve();
  const bringIn = (
    call: (task: string) => Promise<readonly DataSetSummary[]>,
  ): Promise<TaskOutcome<readonly DataSetSummary[]>> => {
    const outcome = last.then(() => takeIn(store, call));
    last = outcome.catch(() => undefined);
    return outcome;
  };
  return {
    importFiles: async (files) => {
      set({ error: null, refused: [] });
      const { known, unmapped, refused } = await sortFiles(files);
      set((state) => ({
        unmapped: [...state.unmapped, ...unmapped],
        files: new Map([...state.files, ...files.map((file) => [file.name, file] as const)]),
        refused,
      }));
      if (known.length === 0) {
        const [error] = refused;
        return error ? { status: 'failed', error } : { status: 'done', value: [] };
      }
      return bringIn((task) => worker.call('data.import', { files: known, ...onImport(), task }));
    },
    importMapped: async (ids, mapping, { choices, kind }) => {
      set({ error: null });
      const taken = get().unmapped.filter(({ id }) => ids.includes(id));
      for (const { fieldsKey: key } of taken) if (mapping) rememberMapping(key, mapping, kind);
      const files = taken.map(({ file }) => file);
      const told = {
        mappings: files.map(() => mapping),
        choices: files.map(() => choices),
        kinds: files.map(() => kind),
        ...onImport(),
      };
      const outcome = await bringIn((task) => worker.call('data.import', { files, ...told, task }));
      // After a failed or cancelled import the files go on waiting.
      if (outcome.status !== 'done') return;
      set(({ unmapped }) => ({ unmapped: unmapped.filter(({ id }) => !ids.includes(id)) }));
    },
    askFields: (file) =>
      orShowError(set, async () => {
        const asked = waiting(file, await worker.call('data.inspect', { file }), true);
        set(({ unmapped }) => ({
          unmapped: [...unmapped.filter((known) => known.file.name !== file.name), asked],
        }));
      }),
    skipUnmapped: (id) =>
      set(({ unmapped }) => ({ unmapped: unmapped.filter((waiting) => waiting.id !== id) })),
    addSamples: (first) =>
      bringIn((task) =>
        worker.call('data.samples', {
          ...(first && firstLook),
          nearDuplicates: onImport().nearDuplicates,
          task,
        }),
      ),
  };
}

async function takeIn(
  { getState: get, setState: set }: DataSetsStore,
  call: (task: string) => Promise<readonly DataSetSummary[]>,
): Promise<TaskOutcome<readonly DataSetSummary[]>> {
  const ended = await runTask(call, (importing) => set({ importing }));
  set({ importing: null });
  if (ended.status === 'failed') set({ error: ended.error });
  // An import of several files that failed or was cancelled may have finished some of them.
  await get().load();
  const first = ended.status === 'done' ? ended.value[0] : undefined;
  if (first) get().select(first.id);
  return ended;
}

/** Acts on sets that exist. */
function setActions(
  store: DataSetsStore,
): Pick<DataSetsState, 'load' | 'setKind' | 'rename' | 'setUsed' | 'remove' | 'select'> {
  const { getState: get, setState: set } = store;
  const replace = (changed: DataSetSummary): void =>
    set(({ sets }) => ({
      sets: sets.map((known) => (known.id === changed.id ? changed : known)),
    }));
  return {
    load: () =>
      orShowError(set, async () => {
        const sets = await worker.call('data.list', {});
        set({ phase: 'ready', sets });
      }),
    setKind: (id, kind) =>
      orShowError(set, async () => replace(await worker.call('data.setKind', { id, kind }))),
    rename: (id, name) =>
      orShowError(set, async () => replace(await worker.call('data.rename', { id, name }))),
    setUsed: (id, used) => {
      const ticks = ticked(get(), id, used);
      keepTicks(ticks);
      set({ ticks });
    },
    remove: async (id) => {
      let removed = false;
      await orShowError(set, async () => {
        await worker.call('data.remove', { id });
        set(({ sets }) => ({ sets: sets.filter((known) => known.id !== id) }));
        removed = true;
      });
      return removed;
    },
    select: (id) => {
      writePreference('data-set', id);
      set({ selectedId: id });
    },
  };
}

/** The data sets at hand, the set that is looked at and the sets that train. */
export const useDataSets = create<DataSetsState>()((set, _get, store) => ({
  phase: 'loading',
  sets: [],
  selectedId: readPreference('data-set', asString),
  ticks: keptTicks(),
  importing: null,
  files: new Map(),
  unmapped: [],
  error: null,
  refused: [],
  ...importActions(store),
  ...setActions(store),
  dismissError: () => set({ error: null }),
  dismissRefused: (error) =>
    set(({ refused }) => ({ refused: refused.filter((known) => known !== error) })),
}));

/** Progress of the import. It is a separate store, so that only its viewers are drawn again ten times a second. */
export const useImportProgress = create<{ readonly progress: ImportProgress | null }>()(() => ({
  progress: null,
}));

/** Time of the import's first event. */
let begun = { task: '', at: 0 };

worker.subscribe((event) => {
  if (event.type !== 'data.progress') return;
  const now = performance.now();
  if (begun.task !== event.task) begun = { task: event.task, at: now };
  useImportProgress.setState({ progress: { event, elapsed: now - begun.at } });
});

/** The set that is looked at: the chosen one, else the first. */
export function selectedSet({
  sets,
  selectedId,
}: Pick<DataSetsState, 'sets' | 'selectedId'>): DataSetSummary | null {
  return sets.find(({ id }) => id === selectedId) ?? sets[0] ?? null;
}
