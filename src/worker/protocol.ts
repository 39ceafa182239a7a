/**
 * What the page and the worker say to each other. The page calls; the worker answers each call once and
 * sends events in between. Both ends know the same closed lists: a message of another kind is an error.
 */
import type { Precision } from '../engine/model/weight-storage.ts';
import type { ErrorDescription } from '../errors.ts';
import type { AdapterDescription } from '../engine/gpu/device.ts';
import type { KernelChoices } from '../engine/gpu/kernel.ts';
import type { BytesByRole } from '../engine/gpu/ledger.ts';
import type { Projection, Recipe } from '../engine/training/recipe/recipe.ts';
import type { TemplateNames } from '../text/tokenizer/tokenizer-files.ts';
import type { AblationCalls, AblationEvent } from './evaluation/ablation-protocol.ts';
import type { ArchiveCalls, RunOrigin } from './archive/archive-protocol.ts';
import type { EvaluateCalls, EvaluationEvent } from './evaluation/evaluate-protocol.ts';
import type { ExpertCalls, PairsEvent } from './experts/experts-protocol.ts';
import type { ChatCalls } from './chat/chat-protocol.ts';
import type { DataCalls, DataRow, ImportEvent } from './data/data-protocol.ts';
import type { HubCalls, HubEvent, ModelOrigin } from './hub/hub-protocol.ts';
import type { JudgeCalls, NetworkEvent } from './judge/judge-protocol.ts';
import type { PrecisionCalls } from './device/precision-protocol.ts';
import type { ProfileCalls } from './device/profile-protocol.ts';
import type { BestStep, DryRunReport, RunCalls, SamplesEvent } from './runs/run-protocol.ts';
import type { TuningCalls } from './device/tuning-protocol.ts';

// ---------------------------------------------------------------- device

export interface DeviceReport {
  readonly adapter: AdapterDescription;
  readonly memory: BytesByRole;
}

// ---------------------------------------------------------------- data sets

export type {
  AnswerReading,
  DataKind,
  DataRow,
  DataSetSummary,
  FieldMapping,
  FieldSample,
  FileInspection,
  Finding,
  ImportEvent,
  LengthHistogram,
  LineProblem,
  Message,
  ProblemData,
  ReadingChoices,
  ReasoningUse,
  RecordShape,
  RenderedRecord,
  SetSplit,
  TriedFile,
} from './data/data-protocol.ts';

// ---------------------------------------------------------------- models

export type TemplateChoice = 'model' | 'chatml' | 'plain';

export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly source: 'built-in' | 'folder' | 'hub';
  /** Of models from a hub. */
  readonly origin?: ModelOrigin;
  readonly architecture: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly feedForwardSize: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly licence: string;
  /** Whether the tokenizer brings a chat template, and which one is in use. */
  readonly hasTemplate: boolean;
  readonly template: TemplateChoice;
  /** Where it brings several templates: the one that is its own for chat, and the others. */
  readonly templateNames?: TemplateNames;
  /** How its frozen weights are kept on the device. */
  readonly precision: Precision;
  /** Why it is put aside: its texts are not made any more until it is tried again. */
  readonly aside?: ErrorDescription | null;
}

/** What a model takes in storage. */
export interface StoredModelReport {
  readonly id: string;
  readonly bytes: number;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    /** Hex, as it was when the file was stored. */
    readonly sha256: string;
  }[];
}

/** One stored file, read again. */
export interface FileCheck {
  readonly name: string;
  readonly bytes: number;
  readonly state: 'good' | 'damaged' | 'missing';
}

export interface MemoryItem {
  readonly name: string;
  readonly bytes: number;
}

/** What a run of this recipe on this model allocates, laid out before anything is. */
export interface MemoryReport {
  readonly stages: readonly {
    readonly name: string;
    readonly bytes: BytesByRole;
    readonly total: number;
    readonly trainableParameters: number;
    readonly dispatchesPerMicroBatch: number;
    readonly largestBinding: MemoryItem;
  }[];
  readonly peak: number;
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  /** Why it cannot run on this device, in words; empty when it can. */
  readonly obstacles: readonly string[];
}

