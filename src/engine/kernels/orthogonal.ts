import { defineKernel, f32, u32 } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { lossSum } from './reduce.ts';
import { expectInteger, expectTensor, sizesOf } from './tensor-check.ts';
import directSource from '../../../shaders/loss/orthogonal-forward-direct.wgsl?raw';
import forwardSource from '../../../shaders/loss/orthogonal-forward.wgsl?raw';
import backwardSource from '../../../shaders/loss/orthogonal-backward.wgsl?raw';

const tiledForward = defineKernel({
  name: 'orthogonal-forward',
  family: 'orthogonal',
  sources: [forwardSource],
});
const directForward = defineKernel({
  name: 'orthogonal-forward-direct',
  family: 'orthogonal',
  sources: [directSource],
});
const backward = defineKernel({
  name: 'orthogonal-backward',
  family: 'orthogonal',
  sources: [backwardSource],
});
const columnsPerGroup = 256;
const rowsPerGroup = 8;

/** Words per row of the pair table: offsets of A_k and A_d, rank_k, rank_d, input features. */
export const orthogonalTableWords = 5;
/** In the gradient table: this side is frozen. */
export const frozenSide = 0xffffffff;

/**
 * The orthogonal loss (eq. 10–12), unweighted: `result`[0] = Σ_p Σ_ij |A_k A_dᵀ|_ij.
 *
 * `parameters`: the arena that holds every A, row-major [rank, inputs]. `table`: u32 [P, 5]
 * {offset of A_k, offset of A_d, rank_k, rank_d, input features}, offsets in elements.
 * `signs`: [P, maxRank, maxRank], sign of A_k A_dᵀ, for the backward pass. `partial`: [P], per linear.
 */
export function orthogonalForward(
  recorder: PlanRecorder,
  args: {
    readonly parameters: Tensor;
    readonly table: Tensor;
    readonly pairs: number;
    readonly maxRank: number;
    readonly signs: Tensor;
    readonly partial: Tensor;
    readonly result: Tensor;
    /** By default `direct` on CPU adapters, `tiled` on GPUs. */
    readonly variant?: 'direct' | 'tiled';
  },
): void {
  const { parameters, table, pairs, maxRank, signs, partial, result } = args;
  sizesOf(parameters, 'orthogonalForward parameters', 1);
  expectInteger(pairs, 'orthogonalForward pairs', 1, recorder.traits.maxWorkgroupsPerDimension);
  expectInteger(maxRank, 'orthogonalForward rank', 1, 4096);
  expectTensor(table, 'orthogonalForward table', [pairs, orthogonalTableWords], 'u32');
  expectTensor(signs, 'orthogonalForward signs', [pairs, maxRank, maxRank]);
  expectTensor(partial, 'orthogonalForward partial', [pairs]);
  const variant = args.variant ?? (recorder.traits.software ? 'direct' : 'tiled');
  recorder.dispatch({
    kernel: variant === 'direct' ? directForward : tiledForward,
    bindings: [
      { tensor: parameters, access: 'read' },
      { tensor: table, access: 'read' },
      { tensor: signs, access: 'write' },
      { tensor: partial, access: 'write' },
    ],
    uniforms: [u32(maxRank)],
    grid: [pairs, 1, 1],
  });
  lossSum(recorder, { losses: partial, result, accumulate: false });
}

/**
 * Adds the gradient of weight · loss to both sides: dA_k += weight · sign(M) A_d and
 * dA_d += weight · sign(M)ᵀ A_k with M = A_k A_dᵀ (eq. 10–12), sign(0) = 0.
 *
 * `signs` as `orthogonalForward` left them. `gradientTable`: u32 [P, 2] {offset of dA_k, of dA_d} in
 * `gradients`, `frozenSide` where a side does not train. `maxInput`: the largest input width.
 */
export function orthogonalBackward(
  recorder: PlanRecorder,
  args: {
    readonly parameters: Tensor;
    readonly table: Tensor;
    readonly pairs: number;
    readonly maxRank: number;
    readonly maxInput: number;
    readonly signs: Tensor;
    readonly gradients: Tensor;
    readonly gradientTable: Tensor;
    readonly weight: number;
  },
): void {
  const { parameters, table, pairs, maxRank, maxInput, signs, gradients, gradientTable } = args;
  sizesOf(parameters, 'orthogonalBackward parameters', 1);
  sizesOf(gradients, 'orthogonalBackward gradients', 1);
  const limit = Math.floor(recorder.traits.maxWorkgroupsPerDimension / 2);
  expectInteger(pairs, 'orthogonalBackward pairs', 1, limit);
  expectInteger(maxRank, 'orthogonalBackward rank', 1, 4096);
  expectInteger(maxInput, 'orthogonalBackward inputs', 1, 2 ** 22);
  expectTensor(table, 'orthogonalBackward table', [pairs, orthogonalTableWords], 'u32');
  expectTensor(signs, 'orthogonalBackward signs', [pairs, maxRank, maxRank]);
  expectTensor(gradientTable, 'orthogonalBackward gradientTable', [pairs, 2], 'u32');
  recorder.dispatch({
    kernel: backward,
    bindings: [
      { tensor: parameters, access: 'read' },
      { tensor: table, access: 'read' },
      { tensor: signs, access: 'read' },
      { tensor: gradientTable, access: 'read' },
      { tensor: gradients, access: 'readwrite' },
    ],
    uniforms: [u32(maxRank), f32(args.weight)],
    grid: [Math.ceil(maxInput / columnsPerGroup), Math.ceil(maxRank / rowsPerGroup), 2 * pairs],
  });
}
