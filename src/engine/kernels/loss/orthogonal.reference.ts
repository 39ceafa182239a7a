/** Float64 references of the orthogonal loss (eq. 10–12) for one pair of matrices. */

export interface OrthogonalPair {
  /** A_k, row-major [rankK, inputs]. */
  readonly knowledge: Float64Array;
  /** A_d, row-major [rankD, inputs]. */
  readonly alignment: Float64Array;
  readonly rankK: number;
  readonly rankD: number;
  readonly inputs: number;
}

/** M = A_k A_dᵀ, row-major [rankK, rankD]. */
export function orthogonalProduct(pair: OrthogonalPair): Float64Array {
  const { knowledge, alignment, rankK, rankD, inputs } = pair;
  return Float64Array.from({ length: rankK * rankD }, (_, index) => {
    const i = Math.floor(index / rankD);
    const j = index % rankD;
    let sum = 0;
    for (let c = 0; c < inputs; c += 1) {
      sum += (knowledge[i * inputs + c] ?? 0) * (alignment[j * inputs + c] ?? 0);
    }
    return sum;
  });
}

/** Σ_ij |M_ij|. */
export function orthogonalForward(pair: OrthogonalPair): number {
  return orthogonalProduct(pair).reduce((sum, value) => sum + Math.abs(value), 0);
}

/** dA_k = sign(M) A_d and dA_d = sign(M)ᵀ A_k; `signs` [rankK, rankD] replaces sign(M) if given. */
export function orthogonalBackward(
  pair: OrthogonalPair,
  signs: ArrayLike<number> = orthogonalProduct(pair).map(Math.sign),
): { dknowledge: Float64Array; dalignment: Float64Array } {
  const { knowledge, alignment, rankK, rankD, inputs } = pair;
  const dknowledge = new Float64Array(rankK * inputs);
  const dalignment = new Float64Array(rankD * inputs);
  for (let i = 0; i < rankK; i += 1) {
    for (let j = 0; j < rankD; j += 1) {
      const sign = signs[i * rankD + j] ?? Number.NaN;
      for (let c = 0; c < inputs; c += 1) {
        const k = i * inputs + c;
        const d = j * inputs + c;
        dknowledge[k] = (dknowledge[k] ?? 0) + sign * (alignment[d] ?? 0);
        dalignment[d] = (dalignment[d] ?? 0) + sign * (knowledge[k] ?? 0);
      }
    }
  }
  return { dknowledge, dalignment };
}
