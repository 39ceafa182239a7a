/** Lays out everything that a stage keeps on a device and does there. */
import { branchTensors, describeBranches } from '../../branches/device-branches.ts';
import type { BranchLayout } from '../../branches/layout.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import { zeroBytes, type BytesByRole } from '../../gpu/ledger.ts';
import { ScratchPool, uniformBuffer } from '../../gpu/plan.ts';
import { ReadbackRing } from '../../gpu/readback.ts';
import { PlanRecorder, type PlanSpec } from '../../gpu/recorder.ts';
import { persistentTensor, viewTensor, type BufferSpec, type Tensor } from '../../gpu/tensor.ts';
import { adamw } from '../../kernels/optimizer/adamw.ts';
import { adamwEightBit, eightBitMoment } from '../../kernels/optimizer/adamw-eight-bit.ts';
import { gradientNorm } from '../../kernels/optimizer/gradient-norm.ts';
import { maskGradients } from '../../kernels/optimizer/mask-gradients.ts';
import { orthogonalBackward, orthogonalForward } from '../../kernels/loss/orthogonal.ts';
import type { Products } from '../../kernels/linear/linear-kernels.ts';
import { stepStateLength } from '../../kernels/random.ts';
import { lossSum } from '../../kernels/loss/reduce.ts';
import { routingStatistics } from '../../kernels/mixture/routing-statistics.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { DeviceBranches, PassContext, RoutingRecord } from '../../model/passes/context.ts';
import { decoderBackward, decoderForward, type Checkpointing } from '../../model/passes/decoder.ts';
import { buffersOf, packedInputTensors, type PackedInputTensors } from '../../model/inputs.ts';
import { recordLoss } from '../../model/passes/loss-head.ts';
import { packedAttention } from '../../model/passes/packed-attention.ts';
import { recordScore } from '../../model/passes/score.ts';
import type { Projection } from '../../model/projections.ts';
import type { ModelWeights } from '../../model/weights.ts';
import { orthogonalPairs, type OrthogonalPairs } from './orthogonal-pairs.ts';
import type { Recipe } from '../recipe/recipe.ts';

export interface StagePlanOptions {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly layout: BranchLayout;
  readonly optimizer: Recipe['optimizer'];
  readonly orthogonal: {
    readonly between: readonly [string, string];
    readonly weight: number;
  } | null;
  /** Rows of a micro-batch. */
  readonly rows: number;
  readonly checkpointing: Checkpointing;
  /** What training multiplies; validation multiplies float32. */
  readonly products: Products;
  /** Tasks by which routing is counted. */
  readonly tasks: number;
  readonly traits: DeviceTraits;
}

/** Routing counts of the linears of one router dispatch, summed over the stage. */
export interface RoutingCounters {
  readonly layer: number;
  readonly projections: readonly Projection[];
  readonly experts: number;
  readonly active: number;
  /** u32 [tasks, L, E, E] */
  readonly pairCounts: Tensor;
  /** f32 [tasks, L, E] */
  readonly weightSums: Tensor;
}

/** The places of a step's figures in `results`, in elements. */
export const resultAt = { nll: 0, orthogonal: 64, norm: 128 } as const;
const resultElements = 192;

/**
 * Everything that training one stage needs on a device, laid out without one: the tensors, the
 * plans (`begin` and `end` once per step, `micro` per micro-batch, `score` for validation) and their bytes.
 */
export interface StagePlan {
  readonly options: StagePlanOptions;
  readonly branches: DeviceBranches;
  readonly gradients: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly stepState: Tensor;
  readonly inputs: PackedInputTensors;
  /** −log p of each target of the last micro-batch. */
  readonly losses: Tensor;
  readonly results: Tensor;
  readonly trainableMask: Tensor | null;
  readonly pairs: OrthogonalPairs | null;
  readonly routing: readonly RoutingCounters[];
  readonly begin: PlanSpec;
  readonly micro: PlanSpec;
  readonly end: PlanSpec;
  readonly score: PlanSpec;
  readonly pool: ScratchPool;
  readonly ring: ReadbackRing;
  /** Every buffer but the frozen weights and the plans' uniforms. */
  readonly buffers: readonly BufferSpec[];
}

