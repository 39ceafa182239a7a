/**
 * Whether tokens swallow the white space after them, as llama.cpp decides it: by the model's name, since no
 * metadata says so.
 */

/** Where the name holds one of these, tokens are matched as those of Phi-3. */
export const STRIPPING_NAME = /phi-?3/gi;

/** llama.cpp looks these up in such a file, and does not open it where one is missing. */
export const STRIPPING_NEEDS: readonly string[] = ['</s>', '<unk>', '<s>', '<|endoftext|>'];

/** Of the tokens that are matched before a text is cut, those that leave the white space after them. */
const KEEP_SPACE = new Set(['<unk>', '<s>', '<|endoftext|>']);

/** Whether such a file's token swallows the white space after it. */
export function stripsAfter(content: string): boolean {
  return !KEEP_SPACE.has(content);
}