// ---------------------------------------------------------------- runs

export type RunState =
  'preparing' | 'running' | 'paused' | 'interrupted' | 'finalising' | 'stopped' | 'failed' | 'done';

export interface StepMetrics {
  /** Stage index and optimiser step within it, both from 0. */
  readonly stage: number;
  readonly step: number;
  readonly nll: number;
  /** Σ|A_k A_dᵀ|, unweighted; null in stages without the term. */
  readonly orthogonal: number | null;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly targetTokens: number;
  readonly tokens: number;
  readonly milliseconds: number;
}

export interface ValidationPoint {
  readonly stage: number;
  readonly step: number;
  /** Token-mean nll by data kind; null where that kind has no validation records. */
  readonly knowledge: number | null;
  readonly alignment: number | null;
  /** Which weights were measured. */
  readonly snapshot: string;
}

export interface StageProgress {
  readonly name: string;
  readonly steps: number;
  readonly stepsDone: number;
  readonly records: number;
}

/** A state of the model that can be chatted with, evaluated and exported. */
export interface Snapshot {
  /** `base`, `stage1.end`, `stage1.after`, …, `merged`. */
  readonly id: string;
  readonly label: string;
  /** Names of branches still attached (not merged). */
  readonly branches: readonly string[];
}

/** What became of the records of a run's data sets. */
export interface RunData {
  /** Length at which records were cut, in tokens: of recipe, micro-batch and context, the least. */
  readonly maxLength: number;
  readonly truncated: number;
  /** Left out because no target was left of them. */
  readonly withoutTargets: number;
  readonly training: number;
  /** Kept apart to measure on. */
  readonly validation: number;
  /** Those that teach nothing, by reason, most frequent first; not told of runs before they were counted. */
  readonly leftOut?: readonly LeftOut[];
  /** Of those that teach: with an answer that the template puts no end behind, */
  readonly withoutEnd?: number;
  /** with reasoning that the template cuts off, */
  readonly reasoningDropped?: number;
  /** with something else before an answer than the template asks for it with. */
  readonly otherPrompt?: number;
  /** Records tokenised so far, while that goes on beside the training; the other counts are so far too. */
  readonly tokenised?: number;
}

/** Records that a run does without, for one reason. */
export interface LeftOut {
  /** Said of the first of them; its data names the data set and, where it is known, the line. */
  readonly reason: Required<ErrorDescription>;
  readonly count: number;
}

/** The kernels of a run. It keeps to them, whatever is chosen later, so that resumed it gives the same bits. */
export interface RunKernels {
  /** Variants other than the defaults, by kernel class. */
  readonly choices: KernelChoices;
  /** Fingerprint of the kernels' texts. */
  readonly fingerprint: string;
}

export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
  /** How the base is kept on the device; float32 in runs from before there was a choice. */
  readonly precision?: Precision;
  readonly state: RunState;
  readonly stages: readonly StageProgress[];
  readonly snapshots: readonly Snapshot[];
  readonly adapter: string;
  /** What it computes with; the defaults of their time in runs from before there was a choice. */
  readonly kernels?: RunKernels;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Where it can go on from after a reload; null when there is no checkpoint. */
  readonly checkpoint: { readonly stage: number; readonly step: number } | null;
  readonly error: Required<ErrorDescription> | null;
  readonly data?: RunData;
  readonly tags?: readonly string[];
  readonly notes?: string;
  /** Of the stages whose validation loss was measured between their steps. */
  readonly best?: readonly BestStep[];
  readonly dryRun?: DryRunReport;
  /** Where it was taken up with other kernels than it was recorded with: last bits may differ from there. */
  readonly kernelsChanged?: { readonly stage: number; readonly step: number };
  /** Of runs that were opened from an archive. */
  readonly origin?: RunOrigin;
}

