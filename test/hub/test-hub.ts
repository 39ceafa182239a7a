/**
 * A hub on this computer with Hugging Face's layout, for tests in Node and in the browser: listings with sizes
 * and hashes, files by Range, large ones behind a redirect to another origin, and the faults of real networks
 * and servers.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubModel {
  /** `owner/name` */
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Further fields of the listing: gated, private, cardData, tags. */
  readonly listing?: Readonly<Record<string, unknown>>;
}

export type HubFault =
  /** The connection is destroyed after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly retryAfter?: number;
    }
  /** Status 200 with something else in place of the file. */
  | { readonly kind: 'html' | 'json' | 'pointer' }
  /** Another length is stated, and sent. */
  | { readonly kind: 'length'; readonly bytes: number }
  /** No length is stated, and the body ends early as if it were whole. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** The right length, but not the right bytes. */
  | { readonly kind: 'flip'; readonly at: number }
  | { readonly kind: 'ignore-range' }
  /** So many bytes at once, then one at a time for hours: it is never silent, and never comes to its end. */
  | { readonly kind: 'trickle'; readonly after: number }
  /** Nothing comes any more after so many bytes, and the connection stays open. */
  | { readonly kind: 'silent'; readonly after: number };

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface TestHub {
  /** Address without a slash at the end. */
  readonly address: string;
  /** Everything that was asked, in order. */
  readonly requests: HubRequest[];
  /** Ranges asked of a whole file, such as "bytes=0-"; pieces with an end are left out. */
  ranges(path: string): string[];
  /** The next `times` answers for a file, for "piece of" it, or for "listing", have this fault. */
  fail(what: string, fault: HubFault, times?: number): void;
  /** The next answers have these faults, one each. */
  failInTurn(what: string, list: readonly HubFault[]): void;
  mend(): void;
  /** Every open connection is lost. */
  cut(): void;
  close(): Promise<void>;
}

/** Smaller files are in git itself and known by their blob id, as on the real hub. */
const LARGE_BYTES = 100_000;
const OTHER_BYTE = 0xff;
/** Between two bytes of a trickle; well within any patience. */
const TRICKLE_MS = 50;

export function commitOf({ files }: HubModel): string {
  const hash = createHash('sha1');
  for (const [path, bytes] of Object.entries(files)) hash.update(path).update(bytes);
  return hash.digest('hex');
}

/** A model folder of the repository as a model of the hub. */
export async function folderModel(
  name: string,
  folder: string,
  more: Readonly<Record<string, Uint8Array | string>> = {},
): Promise<HubModel> {
  const files: Record<string, Uint8Array> = {};
  for (const file of (await readdir(folder)).sort()) {
    files[file] = new Uint8Array(await readFile(`${folder}/${file}`));
  }
  for (const [path, content] of Object.entries(more)) {
    files[path] = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  }
  return { name, files };
}

export async function startHub(models: readonly HubModel[]): Promise<TestHub> {
  const hub = new LocalHub(models);
  await hub.listen();
  return hub;
}

