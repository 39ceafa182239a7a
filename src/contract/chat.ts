/** What page and worker say about conversations, and about the training records behind an answer. */
import { z } from 'zod';
import { MESSAGE_ROLES } from '../formats/records/record-types.ts';
import type { StopReason } from '../engine/inference/generator.ts';
import { productTypes } from '../engine/model/settings.ts';
import type { Projection } from '../engine/model/projections.ts';
import { takes } from './call.ts';
import type { DataRow } from './data.ts';
import { loadingState, preparing, readingRows, readingTexts } from './faults.ts';
import { id, modelStateId, task } from './fields.ts';

const messages = z
  .array(z.strictObject({ role: z.enum(MESSAGE_ROLES), content: z.string() }))
  .min(1)
  .readonly();

const settings = z.strictObject({
  /** 0 takes the most likely token. */
  temperature: z.number().min(0).max(100),
  topP: z.number().min(0).max(1),
  /** 0 turns it off. */
  topK: z.int().min(0),
  repetitionPenalty: z.number().gt(0).max(100),
  maxTokens: z.int().min(1),
  seed: z.int().min(0).max(0xffffffff),
  /** What products multiply while prompts are read; float32 unless told otherwise. */
  products: z.enum(productTypes).exactOptional(),
  /** Also measures how sure the model is of its answer, by one more pass over it. */
  sureness: z.boolean().exactOptional(),
});
export type SamplingSettings = Readonly<z.infer<typeof settings>>;

export interface GenerationResult {
  readonly text: string;
  /** Tokens of the answer, without the token that ended it. */
  readonly ids: readonly number[];
  /** The most tokens that the model can hold, prompt and answer together. */
  readonly context: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly stopReason: StopReason;
  readonly millisecondsToFirst: number;
  readonly milliseconds: number;
  /** exp of the mean log p of the answer's tokens, 0 … 1; null where it was not asked for, or nothing was written. */
  readonly sureness: number | null;
}

/** The choices of every mixture for each token of a reply. */
export interface ReplyRouting {
  /** Text of each token; a character that spans several tokens belongs to the last of them. */
  readonly tokens: readonly string[];
  /** Experts of a mixture, and how many of them each token uses. */
  readonly experts: number;
  readonly active: number;
  readonly linears: readonly {
    readonly layer: number;
    readonly projection: Projection;
    /** tokens × active, the expert with the larger weight first. */
    readonly experts: Uint8Array;
    readonly weights: Float32Array;
  }[];
}

/** A text that the prompts of some data sets have in common. */
export interface SharedText {
  readonly text: string;
  readonly dataSets: readonly string[];
}

/** How the prompts of a run's records look, as far as its data sets are here. */
export interface TrainedForm {
  /** System prompts that more than half of a set's records have. */
  readonly systems: readonly SharedText[];
  /** What stands before the text of every prompt of a set. */
  readonly instructions: readonly SharedText[];
  /** A short prompt of each set, if possible of a record that was kept apart from training. */
  readonly prompts: readonly { readonly dataSet: string; readonly text: string }[];
}

/** A piece of an answer, as it comes. */
export interface AnswerPiece {
  readonly task: string;
  readonly text: string;
  readonly tokens: number;
}

export const chatCalls = {
  /** Tokens come as `chat.text` events carrying `task`. */
  'chat.generate': takes({
    task,
    state: modelStateId,
    messages,
    settings,
  })
    .onDevice('conversation')
    .fails(...loadingState, 'products-need-float16')
    .gives<GenerationResult>(),
  /** Logits of the last prompt position, to compare model states. */
  'chat.logits': takes({ state: modelStateId, messages })
    .onDevice('conversation')
    .fails(...loadingState)
    .gives<Float32Array>(),
  /** Log p per token of each of these answers to the messages, in their order, as Evaluate compares them. */
  'chat.options': takes({
    state: modelStateId,
    messages,
    options: z.array(z.string().min(1).max(2000)).min(1).max(26).readonly(),
  })
    .onDevice('conversation')
    .fails(...loadingState)
    .gives<readonly number[]>(),
  /** The number of tokens of these messages as a prompt, and the model's limit. Needs no device. */
  'chat.count': takes({ state: modelStateId, messages })
    .fails(...readingTexts, 'run-missing')
    .gives<{
      readonly tokens: number;
      readonly context: number;
    }>(),
  /** How the prompts look on which a run was trained. Needs no device. */
  'chat.trainedForm': takes({ runId: id })
    .fails('run-missing', 'public-file-missing', ...readingRows)
    .gives<TrainedForm>(),
  /**
   * The choices of the mixtures for each token of a reply, found by one forward pass over prompt and
   * reply. Refused with `routing-missing` where no mixture is attached.
   */
  'chat.routing': takes({
    state: modelStateId,
    messages,
    ids: z.array(z.int().min(0).max(0xffffffff)).min(1).max(65536).readonly(),
    task,
  })
    .onDevice('conversation')
    .fails(...loadingState, 'routing-missing')
    .gives<ReplyRouting>(),
};

/** A training record, and how much its gradient is like the phrase's. */
export interface TeachingRecord {
  readonly dataSetId: string;
  readonly row: DataRow;
  /** Mean cosine over the stages that trained on it, −1 … 1. */
  readonly likeness: number;
}

export interface TeachingRecords {
  /** Those most alike, in falling order. */
  readonly records: readonly TeachingRecord[];
  /** Records that were compared, and those that the run trained on. */
  readonly compared: number;
  readonly trained: number;
}

export const attributionCalls = {
  /**
   * Ranks training records of a run by the likeness of their gradients to that of a phrase in an answer. The first
   * time, it computes the gradients of the records; they are kept until another run is asked about.
   */
  'chat.teachingRecords': takes({
    /** The state that answered: stages that it knows nothing of do not count. */
    state: modelStateId,
    messages,
    /** The answer up to the phrase, and the phrase. */
    before: z.string().max(100_000),
    phrase: z.string().min(1).max(10_000),
    task,
  })
    .onDevice('conversation')
    .fails(...loadingState, ...preparing, 'data-missing', 'run-inputs-changed')
    .gives<TeachingRecords>(),
};
