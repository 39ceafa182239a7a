import { create } from 'zustand';
import type { StudioError } from '../errors.ts';
import { asStudioError } from '../errors.ts';
import { publicFiles } from '../storage/fetch.ts';
import { worker } from '../worker/client.ts';
import type { EvaluationResult, ModelVariant } from '../worker/protocol.ts';
import { readPreference, writePreference } from './preferences.ts';
import { runTask } from './tasks.ts';

/** Evaluation files that come with the studio: test splits, none of them in the sample data. */
export const bundledFiles = [
  {
    name: 'medmcqa.evaluation.jsonl',
    title: 'MedMCQA',
    what: 'exam questions',
    kind: 'knowledge',
  },
  {
    name: 'mmlu-medical.evaluation.jsonl',
    title: 'MMLU medical',
    what: 'exam questions',
    kind: 'knowledge',
  },
  {
    name: 'bc5cdr-entities.evaluation.jsonl',
    title: 'BC5CDR',
    what: 'chemicals and diseases in a sentence',
    kind: 'alignment',
  },
  {
    name: 'mts-section.evaluation.jsonl',
    title: 'MTS-Dialog',
    what: 'section of the note',
    kind: 'alignment',
  },
] as const;

const bundledFolder = 'samples';

/** A model state to measure, with the words it is shown under. */
export interface Candidate {
  readonly variant: ModelVariant;
  readonly label: string;
}

/** What one candidate scored, with what it was measured on. */
export interface Measured {
  readonly key: string;
  readonly label: string;
  readonly files: readonly string[];
  readonly maxItems: number;
  readonly finishedAt: number;
  readonly result: EvaluationResult;
}

interface EvaluationState {
  /** Bundled files that are chosen, by name. */
  readonly chosen: readonly string[];
  /** Files that were dropped or picked; all of them are used. */
  readonly own: readonly File[];
  /** Most items taken, in turn from every task; 0 takes all. */
  readonly maxItems: number;
  readonly running: {
    readonly task: string;
    readonly index: number;
    readonly of: number;
    readonly label: string;
  } | null;
  readonly results: readonly Measured[];
  readonly error: StudioError | null;
  readonly choose: (name: string, on: boolean) => void;
  readonly addFiles: (files: readonly File[]) => void;
  readonly removeFile: (file: File) => void;
  readonly setMaxItems: (count: number) => void;
  /** Measures one candidate after the other; what is finished stays when the rest is cancelled. */
  readonly run: (candidates: readonly Candidate[]) => Promise<void>;
  /** Forgets what was measured. */
  readonly clear: () => void;
  readonly dismissError: () => void;
}

export function variantKey({ modelId, runId, snapshot }: ModelVariant): string {
  return `${modelId}/${runId ?? ''}/${snapshot}`;
}

/** Results kept over a reload; anything of another form is from another version and forgotten. */
function parseResults(value: unknown): readonly Measured[] | null {
  if (!Array.isArray(value)) return null;
  const whole = value.every((item: unknown) => {
    const { key, label, files, result } = (item ?? {}) as Partial<Measured>;
    return (
      typeof key === 'string' &&
      typeof label === 'string' &&
      Array.isArray(files) &&
      Array.isArray(result?.scores)
    );
  });
  return whole ? (value as Measured[]) : null;
}

/** Measurements: which files, which model states, and what came out. */
export const useEvaluation = create<EvaluationState>()((set, get) => ({
  chosen: bundledFiles.map(({ name }) => name),
  own: [],
  maxItems: 100,
  running: null,
  results: readPreference('evaluation', parseResults) ?? [],
  error: null,
  choose: (name, on) => {
    set(({ chosen }) => {
      const others = chosen.filter((known) => known !== name);
      return { chosen: on ? [...others, name] : others };
    });
  },
  addFiles: (files) => set(({ own }) => ({ own: [...own, ...files] })),
  removeFile: (file) => set(({ own }) => ({ own: own.filter((known) => known !== file) })),
  setMaxItems: (maxItems) => set({ maxItems }),
  run: async (candidates) => {
    if (get().running) return;
    const { chosen, own, maxItems } = get();
    set({ error: null });
    let files: File[];
    try {
      files = [...(await readBundled(chosen)), ...own];
    } catch (thrown) {
      set({ error: asStudioError(thrown) });
      return;
    }
    for (const [index, { variant, label }] of candidates.entries()) {
      const outcome = await runTask(
        (task) => worker.call('evaluate.run', { variant, files, maxItems, task }),
        (task) => set({ running: { task, index, of: candidates.length, label } }),
      );
      if (outcome.status === 'failed') set({ error: outcome.error });
      if (outcome.status !== 'done') break;
      const key = variantKey(variant);
      const measured: Measured = {
        key,
        label,
        files: files.map(({ name }) => name),
        maxItems,
        finishedAt: Date.now(),
        result: outcome.value,
      };
      const known = get().results.some((other) => other.key === key);
      const results = known
        ? get().results.map((other) => (other.key === key ? measured : other))
        : [...get().results, measured];
      writePreference('evaluation', results);
      set({ results });
    }
    set({ running: null });
  },
  clear: () => {
    writePreference('evaluation', null);
    set({ results: [] });
  },
  dismissError: () => set({ error: null }),
}));

async function readBundled(names: readonly string[]): Promise<File[]> {
  const files = publicFiles(document.baseURI);
  return Promise.all(
    names.map(async (name) => new File([await files.read(`${bundledFolder}/${name}`)], name)),
  );
}
