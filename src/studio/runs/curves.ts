/** The curves of a run, as columns of numbers; down-sampling that keeps every spike. */
import type { RunCurves, StepMetrics, ValidationPoint } from '../../contract/runs.ts';
import { Column, Series } from './series.ts';

/**
 * The curves of a run as columns of numbers: appended step by step, sampled down for drawing, and read
 * exactly under the pointer. Pure: no store, no page.
 */

/** Quantities that are measured at every optimiser step. */
export const curveNames = [
  'nll',
  'orthogonal',
  'learningRate',
  'gradientNorm',
  'tokens',
  'targetTokens',
  'milliseconds',
  'tokensPerSecond',
] as const;
export type CurveName = (typeof curveNames)[number];

/** A stage's place on the joined axis: its first step is at `start`, the next stage's first step at `end`. */
export interface StageSpan {
  readonly stage: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Places the steps of all stages of one run on one axis. A stage begins where the one before it ended, so the
 * position of a step is the number of optimiser steps before it.
 */
export class CurveBook {
  readonly #positions = new Column();
  readonly #stages = new Column();
  readonly #steps = new Column();
  readonly #curves: Readonly<Record<CurveName, Series>> = {
    nll: new Series(),
    orthogonal: new Series(),
    learningRate: new Series(),
    gradientNorm: new Series(),
    tokens: new Series(),
    targetTokens: new Series(),
    milliseconds: new Series(),
    tokensPerSecond: new Series(),
  };
  #spans: StageSpan[] = [];
  /** Index of the first step of each span. */
  #starts: number[] = [];
  #validation: ValidationPoint[] = [];
  #version = 0;
  #missing = false;

  /** Number of steps held. */
  get length(): number {
    return this.#positions.length;
  }

  /** Changes whenever the content does. */
  get version(): number {
    return this.#version;
  }

  /** Whether a step arrived without its predecessor: the book then has to be read again. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Places of the steps on the joined axis, ascending. */
  get positions(): Float64Array {
    return this.#positions.values;
  }

  get validation(): readonly ValidationPoint[] {
    return this.#validation;
  }

  /** One quantity over all steps; NaN where a step does not have it. */
  curve(name: CurveName): Float64Array {
    return this.#curves[name].values;
  }

  /** As `curve`, to be drawn. */
  series(name: CurveName): Series {
    return this.#curves[name];
  }

  /** Replaces the content by everything that is known of a run. */
  replace(curves: RunCurves): void {
    this.#truncate(0);
    this.#missing = false;
    this.append(curves.steps);
    this.#validation = [...curves.validation];
    this.#version += 1;
  }

  /**
   * Appends steps in order. A step that is already there (a run resumed from a checkpoint computes it
   * again) replaces it and all after it.
   */
  append(steps: readonly StepMetrics[]): void {
    for (const step of steps) this.#appendOne(step);
    if (steps.length > 0) this.#version += 1;
  }

