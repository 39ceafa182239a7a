/** Dense row-major matrices in float64 for the references of the linear kernels. */

/** y [N, O] = (x·wᵀ) ∘ columnScale + bias + h·bᵀ + residual; also the sum of the terms' magnitudes. */
export function linearForwardReference(args: {
  rows: number;
  outputs: number;
  inputs: number;
  rank: number;
  x: Float64Array;
  w: Float64Array;
  h?: Float64Array | undefined;
  b?: Float64Array | undefined;
  bias?: Float64Array | undefined;
  columnScale?: Float64Array | undefined;
  residual?: Float64Array | undefined;
}): { y: Float64Array; magnitude: Float64Array } {
  const { rows, outputs, inputs, rank, x, w, h, b, bias, columnScale, residual } = args;
  const y = new Float64Array(rows * outputs);
  const magnitude = new Float64Array(rows * outputs);
  for (let n = 0; n < rows; n += 1) {
    for (let o = 0; o < outputs; o += 1) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < inputs; k += 1) {
        const term = at(x, n * inputs + k) * at(w, o * inputs + k);
        sum += term;
        size += Math.abs(term);
      }
      if (columnScale) {
        sum *= at(columnScale, o);
        size *= Math.abs(at(columnScale, o));
      }
      if (h && b) {
        for (let k = 0; k < rank; k += 1) {
          const term = at(h, n * rank + k) * at(b, o * rank + k);
          sum += term;
          size += Math.abs(term);
        }
      }
      for (const term of [bias && at(bias, o), residual && at(residual, n * outputs + o)]) {
        if (term === undefined) continue;
        sum += term;
        size += Math.abs(term);
      }
      y[n * outputs + o] = sum;
      magnitude[n * outputs + o] = size;
    }
  }
  return { y, magnitude };
}

/** dx [N, K] = before + alpha · ((dy·w) ∘ columnScale + mask ∘ (dh·a)), and magnitudes. */
export function linearBackwardInputReference(args: {
  rows: number;
  outputs: number;
  inputs: number;
  rank: number;
  dy: Float64Array;
  w: Float64Array;
  dh?: Float64Array | undefined;
  a?: Float64Array | undefined;
  /** [N, K]: 0 or 1/(1 − p) */
  mask?: Float64Array | undefined;
  columnScale?: Float64Array | undefined;
  before?: Float64Array | undefined;
  alpha?: number | undefined;
}): { dx: Float64Array; magnitude: Float64Array } {
  const { rows, outputs, inputs, rank, dy, w, dh, a, mask, columnScale, before } = args;
  const alpha = args.alpha ?? 1;
  const dx = new Float64Array(rows * inputs);
  const magnitude = new Float64Array(rows * inputs);
  for (let n = 0; n < rows; n += 1) {
    for (let k = 0; k < inputs; k += 1) {
      const element = n * inputs + k;
      const scale = alpha * (columnScale ? at(columnScale, k) : 1);
      let sum = before ? at(before, element) : 0;
      let size = Math.abs(sum);
      for (let o = 0; o < outputs; o += 1) {
        const term = scale * at(dy, n * outputs + o) * at(w, o * inputs + k);
        sum += term;
        size += Math.abs(term);
      }
      if (dh && a) {
        const kept = alpha * (mask ? at(mask, element) : 1);
        for (let j = 0; j < rank; j += 1) {
          const term = kept * at(dh, n * rank + j) * at(a, j * inputs + k);
          sum += term;
          size += Math.abs(term);
        }
      }
      dx[element] = sum;
      magnitude[element] = size;
    }
  }
  return { dx, magnitude };
}

/** dw [O, K] = before + dyᵀ·x, and magnitudes. */
export function linearBackwardWeightReference(args: {
  rows: number;
  outputs: number;
  inputs: number;
  dy: Float64Array;
  x: Float64Array;
  before?: Float64Array | undefined;
}): { dw: Float64Array; magnitude: Float64Array } {
  const { rows, outputs, inputs, dy, x, before } = args;
  const dw = new Float64Array(outputs * inputs);
  const magnitude = new Float64Array(outputs * inputs);
  for (let o = 0; o < outputs; o += 1) {
    for (let k = 0; k < inputs; k += 1) {
      const element = o * inputs + k;
      let sum = before ? at(before, element) : 0;
      let size = Math.abs(sum);
      for (let n = 0; n < rows; n += 1) {
        const term = at(dy, n * outputs + o) * at(x, n * inputs + k);
        sum += term;
        size += Math.abs(term);
      }
      dw[element] = sum;
      magnitude[element] = size;
    }
  }
  return { dw, magnitude };
}

/** y [C] = before + Σ_n x[n, ·], and magnitudes. */
export function columnSumReference(
  rows: number,
  columns: number,
  x: Float64Array,
  before?: Float64Array,
): { y: Float64Array; magnitude: Float64Array } {
  const y = new Float64Array(columns);
  const magnitude = new Float64Array(columns);
  for (let c = 0; c < columns; c += 1) {
    let sum = before ? at(before, c) : 0;
    let size = Math.abs(sum);
    for (let n = 0; n < rows; n += 1) {
      sum += at(x, n * columns + c);
      size += Math.abs(at(x, n * columns + c));
    }
    y[c] = sum;
    magnitude[c] = size;
  }
  return { y, magnitude };
}

/** An element that must exist: a wrong index gives NaN, which no bound passes. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
