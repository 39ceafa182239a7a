import { Zip, ZipPassThrough } from 'fflate';
import { StudioError } from '../errors.ts';
import type { FileWriter } from '../storage/file-store.ts';

/** The zip format's 32-bit sizes end here; archives beyond would need another dialect. */
const MAX_ZIP_BYTES = 2 ** 32 - 2 ** 20;

/** Writes a zip archive piece by piece into storage; contents are stored as they are, since weights do not shrink. */
export class ZipWriter {
  readonly #writer: FileWriter;
  readonly #zip: Zip;
  #chunks: Uint8Array[] = [];
  #failure: Error | null = null;
  #bytes = 0;

  constructor(writer: FileWriter) {
    this.#writer = writer;
    this.#zip = new Zip((error, chunk) => {
      if (error) this.#failure = error;
      else this.#chunks.push(chunk);
    });
  }

  /** @throws StudioError `zip-too-large`, `storage-full` */
  async add(name: string, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const entry = new ZipPassThrough(name);
    this.#zip.add(entry);
    for await (const part of parts) {
      entry.push(part);
      await this.#drain();
    }
    entry.push(new Uint8Array(), true);
    await this.#drain();
  }

  addText(name: string, text: string): Promise<void> {
    return this.add(name, [new TextEncoder().encode(text)]);
  }

  async finish(): Promise<void> {
    this.#zip.end();
    await this.#drain();
    await this.#writer.close();
  }

  async #drain(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const chunks = this.#chunks;
    this.#chunks = [];
    for (const chunk of chunks) {
      this.#bytes += chunk.byteLength;
      if (this.#bytes > MAX_ZIP_BYTES) {
        throw new StudioError({
          code: 'zip-too-large',
          message: 'The archive would be larger than the 4 GB that a zip file can have.',
          kept: 'The run and its branches.',
          remedy: 'Export as BF16, or export the adapters and merge them elsewhere.',
        });
      }
      await this.#writer.write(chunk);
    }
  }
}