/** The plans of a stage, whose pipelines a run needs. */
export function plansOf({ begin, micro, end, score }: StagePlan): PlanSpec[] {
  return [begin, micro, end, score];
}

/** The tensors of a stage that outlive a step. */
type StageTensors = Pick<
  StagePlan,
  | 'branches'
  | 'gradients'
  | 'firstMoment'
  | 'secondMoment'
  | 'stepState'
  | 'inputs'
  | 'losses'
  | 'results'
  | 'trainableMask'
  | 'pairs'
>;

export function planStage(options: StagePlanOptions): StagePlan {
  const tensors = stageTensors(options);
  const micro = recordMicroBatch(options, tensors);
  const plans = {
    begin: recordBegin(options, tensors),
    micro: micro.plan,
    end: recordEnd(options, tensors),
    score: recordValidation(options, tensors),
  };
  const pool = new ScratchPool(Object.values(plans));
  const ring = new ReadbackRing('step figures', resultElements * 4);
  const { branches, inputs, pairs, trainableMask, ...always } = tensors;
  const buffers = [
    ...buffersOf([
      ...branchTensors(branches),
      ...Object.values(always),
      ...Object.values(inputs),
      ...(trainableMask ? [trainableMask] : []),
      ...(pairs ? [pairs.table, pairs.gradientTable, pairs.partial] : []),
      ...micro.routing.flatMap(({ pairCounts, weightSums }) => [pairCounts, weightSums]),
    ]),
    ...pool.specs,
    ...ring.specs,
  ];
  return { options, ...tensors, ...plans, routing: micro.routing, pool, ring, buffers };
}

function stageTensors({
  config,
  layout,
  rows,
  optimizer,
  orthogonal,
  traits,
}: StagePlanOptions): StageTensors {
  const arena = (label: string, role: 'gradients' | 'moments'): Tensor =>
    persistentTensor(label, role, [layout.elements]);
  const moment = (label: string): Tensor =>
    optimizer.moments === '8-bit'
      ? eightBitMoment(label, layout.elements)
      : arena(label, 'moments');
  const inputs = packedInputTensors(rows, config);
  const frozen = layout.branches.some(({ trains }) => !trains);
  return {
    branches: describeBranches(layout),
    gradients: arena('gradients', 'gradients'),
    firstMoment: moment('first moment'),
    secondMoment: moment('second moment'),
    stepState: persistentTensor('step state', 'inputs', [stepStateLength], 'u32'),
    inputs,
    losses: persistentTensor('loss of each target', 'results', inputs.targetRows.shape),
    results: persistentTensor('figures of the step', 'results', [resultElements]),
    trainableMask: frozen ? persistentTensor('mask', 'branches', [layout.elements]) : null,
    pairs: orthogonal ? orthogonalPairs(layout, orthogonal.between, traits.maxBindingBytes) : null,
  };
}

function recordBegin({ traits }: StagePlanOptions, { gradients, results }: StageTensors): PlanSpec {
  const begin = new PlanRecorder('begin step', traits);
  begin.clear(gradients);
  begin.clear(results);
  return begin.finish();
}

/** Forward, loss over the target rows, backward; gradients and the loss add up over micro-batches. */
function recordMicroBatch(
  { config, weights, rows, checkpointing, products, tasks, traits }: StagePlanOptions,
  { branches, gradients, stepState, inputs, losses, results }: StageTensors,
): { readonly plan: PlanSpec; readonly routing: readonly RoutingCounters[] } {
  const micro = new PlanRecorder('micro-batch', traits);
  const routing: RoutingCounters[] = [];
  const context: PassContext = {
    recorder: micro,
    config,
    weights,
    branches,
    rows,
    positions: inputs.positions,
    training: { gradients, stepState },
    products,
    forcedExperts: null,
    keepProbabilities: false,
    onRouting: (record) => {
      routing.push(countRouting(micro, record, inputs.tasks, tasks));
    },
  };
  const attention = packedAttention(inputs);
  micro.clear(losses);
  const forward = decoderForward(context, inputs.ids, attention, checkpointing);
  const dHidden = micro.scratch('d residual', forward.hidden.shape);
  micro.clear(dHidden);
  const targets = { rows: inputs.targetRows, ids: inputs.targetIds };
  const head = { recorder: micro, config, weights, stepState, targets, losses };
  micro.scope('loss head', () => recordLoss(head, forward.hidden, dHidden));
  decoderBackward(context, attention, forward, dHidden);
  const nll = viewTensor(results, resultAt.nll, [1]);
  lossSum(micro, { losses, result: nll, accumulate: true });
  return { plan: micro.finish(), routing };
}

