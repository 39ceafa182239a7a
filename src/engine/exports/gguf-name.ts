/** What a GGUF file calls its model: other programs choose by that name how they read the file. */
import { STRIPPING_NAME, STRIPPING_NEEDS, stripsAfter } from '../../formats/gguf/gguf-stripping.ts';
import type { AddedTokenInfo } from '../../text/tokenizer/tokenizer-files.ts';
import { architectureNames } from '../model/architectures/index.ts';

/** Whether tokens swallow the white space after them exactly as llama.cpp assumes for Phi-3. */
function stripsAsPhi3(added: readonly AddedTokenInfo[]): boolean {
  const contents = new Set(added.map(({ content }) => content));
  return (
    STRIPPING_NEEDS.every((token) => contents.has(token)) &&
    added.every(({ content, rstrip }) => rstrip === stripsAfter(content))
  );
}

/**
 * The name under which other programs read a file as its model requires.
 * @param wanted the user's name for it
 * @param model its architecture in the file, and the tokens that are matched before a text is cut
 */
export function ggufName(
  wanted: string,
  model: { readonly architecture: string; readonly added: readonly AddedTokenInfo[] },
): string {
  if (stripsAsPhi3(model.added))
    return wanted.search(STRIPPING_NAME) < 0 ? `${wanted} (Phi-3)` : wanted;
  const name = wanted.replace(STRIPPING_NAME, 'Phi 3');
  // If a file has another architecture's name, transformers assumes that architecture and fails.
  const misleads = name !== model.architecture && architectureNames.some((other) => name === other);
  return misleads ? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}` : name;
}
