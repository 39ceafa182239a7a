/** What compared curves run along: optimiser steps, tokens trained on, or time spent in steps. */
import type { CurveBook } from './curves.ts';

export const axisNames = ['steps', 'tokens', 'time'] as const;
export type AxisName = (typeof axisNames)[number];

/** An axis that holds the longest run; its cursor moves over `places` places. */
export interface OverlayAxis {
  readonly name: AxisName;
  /** Steps, tokens, or milliseconds, at the end of the longest run. */
  readonly max: number;
  readonly places: number;
}

/** Places of the cursor where steps of different runs are not at the same values. */
const PLACES = 200;

/** How far a run has come after each of its steps, in the unit of the axis; ascending. */
export function reached(book: CurveBook, name: AxisName): Float64Array {
  if (name === 'steps') return book.positions.map((position) => position + 1);
  let sum = 0;
  return book.curve(name === 'tokens' ? 'tokens' : 'milliseconds').map((value) => {
    sum += Number.isFinite(value) ? value : 0;
    return sum;
  });
}

export function overlayAxis(name: AxisName, books: readonly CurveBook[]): OverlayAxis {
  const max = Math.max(1, ...books.map((book) => reached(book, name).at(-1) ?? 0));
  return { name, max, places: name === 'steps' ? Math.ceil(max) : PLACES };
}

/** The axis' value at a place of its cursor, from 0. */
export function valueAtPlace({ max, places }: OverlayAxis, place: number): number {
  return (max * (place + 1)) / places;
}

/** The place of the cursor nearest to a value. */
export function placeAtValue({ max, places }: OverlayAxis, value: number): number {
  return Math.min(places - 1, Math.max(0, Math.round((value / max) * places) - 1));
}

/** Index of the first step that reaches a value; −1 beyond the end of the run. */
export function stepReaching(ends: Float64Array, value: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low < ends.length ? low : -1;
}

/** A stretch of an axis that is shown, as shares of the whole. */
export type Window = readonly [number, number];

export const WHOLE: Window = [0, 1];

/** Least share of the axis that can be shown. */
const LEAST = 0.02;

/** Moves a window by a share of its own width, within the axis. */
export function moved([from, to]: Window, by: number): Window {
  const width = to - from;
  const start = Math.min(1 - width, Math.max(0, from + by * width));
  return [start, start + width];
}

/** Makes a window wider or narrower about its middle, within the axis. */
export function zoomed([from, to]: Window, factor: number): Window {
  const width = Math.min(1, Math.max(LEAST, (to - from) * factor));
  const start = Math.min(1 - width, Math.max(0, (from + to - width) / 2));
  return [start, start + width];
}
