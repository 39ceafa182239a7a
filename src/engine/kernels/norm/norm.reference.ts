/** RMSNorm of each row of x [rows, size]: y = weight ∘ x / √(mean x² + epsilon). */
export function rmsNormForward(
  x: Float64Array,
  weight: Float64Array,
  epsilon: number,
): Float64Array {
  const size = weight.length;
  const y = new Float64Array(x.length);
  for (let base = 0; base < x.length; base += size) {
    const inverse = inverseRms(x, base, size, epsilon);
    for (let d = 0; d < size; d += 1) {
      y[base + d] = (weight[d] ?? Number.NaN) * (x[base + d] ?? Number.NaN) * inverse;
    }
  }
  return y;
}

/** Gradient for x: r·weight∘dy − x·r³/size·Σ weight∘dy∘x, with r = 1/√(mean x² + epsilon). */
export function rmsNormBackward(
  x: Float64Array,
  weight: Float64Array,
  epsilon: number,
  dy: Float64Array,
): Float64Array {
  const size = weight.length;
  const dx = new Float64Array(x.length);
  for (let base = 0; base < x.length; base += size) {
    const inverse = inverseRms(x, base, size, epsilon);
    let product = 0;
    for (let d = 0; d < size; d += 1) {
      product +=
        (weight[d] ?? Number.NaN) * (dy[base + d] ?? Number.NaN) * (x[base + d] ?? Number.NaN);
    }
    for (let d = 0; d < size; d += 1) {
      const along = ((x[base + d] ?? Number.NaN) * product * inverse ** 3) / size;
      dx[base + d] = inverse * (weight[d] ?? Number.NaN) * (dy[base + d] ?? Number.NaN) - along;
    }
  }
  return dx;
}

function inverseRms(x: Float64Array, base: number, size: number, epsilon: number): number {
  let sum = 0;
  for (let d = 0; d < size; d += 1) sum += (x[base + d] ?? Number.NaN) ** 2;
  return 1 / Math.sqrt(sum / size + epsilon);
}
