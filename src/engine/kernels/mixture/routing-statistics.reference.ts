/** Reference of routingStatistics: what one batch adds to the counts. */
export function routingStatistics(problem: {
  readonly indices: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly taskOf: ArrayLike<number>;
  readonly linears: number;
  readonly activeExperts: number;
  readonly experts: number;
  readonly tasks: number;
}): { pairCounts: number[]; weightSums: number[] } {
  const { indices, weights, taskOf, linears, activeExperts, experts, tasks } = problem;
  const pairCounts = new Array<number>(tasks * linears * experts * experts).fill(0);
  const weightSums = new Array<number>(tasks * linears * experts).fill(0);
  for (let row = 0; row < taskOf.length; row += 1) {
    const task = taskOf[row] ?? 0;
    if (task >= tasks) continue;
    for (let linear = 0; linear < linears; linear += 1) {
      const first = (row * linears + linear) * activeExperts;
      const group = task * linears + linear;
      for (let i = 0; i < activeExperts; i += 1) {
        const a = indices[first + i] ?? 0;
        const own = group * experts + a;
        weightSums[own] = (weightSums[own] ?? 0) + (weights[first + i] ?? 0);
        pairCounts[own * experts + a] = (pairCounts[own * experts + a] ?? 0) + 1;
        for (let j = i + 1; j < activeExperts; j += 1) {
          const b = indices[first + j] ?? 0;
          const pair = (group * experts + Math.min(a, b)) * experts + Math.max(a, b);
          pairCounts[pair] = (pairCounts[pair] ?? 0) + 1;
        }
      }
    }
  }
  return { pairCounts, weightSums };
}
