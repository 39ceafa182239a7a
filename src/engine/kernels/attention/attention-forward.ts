/** Causal attention over packed records, forward. */
import { dispatchRuns } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { chooseVariant } from '../kernel-class.ts';
import { expectTensor } from '../tensor-check.ts';
import {
  arrange,
  attentionClass,
  attentionSizes,
  caseOperands,
  defaultScale,
  read,
  shadersOfForms,
  uniformsOf,
  write,
  type AttentionVariant,
  type Forms,
} from './attention-class.ts';
import { directHeads, tiledHeads } from './head-kernels.ts';
import * as reference from './attention.reference.ts';

// Rows per thread by measurement on lavapipe and SwiftShader: more rows per thread mean fewer loads, until their
// registers spill and compiling them takes seconds.
const forms: Forms = {
  direct: directHeads('attention/forward-direct', [2, 4, 8], { ROWS: 4 }),
  tiled: tiledHeads('attention/forward-tiled'),
};

/** Scores, and their sums of values. */
const passes = 2;

export const attentionForwardClass = attentionClass(
  'attention-forward',
  { passes, shaders: shadersOfForms(forms) },
  (sizes) => {
    const { tensors, query, operands, forReference } = caseOperands(sizes);
    const output = tensors.result('output', query);
    const logSumExp = tensors.result('log-sum-exp', [sizes.rows, sizes.heads]);
    return {
      tensors,
      prepare: null,
      record: (r, variant) => attentionForward(r, { ...operands, output, logSumExp, variant }),
      results: [asMatrix(output), asMatrix(logSumExp)],
      expected: async (from) => {
        const found = reference.attentionForward(...(await forReference(from)));
        return [found.output, found.logSumExp];
      },
    };
  },
);

/**
 * Causal grouped-query attention, block-diagonal over packed records: row i attends the rows
 * segmentStart[i] … i. Online softmax; nothing of size N × N exists.
 *
 * output_i = Σ_j softmax_j(scale · q_i·k_j) v_j, logSumExp_i = log Σ_j exp(scale · q_i·k_j); scale is
 * 1 / √headSize unless given.
 * A row whose segment starts after it attends nothing: it gets zeros, and a logSumExp of 1e30.
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
  const { variant, request } = chooseVariant(
    attentionForwardClass,
    recorder.traits,
    { kind: 'attention-forward', ...sizes },
    args.variant,
  );
  const { scale = defaultScale(sizes) } = args;
  dispatchRuns(recorder, {
    ...arrange({ forms, variant, sizes, heads: sizes.heads, passes }),
    request,
    bindings: [read(q), read(k), read(v), read(segmentStart), write(output), write(logSumExp)],
    uniforms: (first) => uniformsOf(sizes, scale, first),
    constants: { HEAD_DIM: sizes.headSize },
  });
}
