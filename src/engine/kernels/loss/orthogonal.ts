/** The orthogonal loss over all linears, and its gradient (eq. 10–12). */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { elementCount, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { lossSum } from './reduce.ts';
import { expectInteger, expectTensor, sizesOf } from '../tensor-check.ts';

const tiledForward = shaderKernels('orthogonal', 'loss/orthogonal-forward');
const directForward = shaderKernels('orthogonal', 'loss/orthogonal-forward-direct');
const backward = shaderKernels('orthogonal', 'loss/orthogonal-backward');
const columnsPerGroup = 256;
const rowsPerGroup = 8;

/** Words per row of the pair table: offsets of A_k and A_d, rank_k, rank_d, input features. */
export const orthogonalTableWords = 5;
/** Neighbouring pairs whose matrices lie within one binding of the arena. */
export interface PairWindow {
  readonly firstPair: number;
  readonly pairs: number;
  /** The range of the arena that holds them, in elements; its start can be bound. */
  readonly base: number;
  readonly elements: number;
}

function wholeArena(arena: Tensor, pairs: number): readonly PairWindow[] {
  return [{ firstPair: 0, pairs, base: 0, elements: elementCount(arena.shape) }];
}

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
    /** Where the arena is larger than a binding; by default it is bound whole. */
    readonly windows?: readonly PairWindow[];
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
  for (const window of args.windows ?? wholeArena(parameters, pairs)) {
    recorder.dispatch({
      kernel: variant === 'direct' ? directForward() : tiledForward(),
      bindings: [
        { tensor: viewTensor(parameters, window.base, [window.elements]), access: 'read' },
        { tensor: table, access: 'read' },
        { tensor: signs, access: 'readwrite' },
        { tensor: partial, access: 'readwrite' },
      ],
      uniforms: uniformWords('loss/orthogonal-forward', {
        max_rank: maxRank,
        first_pair: window.firstPair,
        base: window.base,
      }),
      grid: [window.pairs, 1, 1],
    });
  }
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
    /** As for `orthogonalForward`; parameters and gradients are laid out alike. */
    readonly windows?: readonly PairWindow[];
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
  for (const window of args.windows ?? wholeArena(parameters, pairs)) {
    const { base, elements } = window;
    recorder.dispatch({
      kernel: backward(),
      bindings: [
        { tensor: viewTensor(parameters, base, [elements]), access: 'read' },
        { tensor: table, access: 'read' },
        { tensor: signs, access: 'read' },
        { tensor: gradientTable, access: 'read' },
        { tensor: viewTensor(gradients, base, [elements]), access: 'readwrite' },
      ],
      uniforms: uniformWords('loss/orthogonal-backward', {
        max_rank: maxRank,
        weight: args.weight,
        first_pair: window.firstPair,
        base,
      }),
      grid: [
        Math.ceil(maxInput / columnsPerGroup),
        Math.ceil(maxRank / rowsPerGroup),
        2 * window.pairs,
      ],
    });
  }
}
