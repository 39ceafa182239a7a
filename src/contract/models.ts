/** What page and worker say about models: what they are, what they take, how their weights are kept. */
import { z } from 'zod';
import type { FormatError } from '../engine/evaluation/format-error.ts';
import type { BytesByRole } from '../engine/gpu/ledger.ts';
import type { WeightFormat } from '../engine/kernels/linear/weight-formats.ts';
import { precisions, type Precision } from '../engine/model/settings.ts';
import type { PrecisionNeeds } from '../engine/training/recipe/precision-needs.ts';
import type { TrainingProposal } from '../engine/training/recipe/proposal.ts';
import type { FaultDescription, Note } from '../faults/catalogue.ts';
import type { TemplateNames } from '../text/tokenizer/tokenizer-files.ts';
import { takes } from './call.ts';
import { makingTokens, openingModel, planning, readingModel, readingTexts } from './faults.ts';
import { count, file, id, recipe, task } from './fields.ts';
import type { ModelOrigin } from './hub.ts';

export type { FormatError, Precision, PrecisionNeeds, TrainingProposal, WeightFormat };

const template = z.enum(['model', 'chatml', 'plain']);
export type TemplateChoice = z.infer<typeof template>;

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
  /** Where it brings several templates: the template meant for chat, and the others. */
  readonly templateNames?: TemplateNames;
  /** How its frozen weights are kept on the device. */
  readonly precision: Precision;
  /** Why it is set aside: it renders and tokenises nothing until it is tried again. */
  readonly aside?: FaultDescription | null;
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

/** The memory that a run of this recipe on this model allocates, laid out in advance. */
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
  readonly obstacles: readonly Note[];
}

/** A base that is known to train well, as its publisher describes it. */
export interface CatalogueEntry {
  /** Owner and name on the hub. */
  readonly name: string;
  readonly licence: string;
  /** Of its files, about. */
  readonly bytes: number;
  readonly architecture: string;
  readonly contextLength: number;
  readonly parameters: number;
  /** Why the engine does not run it; null where it does. */
  readonly refused: FaultDescription | null;
}

/** What a run takes on a known base, by the precision of its frozen weights. */
export type CatalogueNeeds = readonly Pick<PrecisionNeeds, 'precision' | 'peak' | 'obstacles'>[];

const precision = z.enum(precisions);

export const modelCalls = {
  'models.list': takes({})
    .fails(...openingModel)
    .gives<readonly ModelSummary[]>(),
  /** `paths[i]` is the path of `files[i]` inside the dropped folder. */
  'models.import': takes({
    files: z.array(file).min(1).readonly(),
    paths: z.array(z.string().min(1).max(1000)).readonly(),
    name: z.string().max(200),
    task,
  })
    .fails(...readingModel, ...makingTokens, 'model-in-use')
    .gives<ModelSummary>(),
  'models.setTemplate': takes({ id, template })
    .fails(...openingModel, ...makingTokens)
    .gives<ModelSummary>(),
  'models.setPrecision': takes({ id, precision })
    .fails(...openingModel)
    .gives<ModelSummary>(),
  /** Uses a model again that was set aside. */
  'models.tryAgain': takes({ id })
    .fails(...openingModel)
    .gives<ModelSummary>(),
  'models.remove': takes({ id })
    .fails('files', 'public-file-missing', 'model-built-in', 'model-in-use')
    .gives<null>(),
  'models.plan': takes({ modelId: id, recipe })
    .onDevice('stored')
    .fails(...planning)
    .gives<MemoryReport>(),
  /** Known bases, the smallest first; nothing is asked of any hub. */
  'models.catalogue': takes({}).gives<readonly CatalogueEntry[]>(),
  /** The memory of a run on a known base; null for a name that is not in the catalogue. */
  'models.catalogueNeeds': takes({ name: z.string().max(200), recipe })
    .onDevice('stored')
    .fails(...planning)
    .gives<CatalogueNeeds | null>(),
  /** What each model takes in this browser's storage; built-in models take none. */
  'models.stored': takes({}).gives<readonly StoredModelReport[]>(),
  /** Reads every stored file of a model again and compares it with what it must be. */
  'models.verify': takes({ id, task })
    .fails('files', 'model-missing', 'file-damaged', 'storage-changing', 'cancelled')
    .gives<readonly FileCheck[]>(),
};

export const precisionCalls = {
  /** Bytes and exactness of a model in every precision, with this recipe; laid out, nothing is allocated. */
  'models.precisions': takes({ modelId: id, recipe })
    .onDevice('stored')
    .fails(...planning)
    .gives<readonly PrecisionNeeds[]>(),
  /** The changes to a recipe that keep a run within `budget` bytes and the device's limits. */
  'models.proposals': takes({
    modelId: id,
    recipe,
    budget: z.number().gt(0),
    /** Tokens of the longest record in use; null where that is not known. */
    longest: count.nullable(),
  })
    .onDevice('stored')
    .fails(...planning)
    .gives<TrainingProposal>(),
  /** Error of a precision against the file's own numbers. Progress comes as `tasks.progress` events. */
  'models.formatError': takes({ modelId: id, precision, task })
    .onDevice('stored')
    .fails(...readingTexts)
    .gives<FormatError>(),
};
