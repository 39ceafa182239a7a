/**
 * Serves a build on this machine only, with the headers it is meant to have. Files of assets/ carry a hash
 * of their content in their name, so a browser that has one never asks again; for the others it asks
 * whether they changed. Nothing is compressed: on one machine that costs more time than it saves.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
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
  '.svg': 'image/svg+xml',
};
const YEAR = 31_536_000;
/** Files up to this size are kept in memory. */
const KEPT_BYTES = 8_000_000;

/** @typedef {{ bytes: Buffer, modified: number, tag: string }} Kept */

/**
 * @param {string} folder of the build, ended by a slash
 * @returns {(path: string) => Promise<Kept | null>} null where there is no such file
 */
function reader(folder) {
  /** @type {Map<string, Kept>} */
  const kept = new Map();
  return async (path) => {
    const file = join(folder, path);
    if (!file.startsWith(folder)) return null;
    try {
      const { mtimeMs, size } = await stat(file);
      const known = kept.get(file);
      if (known?.modified === mtimeMs && known.bytes.length === size) return known;
      const bytes = await readFile(file);
      const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      const fresh = { bytes, modified: mtimeMs, tag };
      if (size <= KEPT_BYTES) kept.set(file, fresh);
      return fresh;
    } catch {
      // Not there, or a folder.
      return null;
    }
  };
}

/**
 * @param {{ folder: string, port: number, strictPort: boolean }} options `folder` holds index.html; a port
 *   that is taken is followed by the next, unless it is strict
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function serve({ folder, port, strictPort }) {
  const read = reader(folder.endsWith(sep) ? folder : folder + sep);
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    /** @type {string} */
    let path;
    try {
      path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    } catch {
      response.writeHead(400).end();
      return;
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const found = path.includes('\0') ? null : await read(file);
    const headers = productHeaders(path);
    if (!found) {
      response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' }).end('Not found');
      return;
    }
    const named = path.startsWith('/assets/');
    headers['Cache-Control'] = named ? `public, max-age=${YEAR}, immutable` : 'no-cache';
    headers['ETag'] = found.tag;
    if (request.headers['if-none-match'] === found.tag) {
      response.writeHead(304, headers).end();
      return;
    }
    headers['Content-Type'] = TYPES[extname(file)] ?? 'application/octet-stream';
    headers['Content-Length'] = `${found.bytes.length}`;
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : found.bytes);
  });
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
