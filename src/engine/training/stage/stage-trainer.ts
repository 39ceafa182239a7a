/** Trains one stage on a device: replays its plans step by step. */
import { writeBranches } from '../../branches/device-branches.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { preparePlans, type Plan } from '../../gpu/plan.ts';
import { profileSteps, type PlanProfile, type ProfileOptions } from '../../gpu/profile.ts';
import { stepStateLength, stepStateWord } from '../../kernels/random.ts';
import { gradientNormWord } from '../../kernels/optimizer/gradient-norm.ts';
import { writePackedInputs } from '../../model/inputs.ts';
import { lossChunkRows, lossSections } from '../../model/passes/loss-head.ts';
import type { MicroBatch } from '../../model/packing.ts';
import { resultAt, type RoutingCounters, type StagePlan } from './stage-plan.ts';

/** A moment on the device: float32, or the words of 8-bit codes and scales. */
export type MomentValues = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Values of a stage's arenas, the parameters of the layout's length; null moments are zero. */
export interface ArenaState {
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly firstMoment: MomentValues | null;
  readonly secondMoment: MomentValues | null;
}

/** The figures of a step. */
export interface StepFigures {
  /** Token mean over the whole batch. */
  readonly nll: number;
  /** Σ|A_k A_dᵀ| before the step, unweighted; null without the term. */
  readonly orthogonal: number | null;
  /** L2 norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /**
   * Why the run cannot go on. A gradient of exactly zero means that activations overflowed: their
   * normalisation then divides by infinity, and the loss looks like a finite, constant number.
   */
  readonly fault: 'not-finite' | 'vanished' | null;
}

export interface RoutingCountValues {
  readonly counters: RoutingCounters;
  readonly pairCounts: Uint32Array<ArrayBuffer>;
  readonly weightSums: Float32Array<ArrayBuffer>;
}

interface StepSettings {
  readonly learningRate: number;
  /** Optimiser step within the stage, from 0. */
  readonly step: number;
  /** Key of the dropout masks. */
  readonly seed: number;
}

/** One stage on a device: its plans are made once; a step only writes inputs and replays them. */
export class StageTrainer {
  readonly plan: StagePlan;
  readonly #gpu: Gpu;
  #plans: { begin: Plan; micro: Plan; end: Plan; score: Plan } | null = null;
  readonly #stepState = new Uint32Array(stepStateLength);
  readonly #stepFloats = new Float32Array(this.#stepState.buffer);

  private constructor(gpu: Gpu, plan: StagePlan) {
    this.#gpu = gpu;
    this.plan = plan;
  }

  /**
   * Allocates the plan's tensors and compiles; the weights must be on the device already.
   * @throws StudioError `gpu-out-of-memory`, `tensor-too-large`
   */
  static async create(gpu: Gpu, plan: StagePlan, state: ArenaState): Promise<StageTrainer> {
    const trainer = new StageTrainer(gpu, plan);
    try {
      await gpu.allocate(plan.buffers);
      const [begin, micro, end, score] = await preparePlans(
        gpu,
        [plan.begin, plan.micro, plan.end, plan.score],
        plan.pool,
      );
      trainer.#plans = { begin, micro, end, score };
      writeBranches(gpu, plan.branches, state.parameters);
      if (state.firstMoment) gpu.write(plan.firstMoment, state.firstMoment);
      if (state.secondMoment) gpu.write(plan.secondMoment, state.secondMoment);
      if (plan.pairs && plan.pairs.pairs > 0) {
        gpu.write(plan.pairs.table, plan.pairs.tableValues);
        gpu.write(plan.pairs.gradientTable, plan.pairs.gradientValues);
      }
      if (plan.trainableMask) gpu.write(plan.trainableMask, trainableMask(plan));
      await gpu.finished();
    } catch (error) {
      trainer.release();
      throw error;
    }
    return trainer;
  }

  get dispatchesPerMicroBatch(): number {
    return this.#ready.micro.dispatches;
  }

  get #ready(): { begin: Plan; micro: Plan; end: Plan; score: Plan } {
    if (!this.#plans) throw new Error('The stage was released');
    return this.#plans;
  }

  /** Submits the forward and backward passes of a batch; gradients add up in the arena. */
  accumulate(batch: readonly MicroBatch[], settings: StepSettings): void {
    const { begin, micro } = this.#ready;
    const targets = batch.reduce((sum, part) => sum + part.targets, 0);
    begin.submit();
    batch.forEach((part, index) => {
      this.#writeStepState(settings, targets, index);
      this.#replay(micro, part);
    });
  }

