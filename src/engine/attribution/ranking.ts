/** Ranks training records by the likeness of their gradients to the gradient of a phrase. */

/** The gradient of a phrase in its place, and those of other words in the same place, as sketches. */
export interface PhraseGradients {
  readonly phrase: Float32Array;
  readonly others: readonly Float32Array[];
}

/**
 * The cosine of each record's gradient with the phrase's (TracIn, Pruthi et al. 2020, scaled to length 1 as in
 * LESS, Xia et al. 2024), 0 where nothing is left. Two directions are taken out of both sides first: the mean of
 * all records, which every answer pushes along; and the mean of other words in the phrase's place, which is what
 * the prompt does whatever follows, and would rank records by what was asked.
 * @param records one sketch for each record, of the same seed as the phrase's
 */
export function likenesses(
  { phrase, others }: PhraseGradients,
  records: readonly Float32Array[],
): Float64Array {
  const away = orthonormal([meanDirection(records), meanDirection(others)]);
  const query = unit(without(phrase, away));
  return Float64Array.from(records, (record) => dot(query, unit(without(record, away))));
}

/** Indices by falling value; values that are no numbers last. */
export function ranked(values: ArrayLike<number>): number[] {
  const rank = (index: number): number => {
    const value = values[index] ?? Number.NaN;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return Array.from({ length: values.length }, (_, index) => index).sort(
    (one, other) => rank(other) - rank(one) || one - other,
  );
}

function meanDirection(vectors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    const length = Math.sqrt(dot(vector, vector));
    if (length === 0) continue;
    vector.forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / length;
    });
  }
  return mean;
}

/** Gram–Schmidt; directions of length zero are left out. */
function orthonormal(directions: readonly (Float32Array | Float64Array)[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const direction of directions) {
    const rest = without(direction, basis);
    if (dot(rest, rest) > 0) basis.push(unit(rest));
  }
  return basis;
}

/** A vector without its parts along an orthonormal basis. */
function without(
  vector: Float32Array | Float64Array,
  basis: readonly Float64Array[],
): Float64Array {
  const rest = Float64Array.from(vector);
  for (const direction of basis) {
    const along = dot(rest, direction);
    direction.forEach((value, i) => {
      rest[i] = (rest[i] ?? 0) - along * value;
    });
  }
  return rest;
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function dot(one: Float32Array | Float64Array, other: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += (one[i] ?? Number.NaN) * (other[i] ?? Number.NaN);
  return sum;
}
