import type { FileStore } from './file-store.ts';
import { readWhole, writeFile } from './file-store.ts';

/** A data set as tokens: record i has the tokens [offsets[i], offsets[i+1]). */
export interface TokenSet {
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly ids: Uint32Array<ArrayBuffer>;
  /** 1 where the token is a target. */
  readonly targets: Uint8Array<ArrayBuffer>;
}

const MAGIC = 0x314b5453;
const HEAD_WORDS = 3;

/** Tokens of data sets, so that each is tokenised once for a tokenizer, template and label scheme. */
export class TokenCache {
  readonly #files: FileStore;
  /** Writes under way by path: a key stands for its content, so a second writer waits for the first. */
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(files: FileStore) {
    this.#files = files;
  }

  /** Null where there is none, or none that is whole: then it is made again. */
  async get(dataSetId: string, key: string): Promise<TokenSet | null> {
    const names = await this.#files.list(`tokens/${dataSetId}`);
    if (!names.includes(`${key}.bin`)) return null;
    return unpack(await readWhole(this.#files, `tokens/${dataSetId}/${key}.bin`));
  }

  async put(dataSetId: string, key: string, set: TokenSet): Promise<void> {
    const path = `tokens/${dataSetId}/${key}.bin`;
    const underWay = this.#writing.get(path);
    if (underWay) {
      await underWay;
      return;
    }
    const head = new Uint32Array([MAGIC, set.offsets.length, set.ids.length]);
    const parts = [head, set.offsets, set.ids].map((words) => new Uint8Array(words.buffer));
    const write = writeFile(this.#files, path, [...parts, set.targets]).finally(() => {
      this.#writing.delete(path);
    });
    this.#writing.set(path, write);
    await write;
  }

  async remove(dataSetId: string): Promise<void> {
    await this.#files.remove(`tokens/${dataSetId}`);
  }
}

function unpack(bytes: Uint8Array<ArrayBuffer>): TokenSet | null {
  if (bytes.byteLength < HEAD_WORDS * 4) return null;
  const [magic, records = 0, tokens = 0] = new Uint32Array(bytes.buffer, 0, HEAD_WORDS);
  const size = (HEAD_WORDS + records + tokens) * 4 + tokens;
  if (magic !== MAGIC || bytes.byteLength !== size) return null;
  const idsAt = (HEAD_WORDS + records) * 4;
  return {
    offsets: new Uint32Array(bytes.buffer, HEAD_WORDS * 4, records),
    ids: new Uint32Array(bytes.buffer, idsAt, tokens),
    targets: new Uint8Array(bytes.buffer, idsAt + tokens * 4, tokens),
  };
}
