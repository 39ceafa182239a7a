/** Fits names and lists of others into Chinese sentences. */

/** A list that came as one text: "llama, qwen2" → "llama、qwen2". */
export function listed(text: string): string {
  return text.replaceAll(', ', '、');
}

/** With the space that stands between a Chinese character and what begins with a Latin one. */
export function spaced(text: string): string {
  return /^[\w"]/.test(text) ? ` ${text}` : text;
}
