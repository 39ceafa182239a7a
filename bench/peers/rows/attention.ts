/** Causal grouped-query attention, forward and backward. */
import { attentionBackward } from '../../../src/engine/kernels/attention/attention-backward.ts';
import { attentionForward } from '../../../src/engine/kernels/attention/attention-forward.ts';
import { jaxContestant } from '../jax.ts';
import { ortContestant } from '../ort.ts';
import { ours, type RowTensors } from '../ours.ts';
import type { Row } from '../race.ts';
import { uniformValues } from '../values.ts';
import type { Host } from './host.ts';

const heads = 4;
const groups = 2;
const headSize = 64;

const operands = (tokens: number) => ({
  q: uniformValues(tokens * heads * headSize, 1),
  k: uniformValues(tokens * groups * headSize, 2),
  v: uniformValues(tokens * groups * headSize, 3),
  dOutput: uniformValues(tokens * heads * headSize, 4),
});

function tensorsOf(tensors: RowTensors, tokens: number) {
  const { q, k, v } = operands(tokens);
  return {
    q: tensors.filled('q', [tokens, heads, headSize], q),
    k: tensors.filled('k', [tokens, groups, headSize], k),
    v: tensors.filled('v', [tokens, groups, headSize], v),
    output: tensors.empty('output', [tokens, heads, headSize]),
    logSumExp: tensors.empty('log-sum-exp', [tokens, heads]),
    segmentStart: tensors.empty('segment start', [tokens], 'u32'),
  };
}

const shapeOf = (tokens: number): string =>
  `T ${tokens}, ${heads}/${groups} heads of ${headSize}, causal`;

/** Multiplications and additions of the causal triangle, once over. */
const triangle = (tokens: number): number => (heads * tokens * (tokens + 1)) / 2;

/** Causal grouped-query attention of one record, forward. */
export function attentionForwardRow(host: Host, tokens: number): Row {
  const width = heads * headSize;
  const keyWidth = groups * headSize;
  return {
    id: `attention-forward-${tokens}`,
    title: 'attention forward',
    shape: shapeOf(tokens),
    flops: 4 * triangle(tokens) * headSize,
    bytes: 4 * tokens * (2 * width + 2 * keyWidth),
    bound: 4e-6,
    contestants: [
      ours(host.gpu, (recorder, tensors) => {
        const all = tensorsOf(tensors, tokens);
        attentionForward(recorder, all);
        return { output: { tensor: all.output } };
      }),
      jaxContestant(({ numpy: np, nn }) => {
        const { q, k, v } = operands(tokens);
        return {
          operands: [
            np.array(q).reshape([tokens, heads, headSize]),
            np.array(k).reshape([tokens, groups, headSize]),
            np.array(v).reshape([tokens, groups, headSize]),
          ],
          compute: (query, key, value) => {
            return [nn.dotProductAttention(query, key, value, { isCausal: true })];
          },
          named: [{ name: 'output' }],
        };
      }, 'dotProductAttention'),
      ortContestant(
        host.loadOrt,
        () => {
          const { q, k, v } = operands(tokens);
          return {
            graph: {
              nodes: [
                {
                  op: 'GroupQueryAttention',
                  domain: 'com.microsoft',
                  inputs: ['q', 'k', 'v', '', '', 'last', 'total'],
                  outputs: ['output', 'keys', 'values'],
                  attributes: { num_heads: heads, kv_num_heads: groups },
                },
              ],
              constants: [
                { name: 'last', type: 'int32', dims: [1], data: Int32Array.of(tokens - 1) },
                { name: 'total', type: 'int32', dims: [1], data: Int32Array.of(tokens) },
              ],
              inputs: [
                { name: 'q', type: 'float', dims: [1, tokens, width] },
                { name: 'k', type: 'float', dims: [1, tokens, keyWidth] },
                { name: 'v', type: 'float', dims: [1, tokens, keyWidth] },
              ],
              outputs: [
                { name: 'output', type: 'float', dims: [1, tokens, width] },
                { name: 'keys', type: 'float', dims: [1, groups, tokens, headSize] },
                { name: 'values', type: 'float', dims: [1, groups, tokens, headSize] },
              ],
            },
            feeds: {
              q: { data: q, dims: [1, tokens, width] },
              k: { data: k, dims: [1, tokens, keyWidth] },
              v: { data: v, dims: [1, tokens, keyWidth] },
            },
            fetches: {
              output: [1, tokens, width],
              keys: [1, groups, tokens, headSize],
              values: [1, groups, tokens, headSize],
            },
          };
        },
        'GroupQueryAttention; it also copies keys and values into a cache',
      ),
    ],
  };
}

/** The same with the gradients of q, k and v; the forward pass is part of it. */
export function attentionBackwardRow(host: Host, tokens: number): Row {
  const width = heads * headSize;
  const keyWidth = groups * headSize;
  return {
    id: `attention-backward-${tokens}`,
    title: 'attention forward + backward',
    shape: shapeOf(tokens),
    flops: 14 * triangle(tokens) * headSize,
    bytes: 4 * tokens * (4 * width + 4 * keyWidth),
    bound: 1e-5,
    contestants: [
      ours(host.gpu, (recorder, tensors) => {
        const all = tensorsOf(tensors, tokens);
        const ends = new Uint32Array(tokens).fill(tokens);
        const dq = tensors.empty('dq', [tokens, heads, headSize]);
        const dk = tensors.empty('dk', [tokens, groups, headSize]);
        const dv = tensors.empty('dv', [tokens, groups, headSize]);
        attentionForward(recorder, all);
        const { dOutput } = operands(tokens);
        attentionBackward(recorder, {
          ...all,
          segmentEnd: tensors.filled('segment end', [tokens], ends, 'u32'),
          dOutput: tensors.filled('d output', [tokens, heads, headSize], dOutput),
          dq,
          dk,
          dv,
        });
        return {
          output: { tensor: all.output },
          dq: { tensor: dq },
          dk: { tensor: dk },
          dv: { tensor: dv },
        };
      }),
      jaxContestant(({ numpy: np, nn, vjp }) => {
        const { q, k, v, dOutput } = operands(tokens);
        return {
          operands: [
            np.array(q).reshape([tokens, heads, headSize]),
            np.array(k).reshape([tokens, groups, headSize]),
            np.array(v).reshape([tokens, groups, headSize]),
            np.array(dOutput).reshape([tokens, heads, headSize]),
          ],
          compute: (query, key, value, cotangent) => {
            const [output, backward] = vjp(
              (a, b, c) => nn.dotProductAttention(a, b, c, { isCausal: true }),
              [query, key, value],
            );
            const gradients = backward(cotangent);
            backward.dispose();
            return [output, ...gradients];
          },
          named: [{ name: 'output' }, { name: 'dq' }, { name: 'dk' }, { name: 'dv' }],
        };
      }, 'dotProductAttention and its vjp'),
    ],
  };
}
