/**
 * Central differences of a scalar function of one array, against which the backward pass of every reference
 * is checked. `epsilon` 1e-6 suits float64 at values around 1.
 */
export function finiteDifferences(
  f: (x: Float64Array) => number,
  x: Float64Array,
  epsilon = 1e-6,
): Float64Array {
  return x.map((value, i) => {
    const moved = Float64Array.from(x);
    moved[i] = value + epsilon;
    const above = f(moved);
    moved[i] = value - epsilon;
    return (above - f(moved)) / (2 * epsilon);
  });
}

/** Σ a·b: turns a vector-valued forward pass into a scalar one with gradient `b`. */
export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
}
