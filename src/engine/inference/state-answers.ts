/** What a model state on the device says and scores, with its products in float32 or float16. */
import { fault } from '../../faults/fault.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import type { TokenRecord } from '../model/packing.ts';
import type { DecodeOptions } from './decode-plan.ts';
import {
  Generator,
  type SamplingSettings,
  type StreamHooks,
  type StreamResult,
} from './generator.ts';
import { Scorer, type RecordScore } from './scorer.ts';

/** Weights and branches on the device, and how keys and values are cached. */
export type Decoding = Pick<DecodeOptions, 'config' | 'weights' | 'branches' | 'cache'>;

/** Sequences that `generateBatch` works on at once. */
const batchSlots = 8;
/** Rows of a scoring pass, at least; long records get as many as they need. */
const scoreRows = 512;

/** @throws StudioError `prompt-too-long` for a prompt without tokens or without room for an answer */
export function checkPrompt({ length }: Uint32Array, context: number): void {
  if (length > 0 && length < context) return;
  throw fault('prompt-too-long', { tokens: length, context }, { kept: 'conversation' });
}

/**
 * Answers, scores and logits of a model state; each kind of work allocates what it needs at its first use. What is
 * asked while another answer is under way waits for it: they work in the same buffers.
 */
export class StateAnswers {
  readonly products: Products;
  readonly #gpu: Gpu;
  readonly #decoding: Decoding & { readonly products: Products };
  readonly #context: number;
  #single: Generator | null = null;
  #batch: Generator | null = null;
  #scorer: Scorer | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param context the longest sequence, in tokens */
  constructor(gpu: Gpu, decoding: Decoding, context: number, products: Products) {
    this.#gpu = gpu;
    this.#decoding = { ...decoding, products };
    this.#context = context;
    this.products = products;
  }

  /**
   * Streams an answer to a prompt.
   * @throws StudioError `prompt-too-long`
   */
  stream(
    prompt: Uint32Array,
    settings: SamplingSettings,
    hooks: StreamHooks,
  ): Promise<StreamResult> {
    return this.#inTurn(async () => (await this.#one(prompt)).stream(prompt, settings, hooks));
  }

  /** Greedy answers to many prompts, several at a time, without stop tokens. */
  generateBatch(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    stopIds: readonly number[],
    cancelled?: () => boolean,
  ): Promise<Uint32Array[]> {
    return this.#inTurn(async () => {
      const generator = await this.#many(prompts, maxTokens);
      return generator.greedy(prompts, maxTokens, stopIds, cancelled);
    });
  }

  /** The same with drawn tokens; each prompt has a seed of its own, counted from that of the settings. */
  sampleBatch(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    stopIds: readonly number[],
    settings: SamplingSettings,
    cancelled?: () => boolean,
  ): Promise<Uint32Array[]> {
    return this.#inTurn(async () => {
      const generator = await this.#many(prompts, maxTokens);
      return generator.sampled(prompts, maxTokens, stopIds, settings, cancelled);
    });
  }

  /**
   * Logits after the last token of a prompt, [vocabulary].
   * @throws StudioError `prompt-too-long`
   */
  logits(prompt: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#inTurn(async () => (await this.#one(prompt)).logits(prompt));
  }

  /** Sum of −log p and number of targets of each record, and whether the model would write them greedily. */
  score(records: readonly TokenRecord[]): Promise<RecordScore[]> {
    return this.#inTurn(() => this.#score(records));
  }

  async #score(records: readonly TokenRecord[]): Promise<RecordScore[]> {
    const longest = Math.max(1, ...records.map(({ ids }) => ids.length));
    if (this.#scorer && this.#scorer.options.rows < longest) {
      this.#scorer.release();
      this.#scorer = null;
    }
    this.#scorer ??= await Scorer.create(this.#gpu, {
      ...this.#decoding,
      greedy: true,
      rows: Math.max(scoreRows, Math.ceil(longest / 64) * 64),
    });
    return this.#scorer.score(records);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The generator of a single sequence, for a prompt that fits it. */
  async #one(prompt: Uint32Array): Promise<Generator> {
    checkPrompt(prompt, this.#context);
    this.#single ??= await Generator.create(this.#gpu, {
      ...this.#decoding,
      slots: 1,
      capacity: this.#context,
    });
    return this.#single;
  }

  /** The generator of many sequences, with room for the longest of these prompts and its answer. */
  async #many(prompts: readonly Uint32Array[], maxTokens: number): Promise<Generator> {
    const longest = Math.max(1, ...prompts.map(({ length }) => length));
    const needed = Math.min(this.#context, longest + maxTokens);
    if (this.#batch && this.#batch.capacity < needed) {
      this.#batch.release();
      this.#batch = null;
    }
    for (const prompt of prompts) checkPrompt(prompt, this.#context);
    this.#batch ??= await Generator.create(this.#gpu, {
      ...this.#decoding,
      slots: batchSlots,
      capacity: needed,
    });
    return this.#batch;
  }

  release(): void {
    this.#single?.release();
    this.#batch?.release();
    this.#scorer?.release();
    this.#single = null;
    this.#batch = null;
    this.#scorer = null;
  }
}
