/** Scores whole records in forward passes: likelihoods, logits, routing. */
import type { Gpu } from '../gpu/device.ts';
import { preparePlan, ScratchPool, type Plan } from '../gpu/plan.ts';
import { PlanRecorder, type PlanSpec } from '../gpu/recorder.ts';
import { persistentTensor, type BufferSpec, type Tensor } from '../gpu/tensor.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import { stepStateLength } from '../kernels/random.ts';
import { withForcedExperts } from '../kernels/mixture/router.ts';
import type { ModelConfig } from '../model/config.ts';
import type { DeviceBranches, RoutingRecord } from '../model/passes/context.ts';
import { recordLogits } from '../model/passes/head.ts';
import {
  buffersOf,
  packedInputTensors,
  writePackedInputs,
  type PackedInputTensors,
} from '../model/inputs.ts';
import { lossChunkRows, lossSections } from '../model/passes/loss-head.ts';
import { packRecords, type MicroBatch, type TokenRecord } from '../model/packing.ts';
import type { Projection } from '../model/projections.ts';
import { recordScore } from '../model/passes/score.ts';
import type { ModelWeights } from '../model/weights.ts';

export interface ScorerOptions {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly branches: DeviceBranches | null;
  /** Rows of a pass: the longest record that can be scored. */
  readonly rows: number;
  /** What the products with frozen weights multiply; float32 where absent. */
  readonly products?: Products;
  /** Keep the logits of every row, [rows, vocabulary]. */
  readonly logits?: boolean;
  /** Find whether each record's targets are what the model would write greedily. */
  readonly greedy?: boolean;
  /** Keep every router's choices and probabilities. */
  readonly routing?: boolean;
  /** Experts that every mixture is forced to use (figure 4 b). */
  readonly forcedExperts?: readonly number[] | null;
}

export interface RecordScore {
  /** Sum of −log p over the record's targets. */
  readonly nll: number;
  readonly targets: number;
  /** Whether each target is the likeliest token there, ties to the lower id; absent where that was not asked for. */
  readonly greedy?: boolean;
}

/** One mixture linear's choices for every row of a pass. */
export interface RoutingValues {
  readonly layer: number;
  readonly projection: Projection;
  readonly experts: number;
  readonly active: number;
  /** [rows, K] */
  readonly indices: Uint32Array;
  readonly weights: Float32Array;
  /** [rows, E] */
  readonly probabilities: Float32Array;
}

type KeptRouting = RoutingRecord & { readonly probabilities: Tensor };

/** Forward passes over whole records: likelihoods, logits and routing, without a cache. */
export class Scorer {
  readonly options: ScorerOptions;
  readonly #gpu: Gpu;
  readonly #inputs: PackedInputTensors;
  readonly #losses: Tensor;
  readonly #hits: Tensor | null;
  readonly #logits: Tensor | null;
  readonly #routing: KeptRouting[] = [];
  readonly #spec: PlanSpec;
  readonly #pool: ScratchPool;
  readonly #buffers: BufferSpec[];
  #plan: Plan | null = null;

  private constructor(gpu: Gpu, options: ScorerOptions) {
    this.#gpu = gpu;
    this.options = options;
    const { config, weights, branches, rows } = options;
    this.#inputs = packedInputTensors(rows, config);
    this.#losses = persistentTensor('losses', 'results', this.#inputs.targetRows.shape);
    this.#hits = options.greedy
      ? persistentTensor('likeliest targets', 'results', this.#losses.shape, 'u32')
      : null;
    const stepState = persistentTensor('step state', 'inputs', [stepStateLength], 'u32');
    this.#logits = options.logits
      ? persistentTensor('logits', 'results', [rows, config.vocabularySize])
      : null;
    const recorder = new PlanRecorder('score', gpu.traits);
    const keep = (like: Tensor): Tensor =>
      persistentTensor(like.label, 'results', like.shape, like.type);
    const hidden = recordScore({
      recorder,
      config,
      weights,
      branches,
      rows,
      inputs: this.#inputs,
      stepState,
      losses: this.#losses,
      hits: this.#hits,
      products: options.products ?? 'float32',
      keepProbabilities: options.routing ?? false,
      forcedExperts: options.forcedExperts ?? null,
      onRouting: (record) => {
        if (!record.probabilities) return;
        const kept = {
          ...record,
          indices: keep(record.indices),
          weights: keep(record.weights),
          probabilities: keep(record.probabilities),
        };
        // Copied at once: scratch lives only until its last use in the plan.
        recorder.copy(record.indices, kept.indices);
        recorder.copy(record.weights, kept.weights);
        recorder.copy(record.probabilities, kept.probabilities);
        this.#routing.push(kept);
      },
    });
    if (this.#logits) {
      const logits = this.#logits;
      recordLogits(recorder, { config, weights, hidden, logits, family: 'loss' });
    }
    this.#spec = recorder.finish();
    this.#pool = new ScratchPool([this.#spec]);
    this.#buffers = [
      ...buffersOf([
        ...Object.values(this.#inputs),
        this.#losses,
        stepState,
        ...[this.#hits, this.#logits].filter((tensor) => tensor !== null),
        ...this.#routing.flatMap(({ indices, weights: gates, probabilities }) => [
          indices,
          gates,
          probabilities,
        ]),
      ]),
      ...this.#pool.specs,
    ];
  }

