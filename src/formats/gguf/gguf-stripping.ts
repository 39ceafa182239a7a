/**
 * Whether tokens swallow the white space after them, as llama.cpp decides it: by the model's name, since no
 * metadata says so.
 */

/** Where the model's name matches this, tokens are matched as in Phi-3. */
export const STRIPPING_NAME = /phi-?3/gi;

/** llama.cpp looks these tokens up in such a file, and does not open it where one is missing. */
export const STRIPPING_NEEDS: readonly string[] = ['</s>', '<unk>', '<s>', '<|endoftext|>'];

/** Tokens, matched before a text is cut, that leave the white space after them. */
const KEEP_SPACE = new Set(['<unk>', '<s>', '<|endoftext|>']);

/** Whether a token of such a file swallows the white space after it. */
export function stripsAfter(content: string): boolean {
  return !KEEP_SPACE.has(content);
}
