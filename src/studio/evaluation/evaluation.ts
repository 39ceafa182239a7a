/** Measurements: which questions, how they are scored, which model states, and the results. */
import { create } from 'zustand';
import { clearBest } from '../../engine/evaluation/statistics/clear-best.ts';
import type { StudioError } from '../../faults/fault.ts';
import { answerFormats, type AnswerFormat } from '../../formats/texts/answer-files.ts';
import { publicFiles } from '../../storage/fetch.ts';
import { worker } from '../../worker/client.ts';
import { nameInResults } from '../../worker/evaluation/result-name.ts';
import type { CallInput } from '../../contract/contract.ts';
import type {
  AnswerSample,
  Comparison,
  EvaluationSettings,
  EvaluationSummary,
  QuestionPreview,
  ShortcutState,
} from '../../contract/evaluation.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import { knownColumns } from '../data/mappings.ts';
import { saveFile } from '../exports/exports.ts';
import { writePreference } from '../preferences.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { inTurn } from '../runs/device-turns.ts';
import { runTask } from '../tasks.ts';

export { nameInResults, answerFormats, clearBest };

/** Evaluation files that come with the studio: test splits, none of them in the sample data. */
export const bundledFiles = [
  { name: 'medmcqa.evaluation.jsonl', title: 'MedMCQA', what: 'exam', kind: 'knowledge' },
  { name: 'mmlu-medical.evaluation.jsonl', title: 'MMLU medical', what: 'exam', kind: 'knowledge' }, // words: a name
  {
    name: 'bc5cdr-entities.evaluation.jsonl',
    title: 'BC5CDR',
    what: 'entities',
    kind: 'alignment',
  },
  { name: 'mts-section.evaluation.jsonl', title: 'MTS-Dialog', what: 'section', kind: 'alignment' },
] as const;

const bundledFolder = 'samples';

/** A model state to measure, with the words that it is shown under. */
export interface Candidate {
  readonly state: ModelStateId;
  readonly label: string;
}

/** What is being measured. */
interface Measuring {
  /** The task in the worker; null before it begins. */
  readonly task: string | null;
  /** The run behind which it waits for the device; null where it does not wait. */
  readonly waitsFor: string | null;
  readonly index: number;
  readonly of: number;
  readonly label: string;
}

interface EvaluationState {
  readonly phase: LoadPhase;
  /** Bundled files that are chosen, by name. */
  readonly chosen: readonly string[];
  /** Files that were dropped or picked; all of them are used. */
  readonly own: readonly File[];
  readonly settings: EvaluationSettings;
  readonly running: Measuring | null;
  /** Results, oldest first, including those from grids. */
  readonly results: readonly EvaluationSummary[];
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  readonly choose: (name: string, on: boolean) => void;
  readonly addFiles: (files: readonly File[]) => void;
  readonly removeFile: (file: File) => void;
  readonly set: (change: Partial<EvaluationSettings>) => void;
  /** Measures one candidate after the other; when the rest is cancelled, finished answers are kept. */
  readonly run: (candidates: readonly Candidate[]) => Promise<void>;
  /** Goes on with an interrupted measurement, with the questions that are stored with it. */
  readonly resume: (id: string) => Promise<void>;
  /** Asks the questions of a result again, varied; answers so far stay when it is cancelled. */
  readonly checkShortcuts: (id: string) => Promise<void>;
  /** Forgets a result. */
  readonly remove: (ids: readonly string[]) => Promise<void>;
  /** Gives up what waits for the device. */
  readonly cancelWait: () => void;
  readonly dismissError: () => void;
}

/** A file that comes with the studio. @throws StudioError where it cannot be read */
export async function bundledFile(name: string): Promise<File> {
  return new File([await publicFiles(document.baseURI).read(`${bundledFolder}/${name}`)], name);
}

/** What a file would ask, read as a measurement would read it. */
export function previewFile(
  file: File,
  closed: EvaluationSettings['closed'],
): Promise<QuestionPreview> {
  return worker.call('evaluation.preview', { files: [file], columns: knownColumns(), closed });
}

/** Files that are chosen now, bundled and dropped. @throws StudioError where a bundled file cannot be read */
export async function chosenFiles(): Promise<File[]> {
  const { chosen, own } = useEvaluation.getState();
  return [...(await Promise.all(chosen.map(bundledFile))), ...own];
}

