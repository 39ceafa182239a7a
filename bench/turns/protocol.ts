/** What the two sides of a comparison in turns are asked and answer. */

/** Begins the lines of standard output that are answers. */
export const answerMark = '@answer ';

export type Question = { readonly prepare: string } | { readonly times: number };

/** Milliseconds that some runs took together, by the clock and over all threads. */
export interface Sample {
  readonly wall: number;
  readonly processor: number;
}
