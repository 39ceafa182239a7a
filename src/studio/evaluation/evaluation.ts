/** Measurements: which questions, how they are scored, which model states, and the results. */
import { z } from 'zod';
import { create } from 'zustand';
import { clearBest } from '../../engine/evaluation/statistics/clear-best.ts';
import { wilsonInterval } from '../../engine/evaluation/statistics/proportions.ts';
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
  HeldOutQuestions,
  QuestionPreview,
  RepeatedQuestions,
  ShortcutState,
} from '../../contract/evaluation.ts';
import type { KnownColumns } from '../../contract/data.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import { useRuns } from '../runs/runs.ts';
import { questionColumns } from './run-columns.ts';
import { saveFile } from '../exports/exports.ts';
import { readPreference, writePreference } from '../preferences.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { runTask } from '../tasks.ts';
import { keptSettings } from './kept-settings.ts';

export { nameInResults, answerFormats, clearBest, wilsonInterval };

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

/** What is asked of which states, and how it is scored. */
export interface Measurement {
  readonly states: readonly Candidate[];
  /** Bundled files, by name. */
  readonly bundled: readonly string[];
  /** A person's own files. */
  readonly own: readonly File[];
  readonly settings: EvaluationSettings;
}

/** What is being measured. */
interface Measuring {
  /** The task in the worker; null before it begins. */
  readonly task: string | null;
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
  /** Measures one state after the other; when the rest is cancelled, finished answers are kept. */
  readonly run: (measurement: Measurement) => Promise<void>;
  /** Goes on with an interrupted measurement, with the questions that are stored with it. */
  readonly resume: (id: string) => Promise<void>;
  /** Asks the questions of a result again, varied; answers so far stay when it is cancelled. */
  readonly checkShortcuts: (id: string) => Promise<void>;
  /** Looks for the questions of these results among the records on which a run trained. */
  readonly findOverlap: (ids: readonly string[], runId: string) => Promise<void>;
  /** Forgets a result. */
  readonly remove: (ids: readonly string[]) => Promise<void>;
  readonly dismissError: () => void;
}

/** A file that comes with the studio. @throws StudioError where it cannot be read */
export async function bundledFile(name: string): Promise<File> {
  return new File([await publicFiles(document.baseURI).read(`${bundledFolder}/${name}`)], name);
}

/** How columns are read where states of this run are asked. */
export function columnsFor(runId: string | null): readonly KnownColumns[] {
  const run = useRuns.getState().runs.find(({ id }) => id === runId);
  return questionColumns(run?.dataSetIds ?? []);
}

/** What a file would ask, read as a measurement of a state of this run would read it. */
export function previewFile(
  file: File,
  { closed, known }: Pick<CallInput<'evaluation.preview'>, 'closed' | 'known'>,
  runId: string | null,
): Promise<QuestionPreview> {
  const columns = columnsFor(runId);
  return worker.call('evaluation.preview', { files: [file], columns, closed, known });
}

/** Questions of a file that repeat records on which a run trained. */
export function repeatsOf(file: File, runId: string): Promise<readonly RepeatedQuestions[]> {
  return worker.call('evaluation.repeats', { files: [file], columns: columnsFor(runId), runId });
}

/** The records that a run kept for validation, as a file of questions. */
export function heldOutOf(runId: string): Promise<HeldOutQuestions> {
  return worker.call('evaluation.heldOut', { runId });
}

/** The run of the first state that a run left; null where all are base models. */
export function measuredRun(states: readonly ModelStateId[]): string | null {
  return states.find(({ runId }) => runId !== null)?.runId ?? null;
}

/** Files that are chosen now, bundled and dropped. @throws StudioError where a bundled file cannot be read */
export async function chosenFiles(): Promise<File[]> {
  const { chosen, own } = useEvaluation.getState();
  return filesOf({ bundled: chosen, own });
}

async function filesOf({ bundled, own }: Pick<Measurement, 'bundled' | 'own'>): Promise<File[]> {
  return [...(await Promise.all(bundled.map(bundledFile))), ...own];
}

type Choice = Pick<EvaluationState, 'chosen' | 'settings'>;

const choiceKey = 'evaluation-choice';
const choiceSchema = z.object({ chosen: z.array(z.string()), settings: keptSettings });

function keepChoice({ chosen, settings }: Choice): void {
  writePreference(choiceKey, { chosen, settings });
}

/** The questions and settings that were chosen before a reload. */
function keptChoice(): Choice {
  const names: readonly string[] = bundledFiles.map(({ name }) => name);
  const kept = readPreference(choiceKey, (value) => choiceSchema.safeParse(value).data ?? null);
  if (!kept) {
    return {
      chosen: names,
      settings: { maxItems: 100, choices: 'likelihood', perplexity: false },
    };
  }
  // Not every device multiplies in 16 bits: that is chosen anew each time.
  const { products: _anew, ...settings } = kept.settings;
  return { chosen: kept.chosen.filter((name) => names.includes(name)), settings };
}

/** Measurements: which files, which model states, and the results. */
export const useEvaluation = create<EvaluationState>()((set, get) => ({
  phase: 'loading',
  ...keptChoice(),
  own: [],
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
    keepChoice(get());
  },
  addFiles: (files) => set(({ own }) => ({ own: [...own, ...files] })),
  removeFile: (file) => set(({ own }) => ({ own: own.filter((known) => known !== file) })),
  set: (change) => {
    set(({ settings }) => ({ settings: { ...settings, ...change } }));
    keepChoice(get());
  },
  run: async ({ states, settings, ...asked }) => {
    if (get().running) return;
    set({ error: null });
    await measuring({ label: states[0]?.label ?? '', of: states.length }, async (begin) => {
      const files = await orShowError(set, () => filesOf(asked));
      if (!files) return;
      const columns = columnsFor(measuredRun(states.map(({ state }) => state)));
      for (const [index, { state, label }] of states.entries()) {
        const outcome = await runTask(
          (task) =>
            worker.call('evaluation.run', {
              ...{ state, label, files, settings, task },
              columns,
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
  findOverlap: async (ids, runId) => {
    for (const id of ids) {
      await measureOne(id, (task) => worker.call('evaluation.overlap', { id, runId, task }));
    }
  },
  remove: (ids) =>
    orShowError(set, async () => {
      await worker.call('evaluation.remove', { ids });
      set(({ results }) => ({ results: results.filter(({ id }) => !ids.includes(id)) }));
    }),
  dismissError: () => set({ error: null }),
}));

/** Shows what is measured while it is; `begin` is told each task with its place among all and its label. */
async function measuring(
  { label, of }: Pick<Measuring, 'label' | 'of'>,
  work: (begin: (task: string, index: number, label: string) => void) => Promise<void>,
): Promise<void> {
  const tell = (running: Measuring): void => useEvaluation.setState({ running });
  tell({ task: null, index: 0, of, label });
  try {
    await work((task, index, own) => tell({ task, index, of, label: own }));
  } finally {
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

/** Saves every answer of these results; lm-eval has a file for each. */
export async function saveAnswers(ids: readonly string[], format: AnswerFormat): Promise<void> {
  const parts = format === 'lm-eval' ? ids.map((id) => [id]) : [ids];
  await orShowError(useEvaluation.setState, async () => {
    for (const own of parts) {
      const { name, blob } = await worker.call('evaluation.export', { ids: own, format });
      // Whoever closes the first dialog wants no others.
      if ((await saveFile(blob, name)) === 'cancelled') return;
    }
  });
}
