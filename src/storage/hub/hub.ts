/**
 * A hub with the layout of Hugging Face:
 *
 *     GET {hub}/api/models/{owner}/{name}/revision/{revision}?blobs=true   what a model consists of
 *     GET {hub}/{owner}/{name}/resolve/{commit}/{path}                     one file, by Range
 *
 * Everything that comes back is a stranger's: statuses, types, lengths and hashes are checked here.
 */
import { detailOf } from '../../faults/fault.ts';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { isSafePath } from '../../formats/files/archive.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { parseJson } from '../../formats/texts/json.ts';
import type { HubHash, ModelOrigin } from '../../contract/hub.ts';
import { fetchFromHub } from '../fetch.ts';
import {
  badAnswer,
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
  wrongHash,
  wrongLength,
} from './hub-errors.ts';
import type { HubName } from './hub-name.ts';

/** Where a file lies: enough to ask for it. */
export type HubPlace = Pick<ModelOrigin, 'hub' | 'name' | 'commit'>;

/** A file of a hub's repository with what is stated of it; the hash is null where none is. */
export interface HubEntry {
  readonly path: string;
  readonly bytes: number;
  readonly hash: HubHash | null;
}

export interface HubRepository extends HubPlace {
  readonly licence: string | null;
  readonly entries: readonly HubEntry[];
}

/** The body of a file from some byte on. */
export interface HubBody {
  /** Where it begins: 0 also when the hub ignored what was asked. */
  readonly from: number;
  /** What names this very content on the hub, where the answer lets it be seen. */
  readonly etag: string | null;
  /** Ends by itself; throws `hub-cut` when the connection breaks or falls silent. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Lets go of it unread. */
  cancel(): Promise<void>;
}

/** Nothing for so long means that nothing will come. */
export const SILENCE_MS = 30_000;
const MAX_LISTING_BYTES = 20_000_000;
const MAX_ENTRIES = 20_000;
const MAX_FILE_BYTES = 2 ** 42;
/** Passed over at most to get at a piece of a file on a hub that ignores ranges. */
const MAX_SKIPPED_BYTES = 32_000_000;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const listingSchema = z.object({
  id: z.string().optional(),
  sha: hex(40),
  private: z.boolean().optional(),
  gated: z.union([z.boolean(), z.string()]).optional(),
  tags: z.array(z.string()).optional(),
  cardData: z
    .object({
      license: z.union([z.string(), z.array(z.string())]).optional(),
      license_name: z.string().optional(),
    })
    .nullish(),
  siblings: z
    .array(
      z.object({
        rfilename: z.string(),
        size: z.int().min(0).max(MAX_FILE_BYTES).nullish(),
        blobId: z.string().nullish(),
        lfs: z
          .object({
            sha256: z.string().optional(),
            oid: z.string().optional(),
            size: z.int().min(0).max(MAX_FILE_BYTES).optional(),
          })
          .nullish(),
      }),
    )
    .max(MAX_ENTRIES),
});
type Listing = z.infer<typeof listingSchema>;

/**
 * Lists a model at a revision.
 * @throws StudioError `hub-missing`, `hub-private`, `hub-gated`, `hub-revision-missing`, `hub-busy`,
 *   `hub-unreachable`, `hub-answer`, `hub-page`
 */
export async function listRepository(
  hub: string,
  { name, revision }: HubName,
  signal: AbortSignal,
): Promise<HubRepository> {
  const url = new URL(`${hub}/api/models/${name}/revision/${encodeURIComponent(revision)}`);
  url.searchParams.set('blobs', 'true');
  const response = await request(url, hub, {}, signal);
  if (!response.ok) throw await statusError(response, { hub, name, revision });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) {
    await response.body?.cancel();
    throw pageInstead('the listing', 'page');
  }
  const text = new TextDecoder().decode(
    await readCapped(response, 'the listing', MAX_LISTING_BYTES),
  );
  const listing = parseListing(text, hub);
  if (listing.private === true) throw privateModel(name, hub);
  if (listing.gated !== undefined && listing.gated !== false) throw gatedModel(name, hub);
  return {
    hub,
    name: renamed(listing.id) ?? name,
    commit: listing.sha,
    licence: licenceOf(listing),
    entries: listing.siblings.map((sibling) => entryOf(sibling, hub)),
  };
}

