const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a string is valid Unicode text: no half of a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
