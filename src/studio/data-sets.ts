import { create } from 'zustand';
import { asStudioError, type StudioError } from '../errors.ts';
import type { Recipe } from '../engine/training/recipe.ts';
import { worker } from '../worker/client.ts';
import type {
  DataKind,
  DataRow,
  DataSetSummary,
  LengthHistogram,
  LineProblem,
  RenderedRecord,
} from '../worker/protocol.ts';
import { asString, asStrings, readPreference, writePreference } from './preferences.ts';
import { runTask, type TaskOutcome } from './tasks.ts';

interface DataSetsState {
  readonly phase: 'loading' | 'ready';
  readonly sets: readonly DataSetSummary[];
  readonly selectedId: string | null;
  /** Sets left out of the next run, by id. */
  readonly left: readonly string[];
  /** Task id of the import under way. */
  readonly importing: string | null;
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  /** Reads files into sets; lines that cannot be read are listed with the set, never an error. */
  readonly importFiles: (files: readonly File[]) => Promise<TaskOutcome<readonly DataSetSummary[]>>;
  readonly addSamples: () => Promise<TaskOutcome<readonly DataSetSummary[]>>;
  readonly setKind: (id: string, kind: DataKind) => Promise<void>;
  /** Takes a set into the next run, or leaves it out. */
  readonly setUsed: (id: string, used: boolean) => void;
  readonly remove: (id: string) => Promise<void>;
  readonly select: (id: string) => void;
  readonly dismissError: () => void;
}

/** Data sets at hand, which one is looked at and which ones train. */
export const useDataSets = create<DataSetsState>()((set, get) => {
  const bringIn = async (
    call: (task: string) => Promise<readonly DataSetSummary[]>,
  ): Promise<TaskOutcome<readonly DataSetSummary[]>> => {
    if (get().importing !== null) return { status: 'cancelled' };
    set({ error: null });
    const outcome = await runTask(call, (importing) => set({ importing }));
    set({ importing: null });
    if (outcome.status === 'failed') set({ error: outcome.error });
    // A cancelled import of several files may have finished some of them.
    await get().load();
    const first = outcome.status === 'done' ? outcome.value[0] : undefined;
    if (first) get().select(first.id);
    return outcome;
  };
  const guarded = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
    }
  };
  return {
    phase: 'loading',
    sets: [],
    selectedId: readPreference('data-set', asString),
    left: readPreference('left-out', asStrings) ?? [],
    importing: null,
    error: null,
    load: () =>
      guarded(async () => {
        const sets = await worker.call('data.list', {});
        set({ phase: 'ready', sets });
      }),
    importFiles: (files) => bringIn((task) => worker.call('data.import', { files, task })),
    addSamples: () => bringIn((task) => worker.call('data.samples', { task })),
    setKind: (id, kind) =>
      guarded(async () => {
        const changed = await worker.call('data.setKind', { id, kind });
        set(({ sets }) => ({ sets: sets.map((known) => (known.id === id ? changed : known)) }));
      }),
    setUsed: (id, used) => {
      const others = get().left.filter((known) => known !== id);
      const left = used ? others : [...others, id];
      writePreference('left-out', left);
      set({ left });
    },
    remove: (id) =>
      guarded(async () => {
        await worker.call('data.remove', { id });
        set(({ sets }) => ({ sets: sets.filter((known) => known.id !== id) }));
      }),
    select: (id) => {
      writePreference('data-set', id);
      set({ selectedId: id });
    },
    dismissError: () => set({ error: null }),
  };
});

type Sets = Pick<DataSetsState, 'sets' | 'left' | 'selectedId'>;

/** Sets that the next run trains on. Evaluation files measure; they never train. */
export function trainingSets({ sets, left }: Sets): DataSetSummary[] {
  return sets.filter(
    ({ id, shape, records }) => shape !== 'evaluation' && records > 0 && !left.includes(id),
  );
}

/** The set that is looked at: the chosen one, or the first. */
export function selectedSet({ sets, selectedId }: Sets): DataSetSummary | null {
  return sets.find(({ id }) => id === selectedId) ?? sets[0] ?? null;
}

/** What a record's tokens depend on besides the record. */
export interface TokenView {
  readonly modelId: string;
  readonly labels: Recipe['labels'];
  readonly maxLength: number;
}

export function readRows(id: string, from: number, count: number): Promise<readonly DataRow[]> {
  return worker.call('data.rows', { id, from, count });
}

export function readProblems(id: string): Promise<readonly LineProblem[]> {
  return worker.call('data.problems', { id });
}

export function renderRecord(id: string, index: number, view: TokenView): Promise<RenderedRecord> {
  return worker.call('data.render', { id, index, ...view });
}

const counting = new Map<string, Promise<LengthHistogram>>();

/** Tokenises the whole set the first time; asked again meanwhile, it waits for the same answer. */
export function readHistogram(id: string, view: TokenView): Promise<LengthHistogram> {
  const key = JSON.stringify([id, view]);
  const underWay = counting.get(key);
  if (underWay) return underWay;
  const answer = worker.call('data.histogram', { id, ...view }).finally(() => counting.delete(key));
  counting.set(key, answer);
  return answer;
}

/** Left-out lines as a CSV file, one row each, for whoever has to correct them. */
export function problemsCsv(problems: readonly LineProblem[]): string {
  const rows = problems.map(({ file, line, column, code, reason }) =>
    [file, String(line), column === null ? '' : String(column), code, reason].map(csvCell).join(),
  );
  return ['file,line,column,code,reason', ...rows, ''].join('\r\n');
}

/** Quoted where needed; a leading sign that a spreadsheet would run as a formula is disarmed. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