function parseListing(text: string, hub: string): Listing {
  let value: unknown;
  try {
    value = parseJson(text, { name: 'the listing' });
  } catch (cause) {
    throw badAnswer(hub, { reason: 'not-json', detail: detailOf(cause) });
  }
  const parsed = listingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badAnswer(hub, {
    reason: 'shape',
    field: issue?.path.join('.') ?? '',
    detail: issue?.message ?? 'wrong shape',
  });
}

/** A model that moved answers under its new name; whatever else stands there is not used in addresses. */
function renamed(id: string | undefined): string | null {
  return id !== undefined && /^[\w.-]{1,96}\/[\w.-]{1,96}$/.test(id) && !/(^|\/)\.+(\/|$)/.test(id)
    ? id
    : null;
}

function licenceOf({ cardData, tags }: Listing): string | null {
  const { license, license_name: named } = cardData ?? {};
  const stated = Array.isArray(license) ? license.join(', ') : license;
  const tagged = tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  const licence = stated ?? tagged ?? '';
  if (licence === '') return null;
  return (licence === 'other' && named !== undefined ? named : licence).slice(0, 120);
}

function entryOf(
  { rfilename: path, size, blobId, lfs }: Listing['siblings'][number],
  hub: string,
): HubEntry {
  if (!isSafePath(path)) throw badAnswer(hub, { reason: 'path', path: path.slice(0, 80) });
  const bytes = lfs?.size ?? size;
  if (bytes === undefined || bytes === null) throw badAnswer(hub, { reason: 'no-size', path });
  return { path, bytes, hash: hashOf(lfs?.sha256 ?? lfs?.oid, lfs ? null : blobId) };
}

function hashOf(large: string | undefined, blob: string | null | undefined): HubHash | null {
  if (large !== undefined && /^[0-9a-f]{64}$/.test(large)) return { kind: 'sha256', hex: large };
  // The blob of a large file is git's pointer to it, not the file.
  if (blob && /^[0-9a-f]{40}$/.test(blob)) return { kind: 'git-blob', hex: blob };
  return null;
}

/**
 * Opens a file from byte `from` on. A Range header always goes along: with it nothing is compressed on
 * the way, so lengths can be checked before a byte is taken.
 * @param to where it may end; a hub that ignores ranges sends all
 * @throws StudioError `hub-file-missing`, `hub-gated`, `hub-page`, `hub-length`, `hub-busy`,
 *   `hub-unreachable`, `hub-cut`
 */
