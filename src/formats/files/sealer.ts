/** Seals files: their length and SHA-256, counted while they are written or read. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { readPieces, type ByteSource } from './byte-source.ts';

/** Length and SHA-256 (hex) of a finished file. */
export interface FileSeal {
  readonly bytes: number;
  readonly sha256: string;
}

/** Incremental SHA-256 with its byte count. */
export class Sealer {
  readonly #hash = sha256.create();
  #bytes = 0;

  /** Bytes seen so far. */
  get bytes(): number {
    return this.#bytes;
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.byteLength;
  }

  seal(): FileSeal {
    return { bytes: this.#bytes, sha256: bytesToHex(this.#hash.digest()) };
  }
}

/** The seal of a whole file. */
export async function sealOfSource(source: ByteSource): Promise<FileSeal> {
  const sealer = new Sealer();
  for await (const piece of readPieces(source)) sealer.update(piece);
  return sealer.seal();
}