/** Measurements: which files, which model states, and the results. */
export const useEvaluation = create<EvaluationState>()((set, get) => ({
  phase: 'loading',
  chosen: bundledFiles.map(({ name }) => name),
  own: [],
  settings: { maxItems: 100, choices: 'likelihood', perplexity: false },
  running: null,
  results: [],
  error: null,
  load: async () => {
    // Earlier versions kept scores here, without the answers behind them.
    writePreference('evaluation', null);
    await orShowError(set, async () => set({ results: await worker.call('evaluation.list', {}) }));
    set({ phase: 'ready' });
  },
  choose: (name, on) => {
    set(({ chosen }) => {
      const others = chosen.filter((known) => known !== name);
      return { chosen: on ? [...others, name] : others };
    });
  },
  addFiles: (files) => set(({ own }) => ({ own: [...own, ...files] })),
  removeFile: (file) => set(({ own }) => ({ own: own.filter((known) => known !== file) })),
  set: (change) => set(({ settings }) => ({ settings: { ...settings, ...change } })),
  run: async (candidates) => {
    if (get().running) return;
    const { settings } = get();
    set({ error: null });
    const files = await orShowError(set, chosenFiles);
    if (!files) return;
    const [first] = candidates;
    await measuring({ label: first?.label ?? '', of: candidates.length }, async (begin) => {
      for (const [index, { state, label }] of candidates.entries()) {
        const outcome = await runTask(
          (task) =>
            worker.call('evaluation.run', {
              ...{ state, label, files, settings, task },
              columns: knownColumns(),
            }),
          (task) => begin(task, index, label),
        );
        if (outcome.status === 'failed') set({ error: outcome.error });
        if (outcome.status !== 'done') break;
      }
    });
  },
  resume: (id) => measureOne(id, (task) => worker.call('evaluation.continue', { id, task })),
  checkShortcuts: (id) =>
    measureOne(id, (task) => worker.call('evaluation.checkShortcuts', { id, task })),
  remove: (ids) =>
    orShowError(set, async () => {
      await worker.call('evaluation.remove', { ids });
      set(({ results }) => ({ results: results.filter(({ id }) => !ids.includes(id)) }));
    }),
  cancelWait: () => waiting?.abort(),
  dismissError: () => set({ error: null }),
}));

/** Ends the wait for the device; null where nothing waits. */
let waiting: AbortController | null = null;

/** Measures once no run computes; `begin` is told each task with its place among all and its label. */
async function measuring(
  { label, of }: Pick<Measuring, 'label' | 'of'>,
  work: (begin: (task: string, index: number, label: string) => void) => Promise<void>,
): Promise<void> {
  const tell = (running: Measuring): void => useEvaluation.setState({ running });
  waiting = new AbortController();
  tell({ task: null, waitsFor: null, index: 0, of, label });
  const onWait = (waitsFor: string | null): void =>
    tell({ task: null, waitsFor, index: 0, of, label });
  try {
    await inTurn({ signal: waiting.signal, onWait }, () =>
      work((task, index, own) => tell({ task, waitsFor: null, index, of, label: own })),
    );
  } finally {
    waiting = null;
    useEvaluation.setState({ running: null });
  }
}

/** Works on one result, unless something is being measured. */
async function measureOne(id: string, start: (task: string) => Promise<unknown>): Promise<void> {
  const { running, results } = useEvaluation.getState();
  if (running) return;
  const label = results.find((result) => result.id === id)?.label ?? '';
  useEvaluation.setState({ error: null });
  await measuring({ label, of: 1 }, async (begin) => {
    const outcome = await runTask(start, (task) => begin(task, 0, label));
    if (outcome.status === 'failed') useEvaluation.setState({ error: outcome.error });
  });
}

worker.subscribe((event) => {
  if (event.type !== 'evaluation.changed') return;
  const { evaluation } = event;
  useEvaluation.setState(({ results }) => {
    const known = results.some(({ id }) => id === evaluation.id);
    const next = known
      ? results.map((other) => (other.id === evaluation.id ? evaluation : other))
      : [...results, evaluation];
    return { results: next };
  });
});

/** Best or worst answers of a task. */
export function answerSamples(
  id: string,
  task: string,
  order: CallInput<'evaluation.samples'>['order'],
  count: number,
): Promise<readonly AnswerSample[]> {
  return worker.call('evaluation.samples', { id, task, order, count });
}

/** What the shortcut check of a result found so far. */
export function shortcutsOf(id: string): Promise<readonly ShortcutState[]> {
  return worker.call('evaluation.shortcuts', { id });
}

/** Compares two results question by question. */
export function compareResults(first: string, second: string): Promise<Comparison> {
  return worker.call('evaluation.compare', { first, second });
}

/** Saves every answer of these results. */
export async function saveAnswers(ids: readonly string[], format: AnswerFormat): Promise<void> {
  await orShowError(useEvaluation.setState, async () => {
    const { name, blob } = await worker.call('evaluation.export', { ids, format });
    await saveFile(blob, name);
  });
}
