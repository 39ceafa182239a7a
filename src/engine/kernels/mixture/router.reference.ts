/** Float64 references of router and gating (eq. 3–5). */
import type { RouterLayout } from './router.ts';

export interface RouterProblem {
  readonly layout: RouterLayout;
  readonly activeExperts: number;
  readonly renormalise: boolean;
  /** [L, E] */
  readonly bias?: Float64Array;
  readonly forced?: readonly number[];
  readonly rows: number;
  /** Columns S of h. */
  readonly columns: number;
  readonly h: Float64Array;
}

interface Choice {
  readonly probabilities: number[];
  readonly indices: number[];
  readonly weights: number[];
}

function at(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No element ${index}`);
  return value;
}

function blockOf({ layout, columns }: RouterProblem, row: number, linear: number) {
  const start = row * columns + layout.firstColumn + linear * layout.blockColumns;
  const experts = start + layout.plainColumns;
  return { start, experts, logits: experts + layout.experts * layout.expertRank };
}

function choose(problem: RouterProblem, row: number, linear: number): Choice {
  const { layout, activeExperts, bias, forced, h } = problem;
  const { logits } = blockOf(problem, row, linear);
  const values = Array.from(
    { length: layout.experts },
    (_, e) => at(h, logits + e) + (bias ? at(bias, linear * layout.experts + e) : 0),
  );
  const largest = Math.max(...values);
  const exps = values.map((value) => Math.exp(value - largest));
  const sum = exps.reduce((a, b) => a + b, 0);
  const probabilities = exps.map((value) => value / sum);
  if (forced) {
    return { probabilities, indices: [...forced], weights: forced.map(() => 1 / activeExperts) };
  }
  const order = values.map((_, e) => e);
  order.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const indices = order.slice(0, activeExperts);
  const chosen = indices.map((e) => probabilities[e] ?? 0);
  const total = chosen.reduce((a, b) => a + b, 0);
  const weights = problem.renormalise ? chosen.map((p) => p / total) : chosen;
  return { probabilities, indices, weights };
}

/** What routerForward writes; columns of `gated` outside of the blocks are NaN. */
export function routerForward(problem: RouterProblem): {
  gated: Float64Array;
  indices: number[];
  weights: number[];
  probabilities: number[];
} {
  const { layout, rows, h } = problem;
  const gated = new Float64Array(h.length).fill(Number.NaN);
  const indices: number[] = [];
  const weights: number[] = [];
  const probabilities: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let linear = 0; linear < layout.linears; linear += 1) {
      const choice = choose(problem, row, linear);
      indices.push(...choice.indices);
      weights.push(...choice.weights);
      probabilities.push(...choice.probabilities);
      const { start, experts, logits } = blockOf(problem, row, linear);
      for (let c = start; c < experts; c += 1) gated[c] = at(h, c);
      for (let e = 0; e < layout.experts; e += 1) {
        const gate = choice.weights[choice.indices.indexOf(e)] ?? 0;
        for (let r = 0; r < layout.expertRank; r += 1) {
          const c = experts + e * layout.expertRank + r;
          gated[c] = gate * at(h, c);
        }
        gated[logits + e] = 0;
      }
    }
  }
  return { gated, indices, weights, probabilities };
}

/** dh of routerBackward; columns outside of the blocks are NaN. */
export function routerBackward(
  problem: RouterProblem,
  dgated: Float64Array,
  columnScale: Float64Array,
): Float64Array {
  const { layout, rows, columns, h, activeExperts } = problem;
  const dh = new Float64Array(h.length).fill(Number.NaN);
  for (let row = 0; row < rows; row += 1) {
    for (let linear = 0; linear < layout.linears; linear += 1) {
      const { probabilities, indices, weights } = choose(problem, row, linear);
      const { start, experts, logits } = blockOf(problem, row, linear);
      for (let c = start; c < experts; c += 1) {
        dh[c] = at(columnScale, c % columns) * at(dgated, c);
      }
      // Gradients of the weights, one per chosen expert.
      const dweights = new Array<number>(activeExperts).fill(0);
      for (let e = 0; e < layout.experts; e += 1) {
        const k = indices.indexOf(e);
        for (let r = 0; r < layout.expertRank; r += 1) {
          const c = experts + e * layout.expertRank + r;
          dh[c] = at(columnScale, c % columns) * (weights[k] ?? 0) * at(dgated, c);
          if (k >= 0) dweights[k] = (dweights[k] ?? 0) + at(h, c) * at(dgated, c);
        }
      }
      // The Jacobian of weights by logits, entry by entry: dw_k / dp_j, then dp_j / dz_e.
      const chosenSum = indices.reduce((sum, e) => sum + (probabilities[e] ?? 0), 0);
      for (let e = 0; e < layout.experts; e += 1) {
        let sum = 0;
        for (let k = 0; k < activeExperts && !problem.forced; k += 1) {
          for (let j = 0; j < activeExperts; j += 1) {
            const pj = probabilities[indices[j] ?? 0] ?? 0;
            const same = k === j ? 1 : 0;
            const dwdp = problem.renormalise ? (same - (weights[k] ?? 0)) / chosenSum : same;
            const dpdz = pj * ((indices[j] === e ? 1 : 0) - (probabilities[e] ?? 0));
            sum += (dweights[k] ?? 0) * dwdp * dpdz;
          }
        }
        dh[logits + e] = sum;
      }
    }
  }
  return dh;
}
