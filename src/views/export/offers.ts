/** The files that a run can become: formats, approximate sizes, and why one cannot be built at the moment. */
import type { Language } from '../../studio/language.ts';
import { useModels } from '../../studio/models/models.ts';
import { isActive, trainedSnapshots } from '../../studio/runs/run-facts.ts';
import type { ExportChoice, FolderFormat, GgufFormat } from '../../contract/exports.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { RunSummary, BestStep } from '../../contract/runs.ts';
import { exportText } from './text.ts';

/** One number format of an offer. */
export interface ExportFormat {
  readonly choice: ExportChoice;
  readonly label: string;
  /** Approximate bytes of the file; null where it is small or its size is not known. */
  readonly bytes: number | null;
  /** Programs that open it, and what the format means. */
  readonly opens: string;
}

export interface ExportOffer {
  readonly id: ExportChoice['what'];
  readonly title: string;
  readonly text: string;
  readonly formats: readonly [ExportFormat, ...ExportFormat[]];
  /** Built in a moment: one press builds and saves. */
  readonly instant: boolean;
  /** Why it cannot be built now. */
  readonly reason: string | null;
  /** Of models: step and loss of the best step that was kept; null where there is none. */
  readonly best?: BestStep | null;
  /** Whether it quotes questions, unless that is switched off. */
  readonly quotes?: true;
  /** Of the archive: the optional contents, and why they are not available. */
  readonly parts?: {
    readonly branches: string | null;
    readonly checkpoint: string | null;
  };
}

function plain(what: 'metrics' | 'recipe', opens: string): ExportFormat {
  return { choice: { what, dtype: 'F32' }, label: 'F32', bytes: null, opens };
}

/** A folder or a text with a README in it, or which is one. */
function worded(
  choice: {
    readonly what: 'merged' | 'adapters' | 'card';
    readonly dtype: FolderFormat;
    readonly language: Language;
  },
  bytes: number | null,
  opens: string,
): ExportFormat {
  return { choice, label: choice.dtype, bytes, opens };
}

export function useOffers(run: RunSummary, language: Language): readonly ExportOffer[] {
  const t = exportText();
  const model = useModels(({ models }) => models.find(({ id }) => id === run.modelId) ?? null);
  const merged = run.snapshots.some(({ id }) => id === 'merged');
  const trained = trainedSnapshots(run).length > 0;
  const gone = model
    ? null
    : run.origin
      ? t.baseElsewhere(run.modelName)
      : t.baseGone(run.modelName);
  const busy = isActive(run) ? t.going : null;
  const without = run.origin && !run.origin.branches ? t.archivedWithout : null;
  const notMerged = merged ? null : (without ?? t.notMerged);
  const noBranches = trained ? null : (without ?? t.noStage);
  return [
    ...modelOffers(model, { best: mergedBest(run), reason: gone ?? busy ?? notMerged, language }),
    {
      id: 'adapters',
      title: t.adapters,
      text: t.adaptersText,
      formats: [
        worded({ what: 'adapters', dtype: 'F32', language }, null, t.adaptersF32),
        worded({ what: 'adapters', dtype: 'BF16', language }, null, t.adaptersBF16),
      ],
      instant: false,
      reason: busy ?? noBranches,
    },
    {
      id: 'run',
      title: t.archive,
      text: t.archiveText,
      formats: [
        {
          choice: { what: 'run', dtype: 'F32', branches: true, checkpoint: true, language },
          label: 'zip',
          bytes: null,
          opens: t.archiveOpens,
        },
      ],
      instant: false,
      reason: busy,
      parts: { branches: noBranches, checkpoint: run.checkpoint ? null : t.noCheckpoint },
    },
    {
      id: 'card',
      title: t.card,
      text: t.cardText,
      formats: [worded({ what: 'card', dtype: 'F32', language }, null, t.cardOpens)],
      instant: true,
      reason: null,
    },
    {
      id: 'ward',
      title: t.ward,
      text: t.wardText,
      formats: [
        {
          choice: { what: 'ward', dtype: 'F32', language },
          ...{ label: 'HTML', bytes: null, opens: t.wardOpens },
        },
      ],
      quotes: true,
      instant: true,
      reason: null,
    },
    {
      id: 'metrics',
      title: t.metrics,
      text: t.metricsText,
      formats: [plain('metrics', t.metricsOpens)],
      instant: true,
      reason: null,
    },
    {
      id: 'recipe',
      title: t.recipe,
      text: t.recipeText,
      formats: [plain('recipe', t.recipeOpens)],
      instant: true,
      reason: null,
    },
  ];
}

/** The best step of the last stage, where it is another than the last and its model has no branches beside the weights. */
function mergedBest(run: RunSummary): BestStep | null {
  const last = run.stages.length - 1;
  const best = run.best?.find(({ stage }) => stage === last);
  const snapshot = run.snapshots.find(({ id }) => id === `stage${last + 1}.best`);
  const isLast = best?.step === run.stages[last]?.stepsDone;
  return best && !isLast && snapshot?.branches.length === 0 ? best : null;
}

/** The merged model in the layouts of other programs, with the size that its weights will take. */
function modelOffers(
  model: ModelSummary | null,
  {
    best,
    reason,
    language,
  }: {
    readonly best: BestStep | null;
    readonly reason: string | null;
    readonly language: Language;
  },
): readonly ExportOffer[] {
  const t = exportText();
  const { parameters = 0, vocabularySize = 0, hiddenSize = 0 } = model ?? {};
  // 32 weights take 34 bytes in Q8_0 and 18 in Q4_0, which keeps the head in Q8_0.
  const head = vocabularySize * hiddenSize;
  const inQ8 = (parameters * 34) / 32;
  const inQ4 = ((parameters - head) * 18 + head * 34) / 32;
  const gguf = (dtype: GgufFormat, bytes: number, opens: string): ExportFormat => {
    return { choice: { what: 'gguf', dtype }, label: dtype, bytes, opens };
  };
  return [
    {
      id: 'merged',
      title: t.merged,
      text: t.mergedText,
      formats: [
        worded({ what: 'merged', dtype: 'F32', language }, parameters * 4, t.mergedF32),
        worded({ what: 'merged', dtype: 'BF16', language }, parameters * 2, t.mergedBF16),
      ],
      instant: false,
      best,
      reason,
    },
    {
      id: 'gguf',
      title: t.gguf,
      text: t.ggufText,
      formats: [
        gguf('F16', parameters * 2, t.ggufF16),
        gguf('Q8_0', inQ8, t.ggufQ8),
        gguf('Q4_0', inQ4, t.ggufQ4),
      ],
      instant: false,
      best,
      reason,
    },
  ];
}
