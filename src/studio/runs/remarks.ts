/** What the curves of a run call for a word about: steps cut by the clip, a loss that stays flat or rises, branches that still overlap. */
import type { RunSummary } from '../../contract/runs.ts';
import type { CurveBook } from './curves.ts';

export type Remark =
  /** Nearly every step is cut by the clip: the usual gradient norm is many times the clip. */
  | {
      readonly kind: 'clipped';
      readonly stage: number;
      readonly norm: number;
      readonly clip: number;
    }
  /** The loss of the stage hardly fell, or it rose. */
  | {
      readonly kind: 'flat' | 'rising';
      readonly stage: number;
      readonly from: number;
      readonly to: number;
    }
  /** The orthogonal loss hardly fell: the two branches still share directions. */
  | {
      readonly kind: 'overlap';
      readonly stage: number;
      readonly between: readonly [string, string];
      readonly from: number;
      readonly to: number;
    };

/** Fewer steps than this say nothing about a trend. */
const LEAST_STEPS = 12;
/** The share of a stage over which its beginning and its end are averaged. */
const ENDS = 0.25;
/** From this many times the clip on, hardly anything of a gradient's length is left. */
const CLIPPED = 5;
/** A loss that falls by less than this share is flat; one that rises by more is rising. */
const FLAT = 0.02;
/** Branches overlap still where their loss falls by less than this share. */
const OVERLAP = 0.1;

/** The remarks on a run so far, stage by stage. */
export function remarksOn({ recipe }: Pick<RunSummary, 'recipe'>, book: CurveBook): Remark[] {
  return book.spans().flatMap(({ stage, start, end }): Remark[] => {
    if (end - start < LEAST_STEPS) return [];
    const part = (name: 'nll' | 'gradientNorm' | 'orthogonal') =>
      book.curve(name).subarray(start, end);
    const found: Remark[] = [];
    const norm = median(part('gradientNorm'));
    const clip = recipe.optimizer.clipNorm;
    if (clip > 0 && norm >= CLIPPED * clip) found.push({ kind: 'clipped', stage, norm, clip });
    const loss = endsOf(part('nll'));
    if (loss.to > (1 + FLAT) * loss.from) found.push({ kind: 'rising', stage, ...loss });
    else if (loss.to > (1 - FLAT) * loss.from) found.push({ kind: 'flat', stage, ...loss });
    const orthogonal = recipe.stages[stage]?.orthogonal;
    const overlap = endsOf(part('orthogonal'));
    if (orthogonal && orthogonal.weight > 0 && overlap.to > (1 - OVERLAP) * overlap.from) {
      found.push({ kind: 'overlap', stage, between: orthogonal.between, ...overlap });
    }
    return found;
  });
}

/** Means over the beginning and the end; NaN, which no remark follows from, where a step has no value. */
function endsOf(values: Float64Array): { readonly from: number; readonly to: number } {
  const count = Math.max(1, Math.round(values.length * ENDS));
  const mean = (some: Float64Array): number => some.reduce((sum, value) => sum + value, 0) / count;
  return { from: mean(values.subarray(0, count)), to: mean(values.subarray(-count)) };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
