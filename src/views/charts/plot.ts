/** The geometry of a plot: margins, domains, ticks and the outlines of lines. Pure. */
import type { StageProgress } from '../../contract/runs.ts';
import { axisTicks, type CurveBook, type DrawnRow } from '../../studio/runs/curves.ts';

/** Pixels around the plot area; the axes' labels live in them. */
export const margins = { left: 52, right: 14, top: 8, bottom: 24 };

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Lowest and highest value of an axis. */
export type Domain = readonly [number, number];

/** The stretch of a stage on the axis of steps done. */
export interface Band {
  readonly stage: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Everything about a plot that rarely changes: the data for the axes and the background. */
export interface Frame {
  readonly x: Domain;
  readonly xTicks: readonly number[];
  readonly y: Domain;
  readonly yTicks: readonly number[];
  readonly bands: readonly Band[];
  /** Whether values stand at their logarithms; then all of them are above 0. */
  readonly log?: boolean;
}

/** Ticks at 1, 2 and 5 times powers of ten, and a domain around values above 0. */
export function logDomain(
  low: number,
  high: number,
): { readonly domain: Domain; readonly ticks: readonly number[] } {
  const domain = [low / 1.05, high * 1.05] as const;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(domain[0])); 10 ** power <= domain[1]; power += 1) {
    for (const factor of [1, 2, 5]) {
      const tick = Number((factor * 10 ** power).toPrecision(6));
      if (tick >= domain[0] && tick <= domain[1]) ticks.push(tick);
    }
  }
  // Within so small a range the axis is nearly even.
  return { domain, ticks: ticks.length < 2 ? axisTicks(domain[0], domain[1], 4) : ticks };
}

/**
 * The places of the stages on the axis of steps done: as planned, and where steps are known, as they were
 * (a stage that was stopped early has the length it reached).
 */
export function stageBands(stages: readonly StageProgress[], book: CurveBook): Band[] {
  const spans = book.spans();
  let start = 0;
  return stages.map(({ name, steps }, stage) => {
    const own = spans.find((span) => span.stage === stage);
    const next = spans.find((span) => span.stage === stage + 1);
    const end = own && next ? own.end : Math.max(start + steps, own?.end ?? 0);
    const band = { stage, name, start, end };
    start = end;
    return band;
  });
}

/** A domain that ends on ticks, so that it moves in jumps and rarely; about `count` ticks. */
export function tickedDomain(
  low: number,
  high: number,
  count: number,
): { readonly domain: Domain; readonly ticks: readonly number[] } {
  // One value, or too small a range: leaves room around it; below 1e-12 there are too few digits for ticks.
  const around = Math.abs(low) * 0.1;
  const room = high > low && high - low > 1e-300 ? 0 : around > 1e-12 ? around : 1;
  const rough = axisTicks(low - room, high + room, count);
  const step = rough.length > 1 ? (rough[1] ?? 0) - (rough[0] ?? 0) : high - low + 2 * room;
  const bottom = Math.floor((low - room) / step + 1e-9) * step;
  const top = Math.ceil((high + room) / step - 1e-9) * step;
  const domain = [Number(bottom.toPrecision(12)), Number(top.toPrecision(12))] as const;
  return { domain, ticks: axisTicks(domain[0], domain[1], Math.round((top - bottom) / step)) };
}

/** The frame of a curve with values between `range`, over stages that end at the last band. */
export function layOutFrame(
  range: Domain | null,
  bands: readonly Band[],
  fromZero: boolean,
  ticks: { readonly x: number; readonly y: number },
): Frame {
  const [low, high] = range ?? [0, 1];
  const y = tickedDomain(fromZero ? Math.min(0, low) : low, high, ticks.y);
  const x: Domain = [0, Math.max(1, bands[bands.length - 1]?.end ?? 1)];
  return {
    x,
    xTicks: axisTicks(x[0], x[1], ticks.x).filter(Number.isInteger),
    y: y.domain,
    yTicks: y.ticks,
    bands,
  };
}

/** Pixels of a value on an axis. */
export interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The step count at a pixel. */
  readonly stepsAt: (pixel: number) => number;
}

export function plotScales(
  { x, y, log = false }: Pick<Frame, 'x' | 'y' | 'log'>,
  { width, height }: Size,
): Scales {
  const on = log ? Math.log10 : (value: number) => value;
  const across = Math.max(1, width - margins.left - margins.right) / (x[1] - x[0]);
  const up = Math.max(1, height - margins.top - margins.bottom) / (on(y[1]) - on(y[0]));
  return {
    x: (value) => margins.left + (value - x[0]) * across,
    y: (value) => height - margins.bottom - (on(value) - on(y[0])) * up,
    stepsAt: (pixel) => x[0] + (pixel - margins.left) / across,
  };
}

/** A ring of two pixels around the pen. */
const ring = 'm-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0';

/**
 * SVG path of a line through rows, broken where a row has no value; a point without neighbours is a ring,
 * since a line through it would not be seen. A step's point is at the number of steps done after it.
 */
export function linePath(
  rows: readonly DrawnRow[],
  of: 'value' | 'smoothed',
  scales: Scales,
): string {
  let path = '';
  let pen = 'M';
  for (const row of rows) {
    const value = row[of];
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = Math.round(scales.x(row.x + 1) * 10) / 10;
    const y = Math.round(scales.y(value) * 10) / 10;
    path += `${pen}${x} ${y}`;
    pen = 'L';
  }
  return path.replaceAll(/M[^ML]+(?=M|$)/g, `$&${ring}`);
}
