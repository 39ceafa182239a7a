/** The only ways to the network: the page's own files, the hub that a person asks, and an approved judge. */
import type { PublicFileReason } from '../faults/catalogue/storage.ts';
import { detailOf, fault, type StudioError } from '../faults/fault.ts';
import { networkLedger } from './network-ledger.ts';

/** Files that come with the studio itself (public/): samples and built-in models. */
export interface PublicFiles {
  /**
   * Reads one whole file.
   * @throws StudioError `public-file-missing`
   */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

function missing(path: string, why: PublicFileReason): StudioError {
  return fault('public-file-missing', { path, ...why }, { kept: 'stored' });
}

/*
 * The only three ways to the network in the whole program: files of the page's own origin below its own
 * address, the hub that a person asks by pressing a button (hub.ts), and the judge that a person turned on
 * and approved a request for (worker/judge/judge.ts). None of them sends cookies or a referrer, and every
 * request that leaves the origin is written into the network ledger.
 */

/**
 * Files of the page's own origin, below its own address; nothing else can be named.
 * @param base address of the page
 */
export function publicFiles(base: string): PublicFiles {
  const root = new URL('./', base);
  return {
    read: async (path) => {
      const url = new URL(path, root);
      if (url.origin !== root.origin || !url.href.startsWith(root.href)) {
        throw missing(path, { reason: 'outside' });
      }
      let response: Response;
      try {
        response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
      } catch (cause) {
        throw missing(path, { reason: 'network', detail: detailOf(cause) });
      }
      if (!response.ok) throw missing(path, { reason: 'status', status: response.status });
      // A server that answers everything with its start page would hand out HTML as weights.
      const type = response.headers.get('content-type') ?? '';
      if (type.startsWith('text/html')) throw missing(path, { reason: 'page' });
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** Whether a hub may be at this address: https anywhere, plain http on this computer only. */
export function isHubAddress({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1');
}

/**
 * One GET to a hub. Redirects are followed; no cookies, credentials or referrer are sent, and nothing is
 * left in the browser's cache, which would hold large files twice.
 * @throws TypeError when nothing answers or the browser refuses; what `signal` was aborted with
 */
export async function fetchFromHub(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  if (!isHubAddress(url)) throw new TypeError(`${url.origin} is no address of a hub`);
  const answered = networkLedger.begin('hub', 'GET', url, 0);
  const response = await fetch(url, {
    headers,
    signal,
    mode: 'cors',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'follow',
  });
  answered(response.status);
  if (response.url !== '' && !isHubAddress(new URL(response.url))) {
    await response.body?.cancel();
    throw new TypeError('the hub redirected to an address that is not encrypted');
  }
  return response;
}

/**
 * One POST of JSON to a judge. Nothing but the body, its type and the key go out; a redirect is refused,
 * because it would take text and key to an address that nobody approved.
 * @param key sent as a bearer token; null sends none
 * @throws TypeError when nothing answers or the browser refuses; what `signal` was aborted with
 */
export async function postToJudge(
  url: URL,
  body: string,
  key: string | null,
  signal: AbortSignal,
): Promise<Response> {
  if (!isHubAddress(url)) throw new TypeError(`${url.origin} is not encrypted`);
  const bytes = new TextEncoder().encode(body);
  const answered = networkLedger.begin('judge', 'POST', url, bytes.byteLength);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    body: bytes,
    signal,
    mode: 'cors',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'error',
  });
  answered(response.status);
  return response;
}
