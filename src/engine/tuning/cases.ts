/** One computation per class, with its float64 reference. */
import type { PlanRecorder } from '../gpu/recorder.ts';
import { asMatrix, type Matrix, type Tensor } from '../gpu/tensor.ts';
import { attentionBackward, attentionForward } from '../kernels/attention/attention.ts';
import { cacheTensorShape, cachedAttention } from '../kernels/attention/cached-attention.ts';
import type {
  AttentionSizes,
  AttentionVariant,
  CachedAttentionSizes,
  CachedVariant,
  KernelSizes,
  NormSizes,
  NormVariant,
  ProductSizes,
} from '../kernels/choices.ts';
import { embeddingForward } from '../kernels/embedding/embedding.ts';
import type { ProductVariant } from '../kernels/linear/linear-kernels.ts';
import {
  linearBackwardInput,
  linearBackwardWeight,
  linearForward,
} from '../kernels/linear/linear.ts';
import type { VectorVariant } from '../kernels/linear/matrix-vector.ts';
import { rmsNormBackward, rmsNormForward } from '../kernels/norm/norm.ts';
import * as attention from '../kernels/attention/attention.reference.ts';
import * as linear from '../kernels/linear/linear.reference.ts';
import * as norm from '../kernels/norm/norm.reference.ts';
import { isPacked } from '../kernels/linear/weight-formats.ts';
import { CaseTensors } from './case-tensors.ts';

/** Reads a tensor as float64. */
type Read = (tensor: Tensor) => Promise<Float64Array>;

/** One computation on made-up values: how a variant is asked for, and what it has to give. */
export interface TuningCase {
  readonly tensors: CaseTensors;
  /** Run once before any variant: what they read and do not compute themselves. */
  readonly prepare: ((r: PlanRecorder) => void) | null;
  /** @param variant one of `candidateVariants` for these sizes */
  readonly record: (r: PlanRecorder, variant: string) => void;
  readonly results: readonly Matrix[];
  /** The results in float64, dense, by plain loops over the values that the tensors hold. */
  readonly expected: (read: Read) => Promise<readonly Float64Array[]>;
}

/** The values of a matrix, row after row. */
export async function readDense(matrix: Matrix, read: Read): Promise<Float64Array> {
  const { tensor, rows, columns, stride, offset } = matrix;
  const all = await read(tensor);
  const found = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const start = offset + row * stride;
    found.set(all.subarray(start, start + columns), row * columns);
  }
  return found;
}

/** The case of these sizes, exactly. */
export function tuningCase(sizes: KernelSizes): TuningCase {
  switch (sizes.kind) {
    case 'forward':
      return forwardCase(sizes);
    case 'input':
      return inputCase(sizes);
    case 'weight':
      return weightCase(sizes);
    case 'attention-forward':
    case 'attention-backward':
      return attentionCase(sizes);
    case 'cached-attention':
      return cachedCase(sizes);
    case 'norm-forward':
    case 'norm-backward':
      return normCase(sizes);
  }
}

/** Frozen weights of a case, and how their values are known: packed ones through the lookup kernel. */
function frozenWeights(
  tensors: CaseTensors,
  shape: readonly [number, number],
  { reader, aligned }: ProductSizes,
): {
  readonly w: ReturnType<CaseTensors['weights']>;
  readonly prepare: TuningCase['prepare'];
  readonly values: (read: Read) => Promise<Float64Array>;
} {
  const w = tensors.weights(shape, reader, aligned);
  if (!isPacked(w)) return { w, prepare: null, values: (read) => readDense(w, read) };
  const ids = tensors.words('rows', [shape[0]], (index) => index);
  const plain = tensors.prepared('weights as float32', shape);
  return {
    w,
    prepare: (r) => embeddingForward(r, { ids, table: w, y: plain }),
    values: (read) => read(plain),
  };
}