  /** Submits one optimiser step; resolves with its figures while later steps may already run. */
  async step(batch: readonly MicroBatch[], settings: StepSettings): Promise<StepFigures> {
    this.accumulate(batch, settings);
    this.#ready.end.submit();
    const targets = batch.reduce((sum, part) => sum + part.targets, 0);
    const figures = new Float32Array(await this.plan.ring.read(this.#gpu, this.plan.results));
    const at = (index: number): number => figures[index] ?? Number.NaN;
    const nll = at(resultAt.nll) / Math.max(1, targets);
    const orthogonal = this.plan.pairs ? at(resultAt.orthogonal) : null;
    const gradientNorm = at(resultAt.norm + gradientNormWord.norm);
    const clean = at(resultAt.norm + gradientNormWord.nonFinite) === 0;
    const finite = clean && [nll, gradientNorm, orthogonal ?? 0].every(Number.isFinite);
    const vanished = targets > 0 && gradientNorm === 0;
    const fault = !finite ? 'not-finite' : vanished ? 'vanished' : null;
    return { nll, orthogonal, gradientNorm, fault };
  }

  /** −log p of each target of a micro-batch, in its order. */
  async score(part: MicroBatch): Promise<Float32Array> {
    this.#replay(this.#ready.score, part);
    const losses = await this.#gpu.readFloat32(this.plan.losses);
    return losses.subarray(0, part.targets);
  }

  #replay(plan: Plan, part: MicroBatch): void {
    writePackedInputs(this.#gpu, this.plan.inputs, part, this.plan.options.config);
    plan.submit(this.#sections(part));
  }

  #sections(part: MicroBatch): number {
    const { config, rows } = this.plan.options;
    const chunk = lossChunkRows(config.vocabularySize, Math.ceil(rows / 64) * 64);
    return lossSections(part.targets, chunk);
  }

  #writeStepState(settings: StepSettings, targets: number, microBatch: number): void {
    const { beta1, beta2 } = this.plan.options.optimizer;
    const count = settings.step + 1;
    const floats = this.#stepFloats;
    floats[stepStateWord.learningRate] = settings.learningRate;
    floats[stepStateWord.firstMomentCorrection] = 1 / (1 - beta1 ** count);
    floats[stepStateWord.secondMomentCorrection] = 1 / (1 - beta2 ** count);
    floats[stepStateWord.inverseTargets] = 1 / Math.max(1, targets);
    this.#stepState[stepStateWord.seed] = settings.seed;
    this.#stepState[stepStateWord.step] = settings.step;
    this.#stepState[stepStateWord.microBatch] = microBatch;
    this.#gpu.write(this.plan.stepState, this.#stepState);
  }

  async readParameters(): Promise<Float32Array<ArrayBuffer>> {
    return this.#gpu.readFloat32(this.plan.branches.parameters);
  }

  async readGradients(): Promise<Float32Array<ArrayBuffer>> {
    return this.#gpu.readFloat32(this.plan.gradients);
  }

  async readState(): Promise<Required<ArenaState>> {
    return {
      parameters: await this.readParameters(),
      firstMoment: await this.#readMoment(this.plan.firstMoment),
      secondMoment: await this.#readMoment(this.plan.secondMoment),
    };
  }

  async #readMoment(moment: Tensor): Promise<MomentValues> {
    return moment.type === 'u32' ? this.#gpu.readUint32(moment) : this.#gpu.readFloat32(moment);
  }

  async readRouting(): Promise<RoutingCountValues[]> {
    const all: RoutingCountValues[] = [];
    for (const counters of this.plan.routing) {
      const pairCounts = await this.#gpu.readUint32(counters.pairCounts);
      const weightSums = await this.#gpu.readFloat32(counters.weightSums);
      all.push({ counters, pairCounts, weightSums });
    }
    return all;
  }

  writeRouting(
    values: readonly {
      pairCounts: Uint32Array<ArrayBuffer>;
      weightSums: Float32Array<ArrayBuffer>;
    }[],
  ): void {
    this.plan.routing.forEach((counters, index) => {
      const value = values[index];
      if (!value) return;
      this.#gpu.write(counters.pairCounts, value.pairCounts);
      this.#gpu.write(counters.weightSums, value.weightSums);
    });
  }

  /**
   * Where the time of an optimiser step of one micro-batch goes. Takes that step `2 rounds + 1` times, at a
   * rate of zero: parameters do not change, moments and routing counts do.
   */
  profile(part: MicroBatch, options: Omit<ProfileOptions, 'before'>): Promise<PlanProfile> {
    const { begin, micro, end } = this.#ready;
    const steps = [...begin.steps(), ...micro.steps(this.#sections(part)), ...end.steps()];
    const before = (): void => {
      writePackedInputs(this.#gpu, this.plan.inputs, part, this.plan.options.config);
      this.#writeStepState({ learningRate: 0, step: 0, seed: 0 }, part.targets, 0);
    };
    return profileSteps(this.#gpu, steps, { ...options, before });
  }

  release(): void {
    for (const plan of Object.values(this.#plans ?? {})) plan.release();
    this.#plans = null;
    this.#gpu.release(this.plan.buffers);
  }
}

/** 1 for every parameter that the stage trains, 0 for those of its frozen branches. */
export function trainableMask({ options: { layout } }: StagePlan): Float32Array<ArrayBuffer> {
  const mask = new Float32Array(layout.elements).fill(1);
  for (const { branch, shape, offset, stride } of layout.parameters) {
    if (branch.trains) continue;
    const [rows, columns] =
      shape.length === 1 ? [1, shape[0] ?? 0] : [shape[0] ?? 0, shape[1] ?? 0];
    for (let row = 0; row < rows; row += 1) {
      mask.fill(0, offset + row * stride, offset + row * stride + columns);
    }
  }
  return mask;
}
