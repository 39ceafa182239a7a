/** Generates text: one streamed answer, batches of greedy answers, or logits only. */
import type { Gpu } from '../gpu/device.ts';
import { preparePlans, type Plan } from '../gpu/plan.ts';
import { profileSteps, type PlanProfile, type ProfileOptions } from '../gpu/profile.ts';
import { ReadbackRing } from '../gpu/readback.ts';
import { viewTensor } from '../gpu/tensor.ts';
import {
  endedRow,
  samplingWords,
  stopTokens,
  stopWords,
  type SamplingSettings,
} from '../kernels/sampling/sampling.ts';
import { planDecoding, prefillRows, type DecodeOptions, type DecodePlan } from './decode-plan.ts';

export type { SamplingSettings };

export type StopReason = 'end' | 'length' | 'stopped' | 'context';

export interface StreamHooks {
  /** Ids that end the answer; they are not part of it. At most 16. */
  readonly stopIds: readonly number[];
  readonly maxTokens: number;
  readonly onToken: (id: number) => void;
  /** Called after each token: whether the answer ended with it, by text that spans several tokens. */
  readonly ended?: () => boolean;
  /** Called after each token. */
  readonly stopped: () => boolean;
}

export interface StreamResult {
  readonly ids: readonly number[];
  readonly stopReason: StopReason;
  readonly millisecondsToFirst: number;
  readonly milliseconds: number;
}

const greedySettings: SamplingSettings = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  seed: 0,
};

/** Decode steps that may be queued before the host looks at their tokens. */
const stepsInFlight = 3;
/** Steps of a batch between looks at whether every row has ended. */
const stepsBetweenLooks = 16;

/** Where the tokens of every step come back from the device. */
export function tokenRing(slots: number): ReadbackRing {
  return new ReadbackRing('generated tokens', Math.max(4, slots * 4), stepsInFlight);
}

/** Generates text for up to `slots` sequences at once with caches of fixed capacity. */
export class Generator {
  readonly #gpu: Gpu;
  readonly #plan: DecodePlan;
  readonly #ring: ReadbackRing;
  #prefill: Plan | null = null;
  #decode: Plan | null = null;

  private constructor(gpu: Gpu, options: Omit<DecodeOptions, 'traits'>) {
    this.#gpu = gpu;
    this.#plan = planDecoding({ ...options, traits: gpu.traits });
    this.#ring = tokenRing(options.slots);
  }

  /** Begins to compile for such a generator; nothing has to be on the device yet. Returns as `Gpu.warm`. */
  static warm(gpu: Gpu, options: Omit<DecodeOptions, 'traits'>): Promise<void> {
    const { prefill, decode } = planDecoding({ ...options, traits: gpu.traits });
    return gpu.warm([prefill, decode]);
  }

