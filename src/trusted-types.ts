/**
 * Imported first by both entries (page and worker). The content security policy takes no plain text where text
 * can become code, and no policy but this one, which is asked whenever that is tried. It lets through the
 * studio's own workers and the one use of markup that a library makes: the Markdown reader has the browser
 * decode a character reference such as `&eacute;`. Anything else is refused and reported.
 */

interface Rules {
  readonly createHTML: (text: string) => string | null;
  readonly createScriptURL: (text: string) => string | null;
}

/** TypeScript's library has no types of this. */
interface Factory {
  readonly createPolicy: (name: string, rules: Rules) => unknown;
}

const CHARACTER_REFERENCE = /^&[A-Za-z0-9]+;$/;
/** As the build names them; sw.js is the service worker (src/storage/offline). */
const OWN_WORKER = /\/(?:sw|assets\/(?:token-|finder-|search-)?worker-[\w-]+)\.js$/;

export const rules: Rules = {
  createHTML: (text) => (CHARACTER_REFERENCE.test(text) ? text : null),
  createScriptURL: (text) => {
    const { href, pathname } = new URL(text, location.href);
    // Not by `origin`: a blob has that of the page that made it.
    return href.startsWith(`${location.origin}/`) && OWN_WORKER.test(pathname) ? text : null;
  },
};

// Browsers without it do not ask.
const factory = Reflect.get(globalThis, 'trustedTypes') as Factory | undefined;
factory?.createPolicy('default', rules);
