import { NO_TARGET } from '../../../text/labels/no-target.ts';

/** Float64 reference of crossEntropy: losses, gradient of their sum times `scale`, and hits. */
export function crossEntropy(problem: {
  readonly logits: Float64Array;
  readonly rows: number;
  readonly vocabulary: number;
  readonly targets: ArrayLike<number>;
  /** 1 / number of targets of the whole batch. */
  readonly scale: number;
}): { losses: Float64Array; gradient: Float64Array; topCorrect: number[] } {
  const { logits, rows, vocabulary, targets, scale } = problem;
  const losses = new Float64Array(rows);
  const gradient = new Float64Array(logits.length);
  const topCorrect = new Array<number>(rows).fill(0);
  for (let row = 0; row < rows; row += 1) {
    const target = targets[row] ?? NO_TARGET;
    if (target < 0) continue;
    const z = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
    losses[row] = Math.log(sum) + largest - (z[target] ?? Number.NaN);
    topCorrect[row] = z.indexOf(largest) === target ? 1 : 0;
    for (let j = 0; j < vocabulary; j += 1) {
      const probability = Math.exp((z[j] ?? 0) - largest) / sum;
      gradient[row * vocabulary + j] = scale * (probability - (j === target ? 1 : 0));
    }
  }
  return { losses, gradient, topCorrect };
}