  /** Begins to compile for such a scorer; nothing has to be on the device yet. Returns as `Gpu.warm`. */
  static warm(gpu: Gpu, options: ScorerOptions): Promise<void> {
    return gpu.warm([new Scorer(gpu, options).#spec]);
  }

  /** Allocates and compiles; weights and branches must be on the device. */
  static async create(gpu: Gpu, options: ScorerOptions): Promise<Scorer> {
    const scorer = new Scorer(gpu, options);
    try {
      await gpu.allocate(scorer.#buffers);
      scorer.#plan = await preparePlan(gpu, scorer.#spec, scorer.#pool);
    } catch (error) {
      scorer.release();
      throw error;
    }
    return scorer;
  }

  /**
   * Other experts for every mixture, from the next pass on, each with weight 1 / their number. Only words of
   * uniforms change: nothing is planned, compiled or allocated. Give as many as `forcedExperts` has.
   */
  force(experts: readonly number[]): void {
    if (new Set(experts).size !== this.options.forcedExperts?.length) {
      throw new RangeError('As many different experts as this scorer was made for');
    }
    this.#plan?.rewriteUniforms((call) => withForcedExperts(call, experts));
  }

  /** −log p of each target of a packed pass, in its order. */
  async targetLosses(part: MicroBatch): Promise<Float32Array> {
    this.submit(part);
    const losses = await this.#gpu.readFloat32(this.#losses);
    return losses.subarray(0, part.targets);
  }

  /** Submits one packed pass; losses, logits and routing can then be read. */
  submit(part: MicroBatch): void {
    if (!this.#plan) throw new Error('The scorer was released');
    const { config, rows } = this.options;
    writePackedInputs(this.#gpu, this.#inputs, part, config);
    const chunk = lossChunkRows(config.vocabularySize, Math.ceil(rows / 64) * 64);
    this.#plan.submit(lossSections(part.targets, chunk));
  }

  /** Sum of −log p and number of targets of every record, in the order given. */
  async score(records: readonly TokenRecord[]): Promise<RecordScore[]> {
    const parts = packRecords(records, this.options.rows);
    const losses: Float32Array[] = [];
    const hits: Uint32Array[] = [];
    for (const part of parts) {
      losses.push((await this.targetLosses(part)).slice());
      if (this.#hits) hits.push(await this.#gpu.readUint32(this.#hits));
    }
    return scoresOfRecords(records.length, parts, { losses, hits: this.#hits && hits });
  }

  /** Logits of the last submitted pass, [rows, vocabulary]. */
  async readLogits(): Promise<Float32Array<ArrayBuffer>> {
    if (!this.#logits) throw new Error('This scorer keeps no logits');
    return this.#gpu.readFloat32(this.#logits);
  }

  /** Routing of the last submitted pass, one entry per mixture linear. */
  async readRouting(): Promise<RoutingValues[]> {
    const all: RoutingValues[] = [];
    for (const kept of this.#routing) {
      const indices = await this.#gpu.readUint32(kept.indices);
      const weights = await this.#gpu.readFloat32(kept.weights);
      const probabilities = await this.#gpu.readFloat32(kept.probabilities);
      kept.projections.forEach((projection, linear) => {
        const { layer, experts, active } = kept;
        const count = kept.projections.length;
        all.push({
          layer,
          projection,
          experts,
          active,
          indices: strided(indices, linear, count, active),
          weights: strided(weights, linear, count, active),
          probabilities: strided(probabilities, linear, count, experts),
        });
      });
    }
    return all;
  }

  release(): void {
    this.#plan?.release();
    this.#plan = null;
    this.#gpu.release(this.#buffers);
  }
}

/** What packed passes gave, one entry for each pass, in it one value for each target, in their order. */
interface PassScores {
  /** −log p. */
  readonly losses: readonly Float32Array[];
  /** Whether it is the likeliest token; null where that was not asked for. */
  readonly hits: readonly Uint32Array[] | null;
}

/**
 * Sums the losses of packed passes by record, in the order in which the records were packed; the targets of a record
 * are greedy where each of them is.
 */
export function scoresOfRecords(
  count: number,
  parts: readonly MicroBatch[],
  { losses, hits }: PassScores,
): RecordScore[] {
  const scores: RecordScore[] = Array.from({ length: count }, () => ({
    ...{ nll: 0, targets: 0 },
    ...(hits && { greedy: true }),
  }));
  parts.forEach((part, place) => {
    const owner = new Map(part.records.map(({ index, firstRow }) => [firstRow, index]));
    for (let i = 0; i < part.targets; i += 1) {
      const firstRow = part.segmentStart[part.targetRows[i] ?? 0] ?? 0;
      const index = owner.get(firstRow);
      const before = index === undefined ? undefined : scores[index];
      if (index === undefined || !before) continue;
      scores[index] = {
        nll: before.nll + (losses[place]?.[i] ?? Number.NaN),
        targets: before.targets + 1,
        ...(hits && { greedy: before.greedy === true && hits[place]?.[i] === 1 }),
      };
    }
  });
  return scores;
}

/** One linear's values out of [rows, linears, width]. */
function strided<T extends Uint32Array | Float32Array>(
  values: T,
  linear: number,
  linears: number,
  width: number,
): T {
  return values.filter((_, i) => Math.floor(i / width) % linears === linear) as T;
}