export interface RunCurves {
  readonly steps: readonly StepMetrics[];
  readonly validation: readonly ValidationPoint[];
}

// ---------------------------------------------------------------- experts

/** Choices of one mixture linear for one task: counts over tokens. */
export interface RoutingCounts {
  readonly layer: number;
  readonly projection: Projection;
  readonly task: string;
  readonly tokens: number;
  /** E×E, row-major: [a][b] with a<b counts the unordered pair, the diagonal each expert. */
  readonly pairs: readonly number[];
  /** Sum of gate weights by expert. */
  readonly weights: readonly number[];
}

export interface RoutingReport {
  readonly runId: string;
  readonly experts: number;
  readonly active: number;
  readonly counts: readonly RoutingCounts[];
  /** The steps that were counted, where it is not the whole stage. */
  readonly steps: { readonly from: number; readonly to: number } | null;
  /** Whether the beginning and the end of the stage were counted apart. */
  readonly hasParts: boolean;
}

/** A text token by token: for every mixture linear the chosen experts and weights. */
export interface RoutingTrace {
  readonly tokens: readonly string[];
  readonly experts: number;
  readonly linears: readonly {
    readonly layer: number;
    readonly projection: Projection;
    /** tokens × K */
    readonly experts: readonly number[];
    readonly weights: readonly number[];
  }[];
}

// ---------------------------------------------------------------- chat

export interface SamplingSettings {
  /** 0 takes the most likely token. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 turns it off. */
  readonly topK: number;
  readonly repetitionPenalty: number;
  readonly maxTokens: number;
  readonly seed: number;
}

/** Which weights answer: a model, or a snapshot of a run on it. */
export interface ModelVariant {
  readonly modelId: string;
  readonly runId: string | null;
  readonly snapshot: string;
}

export interface GenerationResult {
  readonly text: string;
  /** Tokens of the answer, the one that ended it left out. */
  readonly ids: readonly number[];
  /** Tokens that the model holds, prompt and answer together. */
  readonly context: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly stopReason: 'end' | 'length' | 'stopped' | 'context';
  readonly millisecondsToFirst: number;
  readonly milliseconds: number;
}

// ---------------------------------------------------------------- calls

/** What of a run, and the number format of the weights in it. */
export type ExportChoice =
  | {
      readonly what: 'adapters' | 'metrics' | 'recipe' | 'card';
      readonly dtype: 'F32' | 'BF16';
    }
  /** The last state of the run or, on request, the last stage's best step; all branches merged. */
  | { readonly what: 'merged'; readonly dtype: 'F32' | 'BF16'; readonly best?: boolean }
  /** The run as an archive, with the branches of its stages and what it can be resumed from, or without. */
  | {
      readonly what: 'run';
      readonly dtype: 'F32';
      readonly branches: boolean;
      readonly checkpoint: boolean;
    }
  | {
      readonly what: 'gguf';
      readonly dtype: 'F16' | 'Q8_0' | 'Q4_0';
      readonly best?: boolean;
    };