export async function openBody(
  place: HubPlace,
  { path, bytes }: Pick<HubEntry, 'path' | 'bytes'>,
  from: number,
  signal: AbortSignal,
  silenceMs = SILENCE_MS,
  to = bytes,
): Promise<HubBody> {
  const { hub, name, commit } = place;
  const file = path.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${hub}/${name}/resolve/${commit}/${file}`);
  const range = `bytes=${from}-${to < bytes ? to - 1 : ''}`;
  const response = await request(url, hub, { Range: range }, signal, silenceMs);
  try {
    if (response.status === 416) throw wrongLength(path, bytes, from);
    if (!response.ok) throw await statusError(response, { hub, name, revision: commit }, path);
    const [begin, end] = response.status === 206 ? [from, to] : [0, bytes];
    checkType(response, path);
    checkLength(response, path, bytes, begin, end);
    const chunks = readChunks(response, path, bytes, begin, silenceMs);
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

/**
 * A small file whole, checked against what the hub states of it.
 * @throws StudioError as openBody, and `hub-hash`, `hub-answer` where no hash is stated
 */
export async function readSmall(
  place: HubPlace,
  entry: HubEntry,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { path, bytes, hash } = entry;
  if (hash === null) throw badAnswer(place.hub, { reason: 'no-hash', path });
  if (bytes > maxBytes) throw badAnswer(place.hub, { reason: 'too-large', path, bytes });
  const body = await openBody(place, entry, 0, signal);
  const content = await collect(body.chunks, path, bytes);
  if (content.byteLength !== bytes) throw cutOff(path, content.byteLength, bytes, 'it ended early');
  const hashes = contentHash(hash, bytes);
  hashes.update(content);
  const found = hashes.hex();
  if (found !== hash.hex) throw wrongHash(path, hash.hex, found);
  return content;
}

/**
 * A file of the hub read in pieces, unchecked: for what its header says of itself before all of it is
 * fetched, nothing else.
 */
export function remoteSource(
  place: HubPlace,
  { path, bytes }: Pick<HubEntry, 'path' | 'bytes'>,
  signal: AbortSignal,
): ByteSource {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: bytes,
    read: async (begin, end) => {
      const piece = new Uint8Array(end - begin);
      if (begin === end) return piece;
      const body = await openBody(place, { path, bytes }, begin, signal, SILENCE_MS, end);
      if (begin - body.from > MAX_SKIPPED_BYTES) {
        await body.cancel();
        throw refused(place.hub, 200);
      }
      let at = body.from;
      for await (const chunk of body.chunks) {
        const part = chunk.subarray(Math.max(0, begin - at), Math.max(0, end - at));
        piece.set(part, Math.max(0, at - begin));
        at += chunk.byteLength;
        if (at >= end) return piece;
      }
      throw cutOff(path, at, end, 'it ended early');
    },
  };
}

/** The hash that a hub states of a file, built up while its bytes come. */
export interface ContentHash {
  update(bytes: Uint8Array): void;
  hex(): string;
}

/** SHA-256 of the content, or git's blob id: SHA-1 of "blob", the length, a zero byte and the content. */
export function contentHash({ kind }: HubHash, bytes: number): ContentHash {
  const hash = kind === 'sha256' ? sha256.create() : sha1.create();
  if (kind === 'git-blob') hash.update(new TextEncoder().encode(`blob ${bytes}\0`));
  return {
    update: (part) => {
      hash.update(part);
    },
    hex: () => bytesToHex(hash.digest()),
  };
}

/** @throws StudioError `hub-unreachable`, or what `signal` was aborted with */
async function request(
  url: URL,
  hub: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  silenceMs = SILENCE_MS,
): Promise<Response> {
  // Only the wait for the answer is limited; its body has a limit of its own.
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

async function statusError(
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
    // What everybody may list but not fetch is gated.
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
  path: string,
  bytes: number,
  from: number,
  to: number,
): void {
  const length = response.headers.get('content-length');
  // Hidden from other origins unless the hub exposes it.
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
  path: string,
  bytes: number,
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

/** Pages and messages that come with the type of a file are known by how they begin. */
function checkBeginning(first: Uint8Array, path: string): void {
  if (!/\.(safetensors|gguf)$/.test(path)) return;
  const text = new TextDecoder('latin1').decode(first.subarray(0, 64)).trimStart().toLowerCase();
  if (/^<(!doctype|html|head|\?xml)/.test(text)) throw pageInstead(path, 'page');
  if (/^\{\s*"/.test(text)) throw pageInstead(path, 'message');
  if (text.startsWith('version https://git-lfs')) {
    throw pageInstead(path, 'pointer');
  }
}

/** A promise that may not take longer. */
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

async function readCapped(response: Response, what: string, most: number): Promise<Uint8Array> {
  return collect(readChunks(response, what, most, 0, SILENCE_MS), what, most);
}

/** Never more than `most` bytes are held, whatever comes. */
async function collect(
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