class LocalHub implements TestHub {
  readonly requests: HubRequest[] = [];
  readonly #models: readonly HubModel[];
  #port = 0;
  readonly #faults = new Map<string, { fault: HubFault; left: number }[]>();
  readonly #server = createServer((request, response) => {
    // A connection that a test cuts must not end the process.
    response.on('error', () => undefined);
    void this.#answer(request, response);
  });

  constructor(models: readonly HubModel[]) {
    this.#models = models;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    // Kept: a hub that was closed is asked for as well.
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  ranges(path: string): string[] {
    return this.requests
      .filter((request) => request.path.startsWith('/cdn/') || !request.path.startsWith('/api/'))
      .filter((request) => request.method === 'GET' && request.path.endsWith(`/${path}`))
      .filter((request, _i, all) => {
        // A file behind a redirect is asked for twice; the answer's own request counts.
        const redirected = all.some(({ path: other }) => other.startsWith('/cdn/'));
        return !redirected || request.path.startsWith('/cdn/');
      })
      .map(({ headers }) => String(headers['range'] ?? ''))
      .filter((range) => range.endsWith('-'));
  }

  fail(what: string, fault: HubFault, times = Infinity): void {
    this.#faults.set(what, [{ fault, left: times }]);
  }

  failInTurn(what: string, list: readonly HubFault[]): void {
    this.#faults.set(
      what,
      list.map((fault) => ({ fault, left: 1 })),
    );
  }

  mend(): void {
    this.#faults.clear();
  }

  cut(): void {
    this.#server.closeAllConnections();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  /** The fault that this request meets, if any is due. */
  #take(what: string): HubFault | null {
    const known = this.#faults.get(what)?.find(({ left }) => left > 0);
    if (!known) return null;
    known.left -= 1;
    return known.fault;
  }

  #modelNamed(name: string): HubModel | undefined {
    return this.#models.find((candidate) => candidate.name === name);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://hub');
    this.requests.push({ method, path: pathname, headers });
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader(
      'Access-Control-Expose-Headers',
      'X-Error-Code, ETag, Accept-Ranges, Content-Range, X-Linked-Size',
    );
    if (method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Headers', 'Range');
      response.writeHead(204).end();
      return;
    }
    const [, api, kind, owner = '', name = '', view, ...rest] = pathname.split('/');
    if (api === 'api' && kind === 'models' && view === 'revision') {
      const model = this.#modelNamed(`${owner}/${name}`);
      this.#list(response, model, decodeURIComponent(rest.join('/')), searchParams);
      return;
    }
    await this.#serve(request, response, pathname.split('/').slice(1).map(decodeURIComponent));
  }

  /** A file, by way of the content network where it is large. */
  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    parts: readonly string[],
  ): Promise<void> {
    const isContentNetwork = parts[0] === 'cdn';
    const served = isContentNetwork ? parts.slice(1) : parts;
    const model = this.#modelNamed(served.slice(0, 2).join('/'));
    const path = served.slice(isContentNetwork ? 3 : 4).join('/');
    const bytes = model?.files[path];
    if (!model || !bytes) {
      error(response, 404, 'EntryNotFound');
      return;
    }
    if (!isContentNetwork && bytes.length >= LARGE_BYTES) {
      // To another origin, as the real hub sends one to its content network.
      const [first = '', second = ''] = model.name.split('/');
      const place = [first, second, commitOf(model), ...path.split('/')].map(encodeURIComponent);
      const location = `http://localhost:${this.#port}/cdn/${place.join('/')}`;
      response.writeHead(302, { Location: location });
      response.end();
      return;
    }
    const asked = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '');
    // A piece of a file, such as its header, is asked for with an end.
    const fault = this.#take(asked?.[2] === undefined ? path : `piece of ${path}`);
    if (!answeredByFault(response, fault)) await sendFile(response, bytes, { asked, fault });
  }

  #list(
    response: ServerResponse,
    model: HubModel | undefined,
    revision: string,
    parameters: URLSearchParams,
  ): void {
    if (answeredByFault(response, this.#take('listing'))) return;
    if (!model) {
      // A stranger is not told whether a model is private or does not exist.
      error(response, 401, 'RepoNotFound');
      return;
    }
    const commit = commitOf(model);
    if (revision !== 'main' && revision !== commit) {
      error(response, 404, 'RevisionNotFound');
      return;
    }
    const blobs = parameters.get('blobs') === 'true';
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(
      JSON.stringify({
        id: model.name,
        modelId: model.name,
        sha: commit,
        private: false,
        gated: false,
        tags: ['license:apache-2.0'],
        cardData: { license: 'apache-2.0' },
        ...model.listing,
        siblings: Object.entries(model.files).map(([path, bytes]) =>
          blobs ? siblingOf(path, bytes) : { rfilename: path },
        ),
      }),
    );
  }
}

/** What the hub lists of a file; of a large one also the content that git's pointer names. */
function siblingOf(rfilename: string, bytes: Uint8Array): object {
  const size = bytes.length;
  if (size < LARGE_BYTES) {
    const blobId = createHash('sha1').update(`blob ${size}\0`).update(bytes).digest('hex');
    return { rfilename, size, blobId };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobId = createHash('sha1').update(sha256).digest('hex');
  return { rfilename, size, blobId, lfs: { sha256, size, pointerSize: 134 } };
}

/** Answers with a status, a page or a message where that is the fault. */
function answeredByFault(response: ServerResponse, fault: HubFault | null): boolean {
  if (fault?.kind === 'status') error(response, fault.status, fault.code, fault.retryAfter);
  else if (fault?.kind === 'html') page(response);
  else if (fault?.kind === 'json') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error: 'Internal error' }));
  } else return false;
  return true;
}

