/** Reference of maskGradients: gradients ∘ mask. */
export function maskGradients(gradients: Float64Array, mask: Float64Array): Float64Array {
  return gradients.map((gradient, i) => gradient * (mask[i] ?? Number.NaN));
}
