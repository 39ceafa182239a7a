/** Finds the licence that a model card names in its front matter, in the first bytes of README.md. */

/** Where it names none. */
export const NOT_STATED = 'not stated';

export function licenceOfReadme(head: Uint8Array): string {
  const stated = /^license:\s*['"]?([\w.+-]{1,60})/m.exec(new TextDecoder().decode(head));
  return stated?.[1] ?? NOT_STATED;
}