/** The content of a file as a fault leaves it. */
function contentWith(fault: HubFault | null, whole: Uint8Array): Uint8Array {
  if (fault?.kind === 'pointer') {
    const text = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 0\n';
    return new TextEncoder().encode(text.padEnd(whole.length, ' '));
  }
  if (fault?.kind === 'flip') {
    const bytes = whole.slice();
    bytes[fault.at] = (whole[fault.at] ?? 0) ^ OTHER_BYTE;
    return bytes;
  }
  if (fault?.kind === 'length') {
    const bytes = new Uint8Array(fault.bytes);
    bytes.set(whole.subarray(0, fault.bytes));
    return bytes;
  }
  return whole;
}

async function sendFile(
  response: ServerResponse,
  whole: Uint8Array,
  { asked, fault }: { readonly asked: RegExpExecArray | null; readonly fault: HubFault | null },
): Promise<void> {
  const bytes = contentWith(fault, whole);
  const from = asked && fault?.kind !== 'ignore-range' ? Number(asked[1]) : null;
  if (from !== null && from >= bytes.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
    return;
  }
  const end = Math.min(bytes.length, Number(asked?.[2] ?? bytes.length - 1) + 1);
  const body = bytes.subarray(from ?? 0, from === null ? bytes.length : end);
  const headers: Record<string, string> = {
    'Content-Type': 'application/octet-stream',
    ETag: `"${createHash('sha256').update(whole).digest('hex')}"`,
    'Accept-Ranges': 'bytes',
  };
  if (from !== null) headers['Content-Range'] = `bytes ${from}-${end - 1}/${bytes.length}`;
  if (fault?.kind !== 'short') headers['Content-Length'] = String(body.length);
  response.writeHead(from === null ? 200 : 206, headers);
  await send(response, body, fault);
}

async function send(
  response: ServerResponse,
  body: Uint8Array,
  fault: HubFault | null,
): Promise<void> {
  if (fault?.kind === 'cut' || fault?.kind === 'silent') {
    await write(response, body.subarray(0, fault.after));
    // What was written has to leave before the connection is torn down.
    await later(50);
    if (fault.kind === 'cut') response.destroy();
    return;
  }
  if (fault?.kind === 'short') {
    await write(response, body.subarray(0, fault.bytes));
  } else if (fault?.kind === 'trickle') {
    await write(response, body.subarray(0, fault.after));
    for (let at = fault.after; at < body.length && !response.destroyed; at += 1) {
      await later(TRICKLE_MS);
      await write(response, body.subarray(at, at + 1));
    }
  } else {
    await write(response, body);
  }
  response.end();
}

function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (bytes.length === 0 || response.destroyed) resolve();
    else response.write(bytes, () => resolve());
  });
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function error(response: ServerResponse, status: number, code?: string, retryAfter?: number): void {
  response.setHeader('Content-Type', 'application/json');
  if (code !== undefined) response.setHeader('X-Error-Code', code);
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  response.writeHead(status);
  response.end(JSON.stringify({ error: 'no' }));
}

function page(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end('<!doctype html><title>Sign in</title><p>Please sign in to this network.');
}