  /** Allocates caches and compiles; weights and branches must be on the device. */
  static async create(gpu: Gpu, options: Omit<DecodeOptions, 'traits'>): Promise<Generator> {
    const generator = new Generator(gpu, options);
    const plan = generator.#plan;
    try {
      await gpu.allocate([...plan.buffers, ...generator.#ring.specs]);
      const specs = [plan.prefill, plan.decode] as const;
      [generator.#prefill, generator.#decode] = await preparePlans(gpu, specs, plan.pool);
    } catch (error) {
      generator.release();
      throw error;
    }
    return generator;
  }

  get capacity(): number {
    return this.#plan.options.capacity;
  }

  get slots(): number {
    return this.#plan.options.slots;
  }

  get dispatchesPerToken(): number {
    return this.#decode?.dispatches ?? 0;
  }

  /**
   * Puts prompts into the caches, except the last token of each, and makes the rows ready to decode.
   * @throws RangeError for an empty prompt, or a prompt that leaves no room to answer
   */
  #begin(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    settings: readonly SamplingSettings[],
    stopIds: readonly number[],
  ): void {
    const { slots, capacity } = this.#plan.options;
    if (prompts.length > slots)
      throw new RangeError(`${prompts.length} prompts for ${slots} slots`);
    const plan = this.#plan;
    const history = new Uint32Array(slots * capacity);
    const lengths = new Uint32Array(slots);
    const limits = new Uint32Array(slots);
    const ids = new Uint32Array(slots);
    const positions = new Uint32Array(slots).fill(endedRow);
    const stream: { id: number; position: number; slot: number }[] = [];
    prompts.forEach((prompt, slot) => {
      const last = prompt.length - 1;
      if (last < 0 || prompt.length >= capacity) {
        throw new RangeError(`A prompt of ${prompt.length} tokens for a capacity of ${capacity}`);
      }
      history.set(prompt, slot * capacity);
      lengths[slot] = prompt.length;
      limits[slot] = Math.min(capacity, prompt.length + maxTokens);
      ids[slot] = prompt[last] ?? 0;
      positions[slot] = last;
      prompt.subarray(0, last).forEach((id, position) => stream.push({ id, position, slot }));
    });
    const gpu = this.#gpu;
    for (let first = 0; first < stream.length; first += prefillRows) {
      const rows = stream.slice(first, first + prefillRows);
      const values = {
        ids: new Uint32Array(prefillRows),
        positions: new Uint32Array(prefillRows).fill(endedRow),
        slots: new Uint32Array(prefillRows).fill(endedRow),
      };
      rows.forEach((row, index) => {
        values.ids[index] = row.id;
        values.positions[index] = row.position;
        values.slots[index] = row.slot;
      });
      gpu.write(plan.prefillInputs.ids, values.ids);
      gpu.write(plan.prefillInputs.positions, values.positions);
      gpu.write(plan.prefillInputs.slots, values.slots);
      this.#prefill?.submit();
    }
    gpu.write(plan.history, history);
    gpu.write(plan.lengths, lengths);
    gpu.write(plan.limits, limits);
    gpu.write(plan.decodeInputs.ids, ids);
    gpu.write(plan.decodeInputs.positions, positions);
    gpu.write(
      plan.decodeInputs.slots,
      Uint32Array.from({ length: slots }, (_, slot) => slot),
    );
    const rows = Array.from({ length: slots }, (_, slot) => settings[slot] ?? greedySettings);
    gpu.write(plan.settings, samplingWords(rows));
    gpu.write(plan.stop, stopWords(stopIds.slice(0, stopTokens)));
  }

  /** Answers one prompt token by token; a few steps are queued ahead of the tokens read. */
  async stream(
    prompt: Uint32Array,
    settings: SamplingSettings,
    hooks: StreamHooks,
  ): Promise<StreamResult> {
    const started = performance.now();
    this.#begin([prompt], hooks.maxTokens, [settings], hooks.stopIds);
    const room = Math.min(hooks.maxTokens, this.capacity - prompt.length);
    const first = viewTensor(this.#plan.tokens, 0, [1]);
    const queue: Promise<ArrayBuffer>[] = [];
    const ids: number[] = [];
    let submitted = 0;
    let toFirst = 0;
    let stopReason: StopReason = room < hooks.maxTokens ? 'context' : 'length';
    while (ids.length < room) {
      while (queue.length < stepsInFlight && submitted < room) {
        // One submission: a step and the copy of its token.
        const read = this.#ring.read(this.#gpu, first, this.#decode);
        // Awaited in order below; an earlier failure must not leave this one unhandled.
        read.catch(() => undefined);
        queue.push(read);
        submitted += 1;
      }
      const next = queue.shift();
      if (!next) break;
      const id = new Uint32Array(await next)[0] ?? 0;
      if (ids.length === 0) toFirst = performance.now() - started;
      if (hooks.stopIds.includes(id)) {
        stopReason = 'end';
        break;
      }
      ids.push(id);
      hooks.onToken(id);
      if (hooks.ended?.()) {
        stopReason = 'end';
        break;
      }
      if (hooks.stopped()) {
        stopReason = 'stopped';
        break;
      }
    }
    await Promise.all(queue);
    return {
      ids,
      stopReason,
      millisecondsToFirst: toFirst,
      milliseconds: performance.now() - started,
    };
  }

  /** Greedy answers to any number of prompts, `slots` at a time, without stop tokens. */
  greedy(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    stopIds: readonly number[],
    cancelled?: () => boolean,
  ): Promise<Uint32Array[]> {
    return this.sampled(prompts, maxTokens, stopIds, greedySettings, cancelled);
  }

  /** The same with drawn tokens; each prompt has a seed of its own, counted from that of the settings. */
  async sampled(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    stopIds: readonly number[],
    settings: SamplingSettings,
    cancelled: () => boolean = () => false,
  ): Promise<Uint32Array[]> {
    const answers: Uint32Array[] = [];
    const { slots, capacity } = this.#plan.options;
    for (let first = 0; first < prompts.length && !cancelled(); first += slots) {
      const group = prompts.slice(first, first + slots);
      const drawn = group.map((_, slot) => ({ ...settings, seed: settings.seed + first + slot }));
      this.#begin(group, maxTokens, drawn, stopIds);
      for (let step = 0; step < maxTokens; step += 1) {
        this.#decode?.submit();
        if ((step + 1) % stepsBetweenLooks !== 0) continue;
        const positions = await this.#gpu.readUint32(this.#plan.decodeInputs.positions);
        if (cancelled() || positions.every((position) => position === endedRow)) break;
      }
      const lengths = await this.#gpu.readUint32(this.#plan.lengths);
      const history = await this.#gpu.readUint32(this.#plan.history);
      group.forEach((prompt, slot) => {
        const from = slot * capacity + prompt.length;
        const answer = history.slice(from, slot * capacity + (lengths[slot] ?? 0));
        const stopped = stopIds.includes(answer.at(-1) ?? -1);
        answers.push(stopped ? answer.subarray(0, -1) : answer);
      });
    }
    return answers;
  }

  /** Logits after the last token of a prompt, [vocabulary]. */
  async logits(prompt: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    this.#begin([prompt], 1, [], []);
    this.#decode?.submit();
    const { vocabularySize } = this.#plan.options.config;
    const all = await this.#gpu.readFloat32(this.#plan.logits);
    return all.slice(0, vocabularySize);
  }

  /** Where the time of one decoding step after these prompts goes; each timed step is the first after them. */
  profile(
    prompts: readonly Uint32Array[],
    options: Omit<ProfileOptions, 'before'>,
  ): Promise<PlanProfile> {
    if (!this.#decode) throw new Error('The generator was released');
    const before = (): void => this.#begin(prompts, 1, [], []);
    return profileSteps(this.#gpu, this.#decode.steps(), { ...options, before });
  }

  release(): void {
    this.#prefill?.release();
    this.#decode?.release();
    this.#prefill = null;
    this.#decode = null;
    this.#gpu.release([...this.#plan.buffers, ...this.#ring.specs]);
  }
}
