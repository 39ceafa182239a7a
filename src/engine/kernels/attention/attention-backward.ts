/** Causal attention over packed records, backward. */
import { uniformWords } from '../uniforms.ts';
import { dispatchRuns } from '../../gpu/grid-parts.ts';
import { foldGrid, type KernelRequest, type UniformWord } from '../../gpu/kernel.ts';
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
  type HeadSizes,
} from './attention-class.ts';
import { attentionForward } from './attention-forward.ts';
import { directHeads, tiledHeads } from './head-kernels.ts';
import { shaderKernels } from '../shaders.ts';
import * as reference from './attention.reference.ts';

// Rows per thread by measurement, as in attention-forward.ts.
const queryGradient: Forms = {
  direct: directHeads('attention/query-gradient-direct', [2, 4, 8], { ROWS: 2 }),
  tiled: tiledHeads('attention/query-gradient-tiled'),
};
const keyValueGradient: Forms = {
  direct: directHeads('attention/key-value-gradient-direct', [2, 4, 8], { ROWS: 2 }),
  tiled: tiledHeads('attention/key-value-gradient-tiled'),
};
const rowStatistics = shaderKernels('attention', 'attention/row-statistics');

const shaders = shadersOfForms(queryGradient, keyValueGradient);

/** Weights and their gradients, computed by both kernels, and the sums of one and of two gradients. */
const [queryPasses, keyValuePasses] = [3, 4];
const allPasses = queryPasses + keyValuePasses;

export const attentionBackwardClass = attentionClass(
  'attention-backward',
  { passes: allPasses, shaders },
  (sizes) => {
    const { tensors, query, key, operands, segmentEnd, forReference } = caseOperands(sizes);
    const output = tensors.prepared('output', query);
    const logSumExp = tensors.prepared('log-sum-exp', [sizes.rows, sizes.heads]);
    const dOutput = tensors.values('d output', query);
    const given = { ...operands, segmentEnd, output, logSumExp, dOutput };
    const gradients = {
      dq: tensors.result('dq', query),
      dk: tensors.result('dk', key),
      dv: tensors.result('dv', key),
    };
    return {
      tensors,
      prepare: (r) => attentionForward(r, { ...operands, output, logSumExp }),
      record: (r, variant) => attentionBackward(r, { ...given, ...gradients, variant }),
      results: Object.values(gradients).map(asMatrix),
      expected: async (from) => {
        const [q, k, v, shape] = await forReference(from);
        const found = reference.attentionBackward(q, k, v, await from(dOutput), shape);
        return [found.dq, found.dk, found.dv];
      },
    };
  },
);

interface AttentionBackward {
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
}

/**
 * Gradients of `attentionForward` for q, k and v from its saved output and log-sum-exp. The weights are
 * computed again; one kernel sums over keys for dq, another over queries (and the group's query heads, in
 * order) for dk and dv, so that no two threads add to the same result and the bits repeat.
 *
 * @param args q, output, dOutput, dq [N, H, headSize], k, v, dk, dv [N, G, headSize], logSumExp [N, H],
 *   segmentStart, segmentEnd u32 [N]: the first row that a row sees, and one past the last row
 *   that sees it (without a window: the first row of its record and its exclusive end); scale as before
 * @throws RangeError as `attentionForward`
 */
export function attentionBackward(recorder: PlanRecorder, args: AttentionBackward): void {
  const { q, k, v, segmentStart, segmentEnd, output, logSumExp, dOutput, dq, dk, dv } = args;
  const sizes = checkedSizes(args);
  const { rows, heads, headSize, groups } = sizes;
  const statistics = recorder.scratch('attention statistics', [rows, heads, 2]);
  recorder.dispatch({
    kernel: rowStatistics(),
    bindings: [read(output), read(dOutput), read(logSumExp), write(statistics)],
    uniforms: uniformWords('attention/row-statistics', { vectors: rows * heads, size: headSize }),
    grid: foldGrid(Math.ceil((rows * heads) / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
  const inputs = [read(q), read(k), read(v), read(dOutput)];
  const { scale = defaultScale(sizes) } = args;
  const uniforms = (first: number): UniformWord[] => uniformsOf(sizes, scale, first);
  const constants = { HEAD_DIM: headSize };
  // Both kernels of the pass have the same variant; each reports its part of the work.
  const { variant, request } = chooseVariant(
    attentionBackwardClass,
    recorder.traits,
    { kind: 'attention-backward', ...sizes },
    args.variant,
  );
  const partOf = (passes: number): KernelRequest => ({
    ...request,
    work: (request.work * passes) / allPasses,
  });
  dispatchRuns(recorder, {
    ...arrange({ forms: queryGradient, variant, sizes, heads, passes: queryPasses }),
    request: partOf(queryPasses),
    bindings: [...inputs, read(segmentStart), read(statistics), write(dq)],
    uniforms,
    constants,
  });
  dispatchRuns(recorder, {
    ...arrange({ forms: keyValueGradient, variant, sizes, heads: groups, passes: keyValuePasses }),
    request: partOf(keyValuePasses),
    bindings: [...inputs, read(segmentEnd), read(statistics), write(dk), write(dv)],
    uniforms,
    constants,
  });
}

/** @throws RangeError as `attentionBackward` */
function checkedSizes(args: AttentionBackward): HeadSizes {
  const { q, k, v, segmentStart, segmentEnd, output, logSumExp, dOutput, dq, dk, dv } = args;
  const name = 'attentionBackward';
  const sizes = attentionSizes(name, q, k, v);
  const { rows, heads } = sizes;
  expectTensor(segmentStart, `${name} segmentStart`, [rows], 'u32');
  expectTensor(segmentEnd, `${name} segmentEnd`, [rows], 'u32');
  expectTensor(output, `${name} output`, q.shape);
  expectTensor(logSumExp, `${name} logSumExp`, [rows, heads]);
  expectTensor(dOutput, `${name} dOutput`, q.shape);
  expectTensor(dq, `${name} dq`, q.shape);
  expectTensor(dk, `${name} dk`, k.shape);
  expectTensor(dv, `${name} dv`, v.shape);
  return sizes;
}
