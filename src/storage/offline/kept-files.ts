/**
 * Keeps the files of one build in the browser's cache and answers from there, so that the studio opens without a
 * network. Runs in the service worker (service-worker.ts).
 *
 * Each version has a cache of its own, filled whole or not at all: every file is checked against the hash that it
 * had when it was built, so files of two builds never meet. The version before stays until the next one comes,
 * because tabs that were opened with it may still load parts of it.
 */

/** A file of the build: its path below the page's address ('' is the page), and its hash as `integrity` takes it. */
export type BuildFile = readonly [path: string, integrity: string];

export interface Build {
  readonly version: string;
  readonly files: readonly BuildFile[];
}

/** What the service worker has of the browser. */
interface Host {
  /** Address of the folder that the studio is served from, with a slash at its end. */
  readonly scope: string;
  readonly caches: CacheStorage;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Requests at a time, as browsers hold them to one host. */
const TOGETHER = 6;

export class KeptFiles {
  readonly #host: Host;
  readonly #build: Build;
  readonly #paths: ReadonlySet<string>;
  /** Caches of this studio; another one may be served from another folder of the same origin. */
  readonly #prefix: string;

  constructor(host: Host, build: Build) {
    this.#host = host;
    this.#build = build;
    this.#paths = new Set(build.files.map(([path]) => path));
    this.#prefix = `medcare-studio ${host.scope} `;
  }

  get #name(): string {
    return this.#prefix + this.#build.version;
  }

  /**
   * Fetches every file of the build.
   * @throws TypeError when one is missing or has other bytes; nothing is kept then
   */
  async install(): Promise<void> {
    const { caches } = this.#host;
    const had = await caches.has(this.#name);
    const cache = await caches.open(this.#name);
    const left = [...this.#build.files];
    const take = async (): Promise<void> => {
      for (let file = left.shift(); file; file = left.shift()) await this.#keep(cache, file);
    };
    try {
      await Promise.all(Array.from({ length: TOGETHER }, take));
    } catch (error) {
      left.length = 0;
      if (!had) await caches.delete(this.#name);
      throw error;
    }
  }

  async #keep(cache: Cache, [path, integrity]: BuildFile): Promise<void> {
    const address = new URL(path, this.#host.scope).href;
    // Asks the server whether a copy that the browser has is still right, so that new headers arrive too.
    const response = await this.#host.fetch(new Request(address, { integrity, cache: 'no-cache' }));
    // A browser refuses a page that was redirected to.
    if (!response.ok || response.redirected) {
      throw new TypeError(`${address} cannot be kept: status ${response.status}`);
    }
    await cache.put(address, response);
  }

  /** Removes all versions but this one and the one before it. */
  async removeOlder(): Promise<void> {
    const { caches } = this.#host;
    const others = (await caches.keys()).filter(
      (name) => name.startsWith(this.#prefix) && name !== this.#name,
    );
    for (const name of others.slice(0, -1)) await caches.delete(name);
  }

  /**
   * The answer to a request, or null where it is the network's: what is no file of the build, no plain reading of a
   * whole file, or goes elsewhere (a hub, a judge).
   */
  answer(request: Request): Promise<Response> | null {
    const { scope } = this.#host;
    const { href, search } = new URL(request.url);
    if (request.method !== 'GET' || !href.startsWith(scope) || request.headers.has('range')) {
      return null;
    }
    const [named = ''] = href.slice(scope.length).split(/[?#]/);
    const path = request.mode === 'navigate' && named === 'index.html' ? '' : named;
    if (this.#paths.has(path) && (search === '' || path === '')) return this.#kept(path, request);
    // Of an earlier build, asked for by a tab that was opened with it.
    return path.startsWith('assets/') ? this.#earlier(request) : null;
  }

  /** The browser may have cleared the cache: then the network has the file. */
  async #kept(path: string, request: Request): Promise<Response> {
    const cache = await this.#host.caches.open(this.#name);
    const kept = await cache.match(new URL(path, this.#host.scope).href, { ignoreVary: true });
    return kept ?? this.#host.fetch(request);
  }

  async #earlier(request: Request): Promise<Response> {
    for (const name of await this.#host.caches.keys()) {
      if (!name.startsWith(this.#prefix)) continue;
      const cache = await this.#host.caches.open(name);
      const kept = await cache.match(request.url, { ignoreVary: true });
      if (kept) return kept;
    }
    return this.#host.fetch(request);
  }
}
