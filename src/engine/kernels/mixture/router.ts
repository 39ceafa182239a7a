/** Router softmax, top-K and gating of the mixture of LoRA (eq. 3–5). */
import { changedWords, uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid, type KernelCall, type UniformWord } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { expectInteger, expectTensor, matrixSizes } from '../tensor-check.ts';

const forward = shaderKernels('router', 'mixture/router-forward');
const backward = shaderKernels('router', 'mixture/router-backward');
const workgroup = 64;

export const maxExperts = 64;
export const maxActiveExperts = 8;

/**
 * Where the columns of a mixture of LoRA lie in a wide row [S]. Block l (of `linears` linears that
 * share their input) starts at `firstColumn` + l · `blockColumns` and holds `plainColumns` columns that
 * pass through, then `experts` · `expertRank` columns, then one router logit per expert.
 */
export interface RouterLayout {
  readonly linears: number;
  readonly firstColumn: number;
  readonly blockColumns: number;
  readonly plainColumns: number;
  readonly experts: number;
  readonly expertRank: number;
}

/** How experts are chosen from the logits (eq. 4–5). */
export interface RouterChoice {
  readonly layout: RouterLayout;
  readonly activeExperts: number;
  /** Divide the chosen weights by their sum. */
  readonly renormalise: boolean;
  /** [L, E], added to the logits. */
  readonly bias?: Tensor;
  /** These experts for every row, each with weight 1 / activeExperts (figure 4 b). */
  readonly forced?: readonly number[];
  /** Invocations per row and linear; by default 1 on CPU adapters and 32 on GPUs. */
  readonly lanes?: number;
}

function checkChoice(choice: RouterChoice, columns: number, name: string): void {
  const { layout, activeExperts, bias, forced } = choice;
  const { linears, firstColumn, blockColumns, plainColumns, experts, expertRank } = layout;
  expectInteger(linears, `${name} linears`, 1, 8);
  expectInteger(experts, `${name} experts`, 1, maxExperts);
  expectInteger(activeExperts, `${name} active experts`, 1, Math.min(experts, maxActiveExperts));
  expectInteger(plainColumns, `${name} plain columns`, 0, columns);
  expectInteger(expertRank, `${name} expert rank`, 1, columns);
  const needed = plainColumns + experts * expertRank + experts;
  expectInteger(blockColumns, `${name} block columns`, needed, columns);
  expectInteger(firstColumn, `${name} first column`, 0, columns - linears * blockColumns);
  if (bias) expectTensor(bias, `${name} bias`, [linears, experts]);
  if (!forced) return;
  const distinct = new Set(forced);
  if (forced.length !== activeExperts || distinct.size !== activeExperts) {
    throw new RangeError(`${name}: ${activeExperts} different experts must be forced`);
  }
  for (const expert of forced) expectInteger(expert, `${name} forced expert`, 0, experts - 1);
}

function constantsOf(choice: RouterChoice, lanes: number): Record<string, number> {
  return {
    LANES: lanes,
    ACTIVE: choice.activeExperts,
    RENORMALISE: choice.renormalise ? 1 : 0,
    HAS_BIAS: choice.bias ? 1 : 0,
    FORCED: choice.forced ? 1 : 0,
  };
}

/** The forced experts as uniforms name them, four to a vector. */
function forcedValues(forced: readonly number[]) {
  return { forced_low: forced.slice(0, 4), forced_high: forced.slice(4) };
}

function uniformsOf(choice: RouterChoice, rows: number, columns: number): UniformWord[] {
  const { layout, forced = [] } = choice;
  return uniformWords('mixture/router-forward', {
    ...forcedValues(forced),
    rows,
    stride: columns,
    linears: layout.linears,
    first_column: layout.firstColumn,
    block_columns: layout.blockColumns,
    plain_columns: layout.plainColumns,
    experts: layout.experts,
    expert_rank: layout.expertRank,
  });
}

/**
 * The uniform words of a recorded forward router with forced experts, changed to other experts; null for any
 * other dispatch. The number of experts must equal the recorded one.
 */
export function withForcedExperts(
  { kernel, constants, uniforms = [] }: KernelCall,
  forced: readonly number[],
): UniformWord[] | null {
  if (kernel !== forward() || constants?.['FORCED'] !== 1) return null;
  if (constants['ACTIVE'] !== forced.length) {
    throw new RangeError(`${constants['ACTIVE']} experts must be forced, not ${forced.length}`);
  }
  return changedWords('mixture/router-forward', uniforms, forcedValues(forced));
}