  /** Adds a validation point; one of the same place and snapshot is replaced. */
  addValidation(point: ValidationPoint): void {
    this.#validation = [
      ...this.#validation.filter(
        (known) =>
          known.stage !== point.stage ||
          known.step !== point.step ||
          known.snapshot !== point.snapshot,
      ),
      point,
    ];
    this.#version += 1;
  }

  /** The stage and step at an index. */
  place(index: number): { readonly stage: number; readonly step: number } | null {
    const stage = this.#stages.values[index];
    const step = this.#steps.values[index];
    return stage === undefined || step === undefined ? null : { stage, step };
  }

  /** Index of the step nearest to a position; −1 in an empty book. */
  nearest(position: number): number {
    const { positions } = this;
    if (positions.length === 0) return -1;
    const after = lowerBound(positions, position);
    if (after === 0) return 0;
    if (after === positions.length) return positions.length - 1;
    const before = after - 1;
    const left = position - (positions[before] ?? 0);
    const right = (positions[after] ?? 0) - position;
    return left <= right ? before : after;
  }

  /** Where each stage begins and ends on the axis, as far as steps are known. */
  spans(): readonly StageSpan[] {
    return this.#spans;
  }

  /** Index of the first step of each span. */
  get starts(): readonly number[] {
    return this.#starts;
  }

  /** Position of a validation point on the axis: right after the step at which it was measured. */
  positionOf(point: { readonly stage: number; readonly step: number }): number {
    const spans = this.spans();
    const own = spans.find(({ stage }) => stage === point.stage);
    if (own) return own.start + point.step;
    const before = spans.filter(({ stage }) => stage < point.stage);
    return (before[before.length - 1]?.end ?? 0) + point.step;
  }

  #appendOne(metrics: StepMetrics): void {
    const last = this.length - 1;
    const place = this.place(last);
    if (place !== null && !isAfter(metrics, place)) {
      this.#truncate(this.#firstNotBefore(metrics));
      this.#appendOne(metrics);
      return;
    }
    let position = metrics.step;
    if (place !== null) {
      const lastPosition = this.positions[last] ?? 0;
      const sameStage = place.stage === metrics.stage;
      position = sameStage
        ? lastPosition + (metrics.step - place.step)
        : lastPosition + 1 + metrics.step;
    }
    if (position !== (place === null ? 0 : (this.positions[last] ?? 0) + 1)) this.#missing = true;
    this.#enterSpan(metrics, position);
    this.#positions.push(position);
    this.#stages.push(metrics.stage);
    this.#steps.push(metrics.step);
    const columns = this.#curves;
    columns.nll.push(metrics.nll);
    columns.orthogonal.push(metrics.orthogonal ?? Number.NaN);
    columns.learningRate.push(metrics.learningRate);
    columns.gradientNorm.push(metrics.gradientNorm);
    columns.tokens.push(metrics.tokens);
    columns.targetTokens.push(metrics.targetTokens);
    columns.milliseconds.push(metrics.milliseconds);
    const seconds = metrics.milliseconds / 1000;
    columns.tokensPerSecond.push(seconds > 0 ? metrics.tokens / seconds : Number.NaN);
  }

  #enterSpan({ stage, step }: StepMetrics, position: number): void {
    const last = this.#spans.at(-1);
    if (last?.stage === stage) {
      this.#spans = [...this.#spans.slice(0, -1), { ...last, end: position + 1 }];
      return;
    }
    this.#spans = [...this.#spans, { stage, start: position - step, end: position + 1 }];
    this.#starts = [...this.#starts, this.length];
  }

  #firstNotBefore(metrics: StepMetrics): number {
    let index = this.length;
    while (index > 0) {
      const place = this.place(index - 1);
      if (place === null || isAfter(metrics, place)) break;
      index -= 1;
    }
    return index;
  }

  #truncate(length: number): void {
    this.#positions.truncate(length);
    this.#stages.truncate(length);
    this.#steps.truncate(length);
    for (const name of curveNames) this.#curves[name].truncate(length);
    this.#starts = this.#starts.filter((first) => first < length);
    const spans = this.#spans.slice(0, this.#starts.length);
    const last = spans.pop();
    if (last) spans.push({ ...last, end: (this.positions[length - 1] ?? 0) + 1 });
    this.#spans = spans;
  }
}

function isAfter(
  one: { readonly stage: number; readonly step: number },
  other: { readonly stage: number; readonly step: number },
): boolean {
  return one.stage > other.stage || (one.stage === other.stage && one.step > other.step);
}

/** Index of the first element of an ascending array that is not below `value`. */
function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A point of a drawn line; a row of nulls breaks the line where a stage ends. */
export interface DrawnRow {
  readonly x: number;
  readonly value: number | null;
  readonly smoothed: number | null;
}

export interface DrawnLine {
  readonly rows: readonly DrawnRow[];
  /** Lowest and highest value of all steps, drawn or not; null while there are none. */
  readonly range: readonly [number, number] | null;
}

/** Points of one quantity, at most `maxPoints`, with its smoothed curve, broken between stages. */
export function drawLine(
  book: CurveBook,
  name: CurveName,
  smoothing: number,
  maxPoints: number,
): DrawnLine {
  const series = book.series(name);
  const { values } = series;
  const { positions, starts } = book;
  const smoothed = smoothing > 0 ? series.smoothed(smoothing, starts) : null;
  const breaks = starts.slice(1);
  const rows: DrawnRow[] = [];
  let range: [number, number] | null = null;
  let nextBreak = 0;
  for (const index of series.sample(maxPoints - breaks.length)) {
    const boundary = breaks[nextBreak];
    if (boundary !== undefined && index >= boundary) {
      nextBreak += 1;
      if (rows.length > 0) {
        rows.push({ x: (positions[boundary] ?? 0) - 0.5, value: null, smoothed: null });
      }
    }
    const value = values[index] ?? 0;
    range = range ? [Math.min(range[0], value), Math.max(range[1], value)] : [value, value];
    rows.push({ x: positions[index] ?? 0, value, smoothed: smoothed?.[index] ?? null });
  }
  return { rows, range };
}

/** Round numbers between two bounds for an axis, about `count` of them, ascending. */
export function axisTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at += 1) {
    // Through a decimal string, so that 3 · 0.1 is the 0.3 that people expect to read.
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}
