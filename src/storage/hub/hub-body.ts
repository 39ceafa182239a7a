/** Requests to a hub, and the bodies of its answers: statuses, types and lengths are checked as they come. */
import type { HubHash, ModelOrigin } from '../../contract/hub.ts';
import { detailOf } from '../../faults/fault.ts';
import { fetchFromHub } from '../fetch.ts';
import {
  busy,
  cutOff,
  gatedModel,
  missingFile,
  missingModel,
  missingRevision,
  pageInstead,
  privateModel,
  refused,
  unreachable,
  wrongLength,
} from './hub-errors.ts';

/** Where a file lies: enough to ask for it. */
export type HubPlace = Pick<ModelOrigin, 'hub' | 'name' | 'commit'>;

/** A file of a hub's repository as the hub states it; the hash is null where the hub states none. */
export interface HubEntry {
  readonly path: string;
  readonly bytes: number;
  readonly hash: HubHash | null;
}

export type FileSize = Pick<HubEntry, 'path' | 'bytes'>;

/** The body of a file, beginning at some byte. */
export interface HubBody {
  /** The byte where it begins: 0 also when the hub ignored the requested range. */
  readonly from: number;
  /** The hub's name for exactly this content, where the answer shows it. */
  readonly etag: string | null;
  /** Ends by itself; throws `hub-cut` when the connection breaks or falls silent. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Cancels the body unread. */
  cancel(): Promise<void>;
}

/** After this much silence nothing more is expected to come. */
export const SILENCE_MS = 30_000;

/** The part of a file that is requested. */
interface BodyPart {
  readonly from?: number;
  /** Where it may end; a hub that ignores ranges sends all. */
  readonly to?: number;
  readonly silenceMs?: number;
}

/**
 * Opens a file, or a part of it. Every request has a Range header: with it nothing is compressed on the
 * way, so lengths can be checked before any byte is read.
 * @throws StudioError `hub-file-missing`, `hub-gated`, `hub-page`, `hub-length`, `hub-busy`,
 *   `hub-unreachable`, `hub-cut`
 */
export async function openBody(
  place: HubPlace,
  { path, bytes }: FileSize,
  signal: AbortSignal,
  { from = 0, to = bytes, silenceMs = SILENCE_MS }: BodyPart = {},
): Promise<HubBody> {
  const { hub, name, commit } = place;
  const file = path.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${hub}/${name}/resolve/${commit}/${file}`);
  const range = `bytes=${from}-${to < bytes ? to - 1 : ''}`;
  const response = await request(url, { hub, headers: { Range: range }, signal, silenceMs });
  try {
    if (response.status === 416) throw wrongLength(path, bytes, from);
    if (!response.ok) throw await statusError(response, { hub, name, revision: commit }, path);
    const [begin, end] = response.status === 206 ? [from, to] : [0, bytes];
    checkType(response, path);
    checkLength(response, { path, bytes }, begin, end);
    const chunks = readChunks(response, { path, bytes }, begin, silenceMs);
    return {
      from: begin,
      etag: response.headers.get('etag'),
      chunks,
      cancel: async () => response.body?.cancel(),
    };
  } catch (error) {
    await response.body?.cancel().catch(() => undefined);
    throw error;
  }
}

/** @throws StudioError `hub-unreachable`, or what `signal` was aborted with */
export async function request(
  url: URL,
  {
    hub,
    headers = {},
    signal,
    silenceMs = SILENCE_MS,
  }: {
    readonly hub: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly silenceMs?: number;
  },
): Promise<Response> {
  // Only the wait for the answer is limited; its body has a separate limit.
  const waiting = new AbortController();
  const timer = setTimeout(() => {
    waiting.abort(new Error(`no answer within ${silenceMs / 1000} s`));
  }, silenceMs);
  try {
    signal.throwIfAborted();
    return await fetchFromHub(url, headers, AbortSignal.any([signal, waiting.signal]));
  } catch (thrown) {
    signal.throwIfAborted();
    throw unreachable(hub, thrown);
  } finally {
    clearTimeout(timer);
  }
}

/** The error that an unsuccessful status means for a model, or for its file at `path`. */
export async function statusError(
  response: Response,
  { hub, name, revision }: { hub: string; name: string; revision: string },
  path?: string,
): Promise<Error> {
  const code = response.headers.get('x-error-code') ?? '';
  const after = Number(response.headers.get('retry-after') ?? NaN);
  await response.body?.cancel().catch(() => undefined);
  const { status } = response;
  if (code === 'GatedRepo') return gatedModel(name, hub);
  if (code === 'RevisionNotFound') return missingRevision(name, revision);
  if (status === 429 || status >= 500) {
    return busy(hub, status, Number.isFinite(after) && after > 0 ? Math.ceil(after) : null);
  }
  if (path !== undefined) {
    if (status === 404) return missingFile(path);
    // A model that everybody may list but not fetch is gated.
    return status === 401 || status === 403 ? gatedModel(name, hub) : refused(hub, status);
  }
  if (status === 403) return privateModel(name, hub);
  // A hub does not tell strangers whether a model is private or does not exist.
  return status === 401 || status === 404 ? missingModel(name, hub) : refused(hub, status);
}

function checkType(response: Response, path: string): void {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (type === 'text/html') throw pageInstead(path, 'page');
  const json = type === 'application/json' || type.endsWith('+json');
  if (json && !path.endsWith('.json')) throw pageInstead(path, 'message');
}

function checkLength(
  response: Response,
  { path, bytes }: FileSize,
  from: number,
  to: number,
): void {
  const length = response.headers.get('content-length');
  // The header is hidden from other origins unless the hub exposes it.
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (range) {
    if (Number(range[2]) !== bytes) throw wrongLength(path, bytes, Number(range[2]));
    if (Number(range[1]) !== from) throw wrongLength(path, bytes - from, Number(length));
  }
  const compressed = response.headers.get('content-encoding') ?? 'identity';
  if (length === null || compressed !== 'identity') return;
  if (from + Number(length) !== to) throw wrongLength(path, to, from + Number(length));
}

async function* readChunks(
  response: Response,
  { path, bytes }: FileSize,
  from: number,
  silenceMs: number,
): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  let at = from;
  try {
    for (;;) {
      const part = await soon(reader.read(), silenceMs).catch((thrown: unknown) => {
        throw cutOff(path, at, bytes, detailOf(thrown));
      });
      if (part.done) return;
      if (at === 0) checkBeginning(part.value, path);
      at += part.value.byteLength;
      yield part.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Pages and messages sent with the type of a file are recognised by how they begin. */
function checkBeginning(first: Uint8Array, path: string): void {
  if (!/\.(safetensors|gguf)$/.test(path)) return;
  const text = new TextDecoder('latin1').decode(first.subarray(0, 64)).trimStart().toLowerCase();
  if (/^<(!doctype|html|head|\?xml)/.test(text)) throw pageInstead(path, 'page');
  if (/^\{\s*"/.test(text)) throw pageInstead(path, 'message');
  if (text.startsWith('version https://git-lfs')) {
    throw pageInstead(path, 'pointer');
  }
}

/** Rejects when a promise takes longer than this. */
function soon<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`nothing came for ${milliseconds / 1000} s`));
    }, milliseconds);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** Reads a whole answer of at most `most` bytes. */
export async function readCapped(
  response: Response,
  what: string,
  most: number,
): Promise<Uint8Array> {
  return collect(readChunks(response, { path: what, bytes: most }, 0, SILENCE_MS), what, most);
}

/** Never holds more than `most` bytes, however many come. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  most: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > most) throw wrongLength(path, most, size);
    parts.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
