const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a string is valid Unicode text, without single halves of surrogate pairs. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