/** Runs once per optimiser step: orthogonal loss, norm and clipping, AdamW. */
function recordEnd(
  { optimizer, orthogonal, traits }: StagePlanOptions,
  tensors: StageTensors,
): PlanSpec {
  const { branches, gradients, firstMoment, secondMoment, stepState, results } = tensors;
  const { trainableMask, pairs } = tensors;
  const { parameters } = branches;
  const end = new PlanRecorder('end step', traits);
  if (orthogonal && pairs && pairs.pairs > 0) {
    const result = viewTensor(results, resultAt.orthogonal, [1]);
    const { weight } = orthogonal;
    recordOrthogonal(end, { parameters, gradients, pairs, result, weight });
  }
  if (trainableMask) maskGradients(end, { gradients, mask: trainableMask });
  const norm = viewTensor(results, resultAt.norm, [4]);
  gradientNorm(end, { gradients, result: norm, clipNorm: optimizer.clipNorm });
  const { beta1, beta2, epsilon, weightDecay } = optimizer;
  (optimizer.moments === '8-bit' ? adamwEightBit : adamw)(end, {
    ...{ parameters, gradients, firstMoment, secondMoment, norm, stepState },
    ...{ beta1, beta2, epsilon, weightDecay },
  });
  return end.finish();
}

function recordValidation(
  { config, weights, rows, traits }: StagePlanOptions,
  { branches, inputs, stepState, losses }: StageTensors,
): PlanSpec {
  const score = new PlanRecorder('validation', traits);
  recordScore({ recorder: score, config, weights, branches, rows, inputs, stepState, losses });
  return score.finish();
}

function countRouting(
  recorder: PlanRecorder,
  record: RoutingRecord,
  taskOf: Tensor,
  tasks: number,
): RoutingCounters {
  const { layer, projections, experts, active, indices, weights } = record;
  const linears = projections.length;
  const label = `routing of layer ${layer}`;
  const pairCounts = persistentTensor(label, 'results', [tasks, linears, experts, experts], 'u32');
  const weightSums = persistentTensor(`${label}: weights`, 'results', [tasks, linears, experts]);
  routingStatistics(recorder, { indices, weights, taskOf, tasks, experts, pairCounts, weightSums });
  return { layer, projections, experts, active, pairCounts, weightSums };
}

interface OrthogonalTensors {
  readonly parameters: Tensor;
  readonly gradients: Tensor;
  readonly pairs: OrthogonalPairs;
  /** The tensor to which the loss is added. */
  readonly result: Tensor;
  /** λ. */
  readonly weight: number;
}

/** Adds λ·Σ|A_k A_dᵀ| (eq. 10–12) once per optimiser step: its value and its gradient to both sides. */
function recordOrthogonal(
  recorder: PlanRecorder,
  { parameters, gradients, pairs, result, weight }: OrthogonalTensors,
): void {
  const { table, gradientTable, partial, maxRank, maxInput, windows } = pairs;
  const signs = recorder.scratch('signs of A_k A_dᵀ', [pairs.pairs, maxRank, maxRank]);
  const common = { parameters, table, pairs: pairs.pairs, maxRank, signs, windows };
  orthogonalForward(recorder, { ...common, partial, result });
  orthogonalBackward(recorder, { ...common, maxInput, gradients, gradientTable, weight });
}

/** Bytes of a stage by role, frozen weights included, as the ledger counts them after allocation. */
export function stageBytes(plan: StagePlan, weightBuffers: readonly BufferSpec[]): BytesByRole {
  const bytes = zeroBytes();
  const uniforms = plansOf(plan).flatMap((spec) => uniformBuffer(spec) ?? []);
  for (const spec of [...plan.buffers, ...weightBuffers, ...uniforms])
    bytes[spec.role] += spec.bytes;
  return bytes;
}
