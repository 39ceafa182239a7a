/** Float64 reference of gradientNorm: the norm, and the factor of clip_grad_norm_; a clip norm of 0 clips nothing. */
export function gradientNorm(
  gradients: Float64Array,
  clipNorm: number,
): { norm: number; clipFactor: number } {
  const norm = Math.sqrt(gradients.reduce((sum, value) => sum + value * value, 0));
  return { norm, clipFactor: clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1 };
}
