/** Causal grouped-query attention in float64, forward and backward. */
export interface AttentionCase {
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  /** First row of each row's record; a value beyond the row means that it attends nothing. */
  readonly segmentStart: readonly number[];
  /** The factor that multiplies scores; 1 / √headSize unless given. */
  readonly scale?: number | undefined;
}

function product(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, d) => sum + value * (b[d] ?? Number.NaN), 0);
}

/** to += scale · from */
function addScaled(to: Float64Array, from: Float64Array, scale: number): void {
  for (let d = 0; d < to.length; d += 1) {
    to[d] = (to[d] ?? Number.NaN) + scale * (from[d] ?? Number.NaN);
  }
}

/** The vector of one head in a tensor, by the offset at which it begins. */
function headAt({ headSize }: Pick<AttentionCase, 'headSize'>) {
  return (values: Float64Array, at: number): Float64Array => values.subarray(at, at + headSize);
}

/** Calls `visit` with each query row and head, its vector offset, and its softmax weights by key row. */
function eachQuery(
  q: Float64Array,
  k: Float64Array,
  { heads, groups, headSize, segmentStart, scale = 1 / Math.sqrt(headSize) }: AttentionCase,
  visit: (query: {
    readonly vector: number;
    readonly at: number;
    readonly keys: readonly { readonly at: number; readonly weight: number }[];
    readonly logSumExp: number;
  }) => void,
): void {
  const head = headAt({ headSize });
  segmentStart.forEach((start, row) => {
    for (let index = 0; index < heads; index += 1) {
      const group = Math.floor(index / (heads / groups));
      const vector = row * heads + index;
      const at = vector * headSize;
      const scored = [];
      for (let key = start; key <= row; key += 1) {
        const keyAt = (key * groups + group) * headSize;
        const score = scale * product(head(q, at), head(k, keyAt));
        scored.push({ at: keyAt, score });
      }
      const high = Math.max(...scored.map(({ score }) => score));
      const sum = scored.reduce((total, { score }) => total + Math.exp(score - high), 0);
      const logSumExp = scored.length === 0 ? 1e30 : high + Math.log(sum);
      const keys = scored.map((key) => ({ at: key.at, weight: Math.exp(key.score - logSumExp) }));
      visit({ vector, at, keys, logSumExp });
    }
  });
}

/** Causal grouped-query attention of q [N, H, size] over k, v [N, G, size]. */
export function attentionForward(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  sizes: AttentionCase,
): { output: Float64Array; logSumExp: Float64Array } {
  const output = new Float64Array(q.length);
  const logSumExp = new Float64Array(q.length / sizes.headSize);
  const head = headAt(sizes);
  eachQuery(q, k, sizes, (query) => {
    logSumExp[query.vector] = query.logSumExp;
    for (const { at, weight } of query.keys) {
      addScaled(head(output, query.at), head(v, at), weight);
    }
  });
  return { output, logSumExp };
}

/** Gradients of `attentionForward` for q, k and v. */
export function attentionBackward(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  dOutput: Float64Array,
  sizes: AttentionCase,
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const { headSize, scale = 1 / Math.sqrt(headSize) } = sizes;
  const dq = new Float64Array(q.length);
  const dk = new Float64Array(k.length);
  const dv = new Float64Array(v.length);
  const head = headAt(sizes);
  eachQuery(q, k, sizes, (query) => {
    const dy = head(dOutput, query.at);
    const dWeights = query.keys.map(({ at }) => product(dy, head(v, at)));
    const along = query.keys.reduce(
      (sum, { weight }, j) => sum + weight * (dWeights[j] ?? Number.NaN),
      0,
    );
    query.keys.forEach(({ at, weight }, j) => {
      const dScore = scale * weight * ((dWeights[j] ?? Number.NaN) - along);
      addScaled(head(dq, query.at), head(k, at), dScore);
      addScaled(head(dk, at), head(q, query.at), dScore);
      addScaled(head(dv, at), dy, weight);
    });
  });
  return { dq, dk, dv };
}

export interface CacheCase {
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly slotCount: number;
  readonly capacity: number;
  readonly slots: readonly number[];
  readonly positions: readonly number[];
  readonly scale?: number | undefined;
  /** Most keys that a row sees, its own included. */
  readonly window?: number | undefined;
}

/** Attention of rows q [N, H, size] over caches [slots, capacity, G, size]; zeros outside the cache. */
export function cachedAttention(
  q: Float64Array,
  keyCache: Float64Array,
  valueCache: Float64Array,
  { heads, groups, headSize, slotCount, capacity, slots, positions, ...rest }: CacheCase,
): Float64Array {
  const output = new Float64Array(q.length);
  const width = groups * headSize;
  slots.forEach((slot, row) => {
    const position = positions[row] ?? Number.NaN;
    if (slot >= slotCount || position >= capacity) return;
    // The last row of a record made of the slot's first keys, with equally many query rows before it.
    const first = slot * capacity * width;
    const end = first + (position + 1) * width;
    const queries = new Float64Array((position + 1) * heads * headSize);
    const own = q.subarray(row * heads * headSize, (row + 1) * heads * headSize);
    queries.set(own, position * heads * headSize);
    const segmentStart = Array.from({ length: position + 1 }, (_, key) =>
      key === position ? Math.max(0, position + 1 - (rest.window ?? Infinity)) : position + 1,
    );
    const whole = attentionForward(
      queries,
      keyCache.subarray(first, end),
      valueCache.subarray(first, end),
      { heads, groups, headSize, segmentStart, scale: rest.scale },
    ).output;
    output.set(whole.subarray(position * heads * headSize), row * heads * headSize);
  });
  return output;
}
