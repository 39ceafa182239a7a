/**
 * Serves a build on this machine only, with the studio's response headers. Files of assets/ carry a hash of
 * their content in their name, so a browser that has one never asks again; for the others it asks whether they
 * changed. Nothing is compressed: on one machine that costs more time than it saves.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { productHeaders } from './headers.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};
const YEAR = 31_536_000;
/** Files up to this size are kept in memory. */
const KEPT_BYTES = 8_000_000;

/** One person's browser opens about six connections; these stop one that opens them without end. */
const LIMITS = {
  connections: 64,
  /** All in milliseconds. */
  headers: 5_000,
  request: 30_000,
  idle: 5_000,
  /** For one that does not take up what it asked for. */
  stalled: 120_000,
};

/** @typedef {{ bytes: Buffer, modified: number, tag: string }} Kept */

/**
 * @param {string} folder of the build
 * @returns {(path: string) => Promise<Kept | null>} null where there is no such file, or a link leads out of the folder
 */
function reader(folder) {
  /** @type {Map<string, Kept>} */
  const kept = new Map();
  return async (path) => {
    try {
      const root = await realpath(folder);
      // What a link leads to is what is read, so it is what has to lie inside.
      const file = await realpath(join(root, path));
      if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
      const found = await stat(file);
      if (!found.isFile()) return null;
      const { mtimeMs, size } = found;
      const known = kept.get(file);
      if (known?.modified === mtimeMs && known.bytes.length === size) return known;
      const bytes = await readFile(file);
      const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      const fresh = { bytes, modified: mtimeMs, tag };
      if (size <= KEPT_BYTES) kept.set(file, fresh);
      return fresh;
    } catch {
      return null;
    }
  };
}

/**
 * The file that a request names. A path that climbs or has a separator of its own in any encoding names none:
 * browsers never send one.
 *
 * @param {string} url
 * @returns {string | null | undefined} null where it names no file, undefined where it cannot be decoded
 */
function filePath(url) {
  const raw = url.split(/[?#]/, 1)[0] ?? '';
  if (!raw.startsWith('/')) return undefined;
  /** @type {string} */
  let path;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\') || /%2f/i.test(raw)) return null;
  if (path.split('/').includes('..')) return null;
  return path.endsWith('/') ? `${path}index.html` : path;
}

/**
 * Whether a request was addressed to this machine by name. A page elsewhere whose name was made to resolve
 * to 127.0.0.1 (DNS rebinding) sends that name.
 *
 * @param {string | undefined} host
 * @param {number | undefined} port that the request came in by
 */
function isOwnHost(host, port) {
  const named = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i.exec(host ?? '');
  // Browsers leave out the port of http, 80.
  return named !== null && Number(named[1] ?? 80) === port;
}

/**
 * One range of bytes. Several at once, or what is no range, is answered with the whole, as HTTP allows.
 *
 * @param {string | undefined} header
 * @param {number} length of the file
 * @returns {{ start: number, end: number } | 'whole' | 'beyond'} `end` is not included
 */
function byteRange(header, length) {
  const parts = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  const [, first = '', last = ''] = parts ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const count = Math.min(Number(last), length);
    return count > 0 ? { start: length - count, end: length } : 'beyond';
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= length) return 'beyond';
  return { start, end: last === '' ? length : Math.min(Number(last) + 1, length) };
}

/**
 * @param {(path: string) => Promise<Kept | null>} read
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(read, request, response) {
  const path = filePath(request.url ?? '');
  const headers = productHeaders(path ?? '/');
  /**
   * @param {number} status
   * @param {string} sentence
   * @param {Record<string, string>} [more]
   */
  const refuse = (status, sentence, more = {}) => {
    response.writeHead(status, {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': `${Buffer.byteLength(sentence)}`,
      ...more,
    });
    response.end(request.method === 'HEAD' ? undefined : sentence);
  };
  const { localPort } = request.socket;
  if (!isOwnHost(request.headers.host, localPort)) {
    const address = `http://127.0.0.1:${localPort}/`;
    refuse(421, `This studio answers on this computer only: open ${address}`);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(405, 'Files can only be read here.', { Allow: 'GET, HEAD', Connection: 'close' });
    return;
  }
  if (path === undefined) {
    refuse(400, 'This address cannot be read.');
    return;
  }
  const found = path === null ? null : await read(path);
  if (path === null || !found) {
    refuse(404, 'Not found');
    return;
  }
  const named = path.startsWith('/assets/');
  headers['Cache-Control'] = named ? `public, max-age=${YEAR}, immutable` : 'no-cache';
  headers['ETag'] = found.tag;
  headers['Accept-Ranges'] = 'bytes';
  if (isKnown(found, request)) {
    response.writeHead(304, headers).end();
    return;
  }
  const range = askedRange(found, request);
  if (range === 'beyond') {
    refuse(416, 'The file ends before this range.', {
      'Content-Range': `bytes */${found.bytes.length}`,
    });
    return;
  }
  const bytes = range === 'whole' ? found.bytes : found.bytes.subarray(range.start, range.end);
  if (range !== 'whole') {
    headers['Content-Range'] = `bytes ${range.start}-${range.end - 1}/${found.bytes.length}`;
  }
  headers['Content-Type'] = TYPES[extname(path)] ?? 'application/octet-stream';
  headers['Content-Length'] = `${bytes.length}`;
  response.writeHead(range === 'whole' ? 200 : 206, headers);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/**
 * Whether who asks has this version already.
 *
 * @param {Kept} found
 * @param {import('node:http').IncomingMessage} request
 */
function isKnown({ tag }, { headers }) {
  const known = headers['if-none-match']?.split(',').map((given) => given.trim());
  return known?.some((given) => given === '*' || given.replace(/^W\//, '') === tag) ?? false;
}

/**
 * A part is asked for by GET only, and only of the version that the asker has the rest of.
 *
 * @param {Kept} found
 * @param {import('node:http').IncomingMessage} request
 */
function askedRange({ tag, bytes }, { method, headers }) {
  const condition = headers['if-range'];
  const inPart = method === 'GET' && (!condition || condition === tag);
  return byteRange(inPart ? headers.range : undefined, bytes.length);
}

/**
 * @param {{ folder: string, port: number, strictPort: boolean }} options `folder` holds index.html; a port
 *   that is taken is followed by the next, unless it is strict
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function serve({ folder, port, strictPort }) {
  const read = reader(folder);
  const server = createServer(
    {
      headersTimeout: LIMITS.headers,
      requestTimeout: LIMITS.request,
      keepAliveTimeout: LIMITS.idle,
      // How often those times are looked at.
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      request.socket.setTimeout(LIMITS.stalled);
      answer(read, request, response).catch(() => response.destroy());
    },
  );
  server.maxConnections = LIMITS.connections;
  // For those that never say anything: the times above begin with the first byte of a request.
  server.timeout = LIMITS.headers;
  const taken = await listen(server, port, strictPort);
  return { address: `http://127.0.0.1:${taken}/`, close: () => server.close() };
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {boolean} strictPort
 * @returns {Promise<number>}
 */
function listen(server, port, strictPort) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.ErrnoException} error */
    const failed = (error) => {
      if (error.code !== 'EADDRINUSE' || strictPort || port >= 65_535) reject(error);
      else listen(server, port + 1, strictPort).then(resolve, reject);
    };
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
