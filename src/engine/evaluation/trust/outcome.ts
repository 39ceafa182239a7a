/** What a figure of trust comes to: a value, or why there is none. */

/** `empty`: nothing to count. `not-finite`: a number among the inputs is NaN or infinite. `one-class`: nothing to compare with. */
export type NoFigure = 'empty' | 'not-finite' | 'one-class';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: NoFigure };

export function known<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function unknown(reason: NoFigure): Outcome<never> {
  return { ok: false, reason };
}
