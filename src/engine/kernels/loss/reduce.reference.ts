/** Float64 reference of lossSum. */
export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
