import { StudioError } from '../errors.ts';

/** Files that come with the studio itself (public/): samples and built-in models. */
export interface PublicFiles {
  /**
   * One file whole.
   * @throws StudioError `public-file-missing`
   */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

function missing(path: string, detail: string): StudioError {
  return new StudioError({
    code: 'public-file-missing',
    message: `The studio's own file ${path} could not be read: ${detail}.`,
    kept: 'Everything stored.',
    remedy: 'Check the connection to the server that the page came from, then try again.',
    data: { path },
  });
}

/**
 * The only way to the network in the whole program: files of the page's own origin, below its own
 * address. Nothing else can be named, and no credentials or referrer go along.
 * @param base address of the page
 */
export function publicFiles(base: string): PublicFiles {
  const root = new URL('./', base);
  return {
    read: async (path) => {
      const url = new URL(path, root);
      if (url.origin !== root.origin || !url.href.startsWith(root.href)) {
        throw missing(path, 'it lies outside the page');
      }
      let response: Response;
      try {
        response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
      } catch (cause) {
        throw missing(path, cause instanceof Error ? cause.message : String(cause));
      }
      if (!response.ok) throw missing(path, `the server answered ${response.status}`);
      // A server that answers everything with its start page would hand out HTML as weights.
      const type = response.headers.get('content-type') ?? '';
      if (type.startsWith('text/html')) throw missing(path, 'the server answered with a page');
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
