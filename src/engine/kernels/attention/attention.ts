/** Attention over packed records, forward and backward. */
import forwardDirectSource from '../../../../shaders/attention/forward-direct.wgsl?raw';
import forwardTiledSource from '../../../../shaders/attention/forward-tiled.wgsl?raw';
import keyValueDirectSource from '../../../../shaders/attention/key-value-gradient-direct.wgsl?raw';
import keyValueTiledSource from '../../../../shaders/attention/key-value-gradient-tiled.wgsl?raw';
import queryDirectSource from '../../../../shaders/attention/query-gradient-direct.wgsl?raw';
import queryTiledSource from '../../../../shaders/attention/query-gradient-tiled.wgsl?raw';
import rowStatisticsSource from '../../../../shaders/attention/row-statistics.wgsl?raw';
import {
  defineKernel,
  f32,
  foldGrid,
  u32,
  type Binding,
  type Kernel,
  type KernelRequest,
  type UniformWord,
} from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { defineDirect, defineTiled, kernelFor, type SizedKernels } from './attention-shaders.ts';
import { chooseVariant, type AttentionSizes, type AttentionVariant } from '../choices.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

type Forms = Readonly<Record<AttentionVariant, readonly SizedKernels[]>>;

const forwardBuffers = { reads: ['q', 'k', 'v'], writes: ['output'] };
const queryBuffers = { reads: ['q', 'k', 'v', 'd_output'], writes: ['dq'] };
const keyValueBuffers = { reads: ['q', 'k', 'v', 'd_output'], writes: ['dk', 'dv'] };

// [head size, rows per thread], by measurement on lavapipe and SwiftShader: more rows per thread mean
// fewer loads, until their registers spill and compiling them takes seconds.
const forward: Forms = {
  direct: defineDirect('attention-forward', forwardBuffers, forwardDirectSource, [
    [8, 4],
    [16, 4],
    [32, 4],
  ]),
  tiled: defineTiled('attention-forward', forwardBuffers, forwardTiledSource),
};
const queryGradient: Forms = {
  direct: defineDirect('attention-query-gradient', queryBuffers, queryDirectSource, [
    [8, 2],
    [16, 2],
    [32, 2],
  ]),
  tiled: defineTiled('attention-query-gradient', queryBuffers, queryTiledSource),
};
const keyValueGradient: Forms = {
  direct: defineDirect('attention-key-value-gradient', keyValueBuffers, keyValueDirectSource, [
    [8, 2],
    [16, 2],
    [32, 2],
  ]),
  tiled: defineTiled('attention-key-value-gradient', keyValueBuffers, keyValueTiledSource),
};
const rowStatistics = defineKernel({
  name: 'attention-row-statistics',
  family: 'attention',
  sources: [rowStatisticsSource],
});

/** Threads of a workgroup of the direct kernels; each takes `rows` rows. */
const directThreads = 8;

interface Sizes {
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
}

function attentionSizes(name: string, q: Tensor, k: Tensor, v: Tensor): Sizes {
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(q, name, 3);
  const [, groups = 0] = sizesOf(k, name, 3);
  if (heads % groups !== 0) {
    throw new RangeError(`${name}: ${heads} query heads do not share ${groups} key heads evenly`);
  }
  if (headSize % 2 !== 0 || headSize < 4 || headSize > 256) {
    throw new RangeError(`${name}: head size ${headSize} is not even and in 4..256`);
  }
  expectTensor(q, `${name} q`, q.shape);
  expectTensor(k, `${name} k`, [rows, groups, headSize]);
  expectTensor(v, `${name} v`, [rows, groups, headSize]);
  return { rows, heads, groups, headSize };
}

function uniformsOf({ rows, heads, groups, headSize }: Sizes, scale?: number): UniformWord[] {
  return [u32(rows), u32(heads), u32(groups), f32(scale ?? 1 / Math.sqrt(headSize))];
}

/** The kernel of a form, and the grid for `heads` heads of all rows. */
function arrange(
  recorder: PlanRecorder,
  forms: Forms,
  variant: AttentionVariant,
  sizes: Sizes,
  heads: number,
): { kernel: Kernel; grid: [number, number, number] } {
  const chosen = kernelFor(forms[variant], sizes.headSize);
  if (!chosen) throw new RangeError(`No ${variant} attention for head size ${sizes.headSize}`);
  const perGroup = variant === 'direct' ? chosen.rows * directThreads : chosen.rows;
  const workgroups = heads * Math.ceil(sizes.rows / perGroup);
  const limit = recorder.traits.maxWorkgroupsPerDimension;
  return { kernel: chosen.kernel, grid: foldGrid(workgroups, limit) };
}

function choose(
  recorder: PlanRecorder,
  kind: AttentionSizes['kind'],
  sizes: Sizes,
  asked: AttentionVariant | undefined,
): { variant: AttentionVariant; request: KernelRequest } {
  return chooseVariant(recorder.traits, { kind, ...sizes }, asked);
}

const read = (tensor: Tensor): Binding => ({ tensor, access: 'read' });
const write = (tensor: Tensor): Binding => ({ tensor, access: 'write' });