/**
 * Chooses the experts of every row and gates their rank-space activations (eq. 3–5).
 *
 * `h`, `gated`: [N, S]. In the blocks of the layout `gated` gets: plain columns as they are, expert
 * columns times the expert's weight (0 where it was not chosen), 0 for the logits; other columns
 * keep their values. `indices` (u32) and `weights`: [N, L, K], most likely first, ties to the lower index.
 * `probabilities`: [N, L, E], the softmax over all experts, if wanted.
 *
 * @throws RangeError for shapes that do not fit, more than 64 experts or more than 8 active
 */
export function routerForward(
  recorder: PlanRecorder,
  args: RouterChoice & {
    readonly h: Tensor;
    readonly gated: Tensor;
    readonly indices: Tensor;
    readonly weights: Tensor;
    readonly probabilities?: Tensor;
  },
): void {
  const { h, gated, indices, weights, probabilities, layout, activeExperts } = args;
  const { rows, columns } = matrixSizes(h, 'routerForward');
  checkChoice(args, columns, 'routerForward');
  expectTensor(gated, 'routerForward gated', h.shape);
  const chosen = [rows, layout.linears, activeExperts];
  expectTensor(indices, 'routerForward indices', chosen, 'u32');
  expectTensor(weights, 'routerForward weights', chosen);
  if (probabilities) {
    const all = [rows, layout.linears, layout.experts];
    expectTensor(probabilities, 'routerForward probabilities', all);
  }
  const lanes = args.lanes ?? (recorder.traits.software ? 1 : 32);
  const groups = Math.ceil((rows * layout.linears * lanes) / workgroup);
  recorder.dispatch({
    kernel: forward(),
    bindings: [
      { tensor: h, access: 'read' },
      { tensor: args.bias ?? h, access: 'read' },
      { tensor: gated, access: 'write' },
      { tensor: indices, access: 'write' },
      { tensor: weights, access: 'write' },
      { tensor: probabilities ?? recorder.scratch('no probabilities', [1]), access: 'write' },
    ],
    constants: { ...constantsOf(args, lanes), PROBABILITIES: probabilities ? 1 : 0 },
    uniforms: uniformsOf(args, rows, columns),
    grid: foldGrid(groups, recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * The gradient of `routerForward`, given `dgated` [N, S] and the forward pass's `h` [N, S].
 *
 * `columnScale` [S] is the factor of h (h = columnScale · x Aᵀ), and `dh` [N, S] gets the
 * gradient of x Aᵀ: columnScale · gate · dgated for plain (gate 1) and expert columns. Router columns
 * must have a scale of 1; they get the gradient of the logits through softmax and renormalisation, not
 * through the choice, and zero when the choice is forced. Columns outside of the blocks keep their values.
 */
export function routerBackward(
  recorder: PlanRecorder,
  args: RouterChoice & {
    readonly h: Tensor;
    readonly dgated: Tensor;
    readonly dh: Tensor;
    readonly columnScale: Tensor;
  },
): void {
  const { h, dgated, dh, columnScale, layout } = args;
  const { rows, columns } = matrixSizes(h, 'routerBackward');
  checkChoice(args, columns, 'routerBackward');
  expectTensor(dgated, 'routerBackward dgated', h.shape);
  expectTensor(dh, 'routerBackward dh', h.shape);
  expectTensor(columnScale, 'routerBackward columnScale', [columns]);
  const lanes = args.lanes ?? (recorder.traits.software ? 1 : 32);
  const groups = Math.ceil((rows * layout.linears * lanes) / workgroup);
  recorder.dispatch({
    kernel: backward(),
    bindings: [
      { tensor: h, access: 'read' },
      { tensor: args.bias ?? h, access: 'read' },
      { tensor: dgated, access: 'read' },
      { tensor: columnScale, access: 'read' },
      { tensor: dh, access: 'write' },
    ],
    constants: constantsOf(args, lanes),
    uniforms: uniformsOf(args, rows, columns),
    grid: foldGrid(groups, recorder.traits.maxWorkgroupsPerDimension),
  });
}
