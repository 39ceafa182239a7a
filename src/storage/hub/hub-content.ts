/** Contents of a hub's files: a small one whole and hashed, a large one in pieces. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { HubHash } from '../../contract/hub.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { collect, openBody, type FileSize, type HubEntry, type HubPlace } from './hub-body.ts';
import { badAnswer, cutOff, refused, wrongHash } from './hub-errors.ts';

/** Most bytes to skip for a piece of a file on a hub that ignores ranges. */
const MAX_SKIPPED_BYTES = 32_000_000;

/**
 * Reads a whole small file and checks it against what the hub states.
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
  const body = await openBody(place, entry, signal);
  const content = await collect(body.chunks, path, bytes);
  if (content.byteLength !== bytes) throw cutOff(path, content.byteLength, bytes, 'it ended early');
  const hashes = contentHash(hash, bytes);
  hashes.update(content);
  const found = hashes.hex();
  if (found !== hash.hex) throw wrongHash(path, hash.hex, found);
  return content;
}

/**
 * A file of the hub, read in pieces and unchecked: only for reading its header before the whole file is
 * fetched.
 */
export function remoteSource(
  place: HubPlace,
  { path, bytes }: FileSize,
  signal: AbortSignal,
): ByteSource {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: bytes,
    read: async (begin, end) => {
      const piece = new Uint8Array(end - begin);
      if (begin === end) return piece;
      const body = await openBody(place, { path, bytes }, signal, { from: begin, to: end });
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

/** Computes the kind of hash that a hub states for a file, as its bytes come. */
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