function forwardCase(sizes: ProductSizes): TuningCase {
  const { rows, columns: outputs, inner: inputs, aligned } = sizes;
  const tensors = new CaseTensors();
  const x = tensors.matrix('x', [rows, inputs], aligned);
  const { w, prepare, values } = frozenWeights(tensors, [outputs, inputs], sizes);
  const y = tensors.resultMatrix('y', [rows, outputs], aligned);
  return {
    tensors,
    prepare,
    record: (r, variant) => {
      linearForward(r, { x, w, y, variant: variant as ProductVariant | VectorVariant });
    },
    results: [y],
    expected: async (read) => {
      const operands = { x: await readDense(x, read), w: await values(read) };
      return [linear.linearForwardReference({ rows, outputs, inputs, rank: 0, ...operands }).y];
    },
  };
}

function inputCase(sizes: ProductSizes): TuningCase {
  const { rows, columns: inputs, inner: outputs, aligned } = sizes;
  const tensors = new CaseTensors();
  const dy = tensors.matrix('dy', [rows, outputs], aligned);
  const { w, prepare, values } = frozenWeights(tensors, [outputs, inputs], sizes);
  const dx = tensors.resultMatrix('dx', [rows, inputs], aligned);
  return {
    tensors,
    prepare,
    record: (r, variant) => {
      linearBackwardInput(r, { dy, w, dx, variant: variant as ProductVariant });
    },
    results: [dx],
    expected: async (read) => {
      const operands = { dy: await readDense(dy, read), w: await values(read) };
      const shape = { rows, outputs, inputs, rank: 0 };
      return [linear.linearBackwardInputReference({ ...shape, ...operands }).dx];
    },
  };
}

function weightCase(sizes: ProductSizes): TuningCase {
  const { rows: outputs, columns: inputs, inner: rows, aligned } = sizes;
  const tensors = new CaseTensors();
  const dy = tensors.matrix('dy', [rows, outputs], aligned);
  const x = tensors.matrix('x', [rows, inputs], aligned);
  const dw = tensors.resultMatrix('dw', [outputs, inputs], aligned);
  return {
    tensors,
    prepare: null,
    record: (r, variant) => {
      const asked = variant as ProductVariant;
      linearBackwardWeight(r, { dy, x, dw, accumulate: false, variant: asked });
    },
    results: [dw],
    expected: async (read) => {
      const operands = { dy: await readDense(dy, read), x: await readDense(x, read) };
      return [linear.linearBackwardWeightReference({ rows, outputs, inputs, ...operands }).dw];
    },
  };
}

/** Longest record of an attention case. */
const segmentRows = 256;

function attentionCase(sizes: AttentionSizes): TuningCase {
  const { rows, heads, groups, headSize } = sizes;
  const tensors = new CaseTensors();
  const query = [rows, heads, headSize];
  const key = [rows, groups, headSize];
  const q = tensors.values('q', query);
  const k = tensors.values('k', key);
  const v = tensors.values('v', key);
  // Records of one length and what is left over.
  const start = (row: number): number => row - (row % segmentRows);
  const segmentStart = tensors.words('first rows', [rows], start);
  const segmentEnd = tensors.words('ends', [rows], (row) =>
    Math.min(rows, start(row) + segmentRows),
  );
  const isForward = sizes.kind === 'attention-forward';
  const given = (label: string, shape: readonly number[]): Tensor =>
    isForward ? tensors.result(label, shape) : tensors.prepared(label, shape);
  const output = given('output', query);
  const logSumExp = given('log-sum-exp', [rows, heads]);
  const operands = { q, k, v, segmentStart, output, logSumExp };
  const reference = async (read: Read) => {
    const starts = Array.from({ length: rows }, (_, row) => start(row));
    const shape = { heads, groups, headSize, segmentStart: starts };
    return [await read(q), await read(k), await read(v), shape] as const;
  };
  if (isForward) {
    return {
      tensors,
      prepare: null,
      record: (r, variant) => {
        attentionForward(r, { ...operands, variant: variant as AttentionVariant });
      },
      results: [asMatrix(output), asMatrix(logSumExp)],
      expected: async (read) => {
        const found = attention.attentionForward(...(await reference(read)));
        return [found.output, found.logSumExp];
      },
    };
  }
  const dOutput = tensors.values('d output', query);
  const gradients = {
    dq: tensors.result('dq', query),
    dk: tensors.result('dk', key),
    dv: tensors.result('dv', key),
  };
  return {
    tensors,
    prepare: (r) => attentionForward(r, operands),
    record: (r, variant) => {
      const asked = variant as AttentionVariant;
      attentionBackward(r, { ...operands, segmentEnd, dOutput, ...gradients, variant: asked });
    },
    results: Object.values(gradients).map(asMatrix),
    expected: async (read) => {
      const [qs, ks, vs, shape] = await reference(read);
      const { dq, dk, dv } = attention.attentionBackward(qs, ks, vs, await read(dOutput), shape);
      return [dq, dk, dv];
    },
  };
}

