/** Holds what a browser works with until the work ends. */

const held = new Set<object>();

/**
 * Does the work while `thing` is held. Chromium (seen in 156) collects the reader of a file's bytes, and a file whose
 * access handle is being made, when nothing else holds them meanwhile: the promise is then never settled. A variable does
 * not help, as minifiers remove one that is used once.
 */
export async function holding<T>(thing: object, work: () => Promise<T>): Promise<T> {
  held.add(thing);
  try {
    return await work();
  } finally {
    held.delete(thing);
  }
}