/**
 * Causal grouped-query attention, block-diagonal over packed records: row i attends the rows
 * segmentStart[i] … i. Online softmax; nothing of size N × N exists.
 *
 * output_i = Σ_j softmax_j(scale · q_i·k_j) v_j, logSumExp_i = log Σ_j exp(scale · q_i·k_j); scale is
 * 1 / √headSize unless given.
 * A row whose segment starts behind it attends nothing: zeros, and a logSumExp of 1e30.
 *
 * @param args q, output [N, H, headSize], k, v [N, G, headSize] with G dividing H, segmentStart u32 [N],
 *   logSumExp [N, H]
 * @throws RangeError when the shapes disagree, or headSize is odd or outside 4..256
 */
export function attentionForward(
  recorder: PlanRecorder,
  args: {
    readonly q: Tensor;
    readonly k: Tensor;
    readonly v: Tensor;
    readonly segmentStart: Tensor;
    readonly output: Tensor;
    readonly logSumExp: Tensor;
    readonly scale?: number | undefined;
    readonly variant?: AttentionVariant;
  },
): void {
  const { q, k, v, segmentStart, output, logSumExp } = args;
  const sizes = attentionSizes('attentionForward', q, k, v);
  expectTensor(segmentStart, 'attentionForward segmentStart', [sizes.rows], 'u32');
  expectTensor(output, 'attentionForward output', q.shape);
  expectTensor(logSumExp, 'attentionForward logSumExp', [sizes.rows, sizes.heads]);
  const { variant, request } = choose(recorder, 'attention-forward', sizes, args.variant);
  recorder.dispatch({
    ...arrange(recorder, forward, variant, sizes, sizes.heads),
    request,
    bindings: [read(q), read(k), read(v), read(segmentStart), write(output), write(logSumExp)],
    uniforms: uniformsOf(sizes, args.scale),
    constants: { HEAD_DIM: sizes.headSize },
  });
}

/**
 * Gradients of `attentionForward` for q, k and v from its saved output and log-sum-exp. The weights are
 * computed again; one kernel sums over keys for dq, one over queries (and the group's query heads, in
 * order) for dk and dv, so no result is added to by two threads and the bits repeat.
 *
 * @param args q, output, dOutput, dq [N, H, headSize], k, v, dk, dv [N, G, headSize], logSumExp [N, H],
 *   segmentStart, segmentEnd u32 [N]: the first row that a row sees, and one past the last row
 *   that sees it (without a window: the first row of its record and its exclusive end); scale as before
 * @throws RangeError as `attentionForward`
 */
export function attentionBackward(
  recorder: PlanRecorder,
  args: {
    readonly q: Tensor;
    readonly k: Tensor;
    readonly v: Tensor;
    readonly segmentStart: Tensor;
    readonly segmentEnd: Tensor;
    readonly output: Tensor;
    readonly logSumExp: Tensor;
    readonly dOutput: Tensor;
    readonly dq: Tensor;
    readonly dk: Tensor;
    readonly dv: Tensor;
    readonly scale?: number | undefined;
    readonly variant?: AttentionVariant;
  },
): void {
  const { q, k, v, segmentStart, segmentEnd, output, logSumExp, dOutput, dq, dk, dv } = args;
  const name = 'attentionBackward';
  const sizes = attentionSizes(name, q, k, v);
  const { rows, heads, headSize, groups } = sizes;
  expectTensor(segmentStart, `${name} segmentStart`, [rows], 'u32');
  expectTensor(segmentEnd, `${name} segmentEnd`, [rows], 'u32');
  expectTensor(output, `${name} output`, q.shape);
  expectTensor(logSumExp, `${name} logSumExp`, [rows, heads]);
  expectTensor(dOutput, `${name} dOutput`, q.shape);
  expectTensor(dq, `${name} dq`, q.shape);
  expectTensor(dk, `${name} dk`, k.shape);
  expectTensor(dv, `${name} dv`, v.shape);
  const statistics = recorder.scratch('attention statistics', [rows, heads, 2]);
  recorder.dispatch({
    kernel: rowStatistics,
    bindings: [read(output), read(dOutput), read(logSumExp), write(statistics)],
    uniforms: [u32(rows * heads), u32(headSize)],
    grid: foldGrid(Math.ceil((rows * heads) / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
  const inputs = [read(q), read(k), read(v), read(dOutput)];
  const uniforms = uniformsOf(sizes, args.scale);
  const constants = { HEAD_DIM: headSize };
  // Both kernels of the pass are of one variant; the first says so for both.
  const { variant, request } = choose(recorder, 'attention-backward', sizes, args.variant);
  recorder.dispatch({
    ...arrange(recorder, queryGradient, variant, sizes, heads),
    request,
    bindings: [...inputs, read(segmentStart), read(statistics), write(dq)],
    uniforms,
    constants,
  });
  recorder.dispatch({
    ...arrange(recorder, keyValueGradient, variant, sizes, groups),
    bindings: [...inputs, read(segmentEnd), read(statistics), write(dk), write(dv)],
    uniforms,
    constants,
  });
}
