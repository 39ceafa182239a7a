/** The frame of compared curves: the shown stretch of their axis, and the values of their lines in it. Pure. */
import { axisTicks, type DrawnRow } from '../../../studio/runs/curves.ts';
import type { OverlayAxis, Window } from '../../../studio/runs/overlay-axis.ts';
import { layOutFrame, logDomain, type Band, type Domain, type Frame } from '../plot.ts';

export interface OverlayLine {
  readonly key: string;
  readonly name: string;
  /** Place of the run among the compared ones, which decides colour and dash. */
  readonly place: number;
  /** The line to draw, already sampled and smoothed; a point stands one to the right of its x, as a step's does. */
  readonly rows: readonly DrawnRow[];
  /** The run's value at a value of the axis; NaN where it has none. */
  readonly valueAt: (value: number) => number;
  readonly last: number | null;
  /** The lowest value and where it is; null where lowest is not best, or nothing is measured. */
  readonly best: { readonly value: number; readonly at: number } | null;
  /** Values are few and far between, so they are marked. */
  readonly marked?: boolean;
}

export interface OverlayView {
  readonly axis: OverlayAxis;
  /** The stretch of the axis that is shown. */
  readonly shown: Window;
  /** Values stand at their logarithms. */
  readonly log: boolean;
}

export function overlayFrame(
  lines: readonly OverlayLine[],
  { axis, shown, log }: OverlayView,
  bands: readonly Band[],
  { fromZero, narrow }: { readonly fromZero: boolean; readonly narrow: boolean },
): Frame {
  const x: Domain = [shown[0] * axis.max, shown[1] * axis.max];
  const range = rangeWithin(lines, x, log);
  const count = narrow ? 4 : 8;
  const whole = { stage: 0, name: '', start: 0, end: axis.max };
  const frame = layOutFrame(range, [whole], fromZero && !log, { x: count, y: 4 });
  const ticks = axisTicks(x[0], x[1], count);
  const y = log && range ? logDomain(range[0], range[1]) : { domain: frame.y, ticks: frame.yTicks };
  return {
    x,
    xTicks: axis.name === 'steps' ? ticks.filter(Number.isInteger) : ticks,
    y: y.domain,
    yTicks: y.ticks,
    bands: bands.flatMap((band) => {
      const [start, end] = [Math.max(x[0], band.start), Math.min(x[1], band.end)];
      return end > start ? [{ ...band, start, end }] : [];
    }),
    log: log && range !== null,
  };
}

/** Lowest and highest value that is drawn within a stretch; on a logarithmic axis only values above 0. */
function rangeWithin(
  lines: readonly OverlayLine[],
  [from, to]: Domain,
  log: boolean,
): Domain | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { rows } of lines) {
    for (const { x, value } of rows) {
      if (value === null || x + 1 < from || x + 1 > to || (log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : null;
}