/** Every call with what it takes and what it gives back. */
export interface Calls
  extends
    AblationCalls,
    ArchiveCalls,
    ChatCalls,
    DataCalls,
    EvaluateCalls,
    ExpertCalls,
    HubCalls,
    JudgeCalls,
    PrecisionCalls,
    ProfileCalls,
    RunCalls,
    TuningCalls {
  'device.open': { in: Record<string, never>; out: DeviceReport };
  'device.report': { in: Record<string, never>; out: DeviceReport };

  'model.list': { in: Record<string, never>; out: readonly ModelSummary[] };
  /** `paths[i]` is the path of `files[i]` inside the dropped folder. */
  'model.import': {
    in: { files: readonly File[]; paths: readonly string[]; name: string; task: string };
    out: ModelSummary;
  };
  'model.setTemplate': { in: { id: string; template: TemplateChoice }; out: ModelSummary };
  'model.setPrecision': { in: { id: string; precision: Precision }; out: ModelSummary };
  /** Uses a model again that was put aside. */
  'model.tryAgain': { in: { id: string }; out: ModelSummary };
  'model.remove': { in: { id: string }; out: null };
  'model.plan': { in: { modelId: string; recipe: Recipe }; out: MemoryReport };
  /** What each model takes in this browser's storage; built-in models take none. */
  'model.stored': { in: Record<string, never>; out: readonly StoredModelReport[] };
  /** Reads every stored file of a model again and compares it with what it must be. */
  'model.verify': { in: { id: string; task: string }; out: readonly FileCheck[] };

  /** Answers once the run is set up; steps then come as `run.steps` events. */
  'run.start': {
    in: { name: string; modelId: string; dataSetIds: readonly string[]; recipe: Recipe };
    out: RunSummary;
  };
  'run.pause': { in: { id: string }; out: null };
  /** Goes on after a pause, or from the last checkpoint after an interruption. */
  'run.resume': { in: { id: string }; out: RunSummary };
  /** Exactly one optimiser step of a paused run. */
  'run.single': { in: { id: string }; out: null };
  /** Ends the run early and keeps what it has. */
  'run.stop': { in: { id: string }; out: null };
  'run.list': { in: Record<string, never>; out: readonly RunSummary[] };
  'run.curves': { in: { id: string }; out: RunCurves };
  'run.rename': { in: { id: string; name: string }; out: RunSummary };
  'run.remove': { in: { id: string }; out: null };
  /** The records of a step, for tracing a bad loss. */
  'run.records': { in: { id: string; stage: number; step: number }; out: readonly DataRow[] };

  'export.build': {
    in: ExportChoice & { runId: string; task: string };
    out: { readonly name: string; readonly blob: Blob };
  };

  /** Ends the import, generation, evaluation or export that carries this name. */
  'task.cancel': { in: { task: string }; out: null };
  'storage.estimate': {
    in: Record<string, never>;
    out: { readonly usage: number; readonly quota: number; readonly persistent: boolean };
  };
}

export type CallKind = keyof Calls;
export type CallInput<K extends CallKind> = Calls[K]['in'];
export type CallOutput<K extends CallKind> = Calls[K]['out'];

// ---------------------------------------------------------------- messages

export type Request = {
  [K in CallKind]: { readonly id: number; readonly kind: K; readonly input: CallInput<K> };
}[CallKind];

export type Response =
  | { readonly type: 'result'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: Required<ErrorDescription> };

export type WorkerEvent =
  | AblationEvent
  | EvaluationEvent
  | HubEvent
  | ImportEvent
  | NetworkEvent
  | PairsEvent
  | SamplesEvent
  | {
      readonly type: 'progress';
      readonly task: string;
      /** 0 … 1, or null while the total is unknown. */
      readonly fraction: number | null;
      readonly note: string;
    }
  /** New steps of a run, a few at a time. */
  | { readonly type: 'run.steps'; readonly runId: string; readonly steps: readonly StepMetrics[] }
  | { readonly type: 'run.validation'; readonly runId: string; readonly point: ValidationPoint }
  /** State, progress, snapshots or error of a run changed. */
  | { readonly type: 'run.changed'; readonly run: RunSummary }
  | { readonly type: 'model.changed'; readonly model: ModelSummary }
  | { readonly type: 'experts.changed'; readonly runId: string }
  | {
      readonly type: 'chat.text';
      readonly task: string;
      readonly text: string;
      readonly tokens: number;
    }
  | { readonly type: 'device.memory'; readonly memory: BytesByRole }
  | { readonly type: 'device.fault'; readonly error: Required<ErrorDescription> };

export type FromWorker = Response | WorkerEvent;
