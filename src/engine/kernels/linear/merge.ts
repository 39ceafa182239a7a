/** Folds a low-rank branch into its base weight (eq. 13). */
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Matrix } from '../../gpu/tensor.ts';
import { linearBackwardInput } from './input-gradient.ts';

/**
 * w += scale · b·a: folds a low-rank branch into its base weight (eq. 13).
 * w [O, K] (read and written), b [O, R], a [R, K].
 * @throws RangeError when shapes disagree, or w shares a buffer with a or b
 */
export function mergeBranch(
  r: PlanRecorder,
  { w, b, a, scale }: { w: Matrix; b: Matrix; a: Matrix; scale: number },
): void {
  // The product b·a has the form of an input gradient: rows of b against rows of a.
  linearBackwardInput(r, { dy: b, w: a, dx: w, accumulate: true, alpha: scale, family: 'merge' });
}