/** Sequences that the rows of a cached case belong to. */
const mostSlots = 4;

function cachedCase(sizes: CachedAttentionSizes): TuningCase {
  const { rows, heads, groups, headSize, capacity, half } = sizes;
  const tensors = new CaseTensors();
  const slotCount = Math.min(rows, mostSlots);
  const format = half ? 'float16' : 'float32';
  const { shape } = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
  // Two float16 to a word: any signs and mantissas, exponents near that of 1.
  const cache = (label: string): Tensor =>
    half ? tensors.words(label, shape, halfWord) : tensors.values(label, shape);
  const q = tensors.values('q', [rows, heads, headSize]);
  const keyCache = cache('keys');
  const valueCache = cache('values');
  const slots = tensors.words('slots', [rows], (row) => row % slotCount);
  const position = (row: number): number => capacity - 1 - (row % Math.ceil(capacity / 4));
  const positions = tensors.words('positions', [rows], position);
  const output = tensors.result('output', [rows, heads, headSize]);
  return {
    tensors,
    prepare: null,
    record: (r, variant) => {
      const operands = { q, keyCache, valueCache, slots, positions, output };
      cachedAttention(r, { ...operands, variant: variant as CachedVariant });
    },
    results: [asMatrix(output)],
    expected: async (read) => {
      const rowsOf = (value: (row: number) => number): number[] =>
        Array.from({ length: rows }, (_, row) => value(row));
      const cacheValues = async (tensor: Tensor): Promise<Float64Array> =>
        half ? halves(slotCount * capacity * groups * headSize) : read(tensor);
      return [
        attention.cachedAttention(
          await read(q),
          await cacheValues(keyCache),
          await cacheValues(valueCache),
          {
            heads,
            groups,
            headSize,
            slotCount,
            capacity,
            slots: rowsOf((row) => row % slotCount),
            positions: rowsOf(position),
          },
        ),
      ];
    },
  };
}

/** Two float16 of exponent 0, their mantissas from the index. */
const halfWord = (index: number): number =>
  0x3c003c00 | (Math.imul(index, 0x9e3779b9) & 0x83ff83ff);

/** The same as numbers. */
function halves(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const word = halfWord(index >> 1) >>> (16 * (index & 1));
    const value = 1 + (word & 0x3ff) / 1024;
    return word & 0x8000 ? -value : value;
  });
}

const epsilon = 2 ** -20;

function normCase({ kind, rows, columns }: NormSizes): TuningCase {
  const tensors = new CaseTensors();
  const x = tensors.values('x', [rows, columns]);
  const weight = tensors.values('weight', [columns]);
  if (kind === 'norm-forward') {
    const y = tensors.result('y', [rows, columns]);
    return {
      tensors,
      prepare: null,
      record: (r, variant) => {
        rmsNormForward(r, { x, weight, epsilon, y, variant: variant as NormVariant });
      },
      results: [asMatrix(y)],
      expected: async (read) => [norm.rmsNormForward(await read(x), await read(weight), epsilon)],
    };
  }
  const dy = tensors.values('dy', [rows, columns]);
  const dx = tensors.result('dx', [rows, columns]);
  return {
    tensors,
    prepare: null,
    record: (r, variant) => {
      rmsNormBackward(r, { x, weight, epsilon, dy, dx, variant: variant as NormVariant });
    },
    results: [asMatrix(dx)],
    expected: async (read) => [
      norm.rmsNormBackward(await read(x), await read(weight), epsilon, await read(dy)),
    ],
  };
}
