/** Stores the files of imported models. */
import { fault, StudioError } from '../faults/fault.ts';
import { type ByteSource, readPieces } from '../formats/files/byte-source.ts';
import type { FileCheck, ModelSummary, StoredModelReport } from '../contract/models.ts';
import { together, type StudioDatabase } from './database.ts';
import { verifyFile, writeFile, type FileStore, type StoredFile } from './files/file-store.ts';
import { modelInUse, modelLock } from './lock-names.ts';
import { alone, type Locks } from './locks.ts';
import type { StoredModel } from './stored.ts';

/** The imported models, and the template chosen for each model, built-in ones included. */
export class Models {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;
  readonly #locks: Locks;

  constructor(database: StudioDatabase, files: FileStore, locks: Locks) {
    this.#database = database;
    this.#files = files;
    this.#locks = locks;
  }

  async list(): Promise<StoredModel[]> {
    return this.#database.getAll('models');
  }

  async find(id: string): Promise<StoredModel | null> {
    return (await this.#database.get('models', id)) ?? null;
  }

  /**
   * Stores the files of a checked model, which becomes visible when all of them are written.
   * @param onProgress gets bytes written so far
   * @throws StudioError `storage-full`, `file-unreadable`, or what `onProgress` throws to cancel
   */
  add(
    summary: ModelSummary,
    sources: ReadonlyMap<string, ByteSource>,
    onProgress: (bytes: number) => void,
  ): Promise<void> {
    const { id } = summary;
    // While the lock is held, no other tab takes the files for leftovers of a closed tab.
    return alone(
      this.#locks,
      modelLock(id),
      () => modelInUse(id),
      () => this.#store(summary, sources, onProgress),
    );
  }

  async #store(
    summary: ModelSummary,
    sources: ReadonlyMap<string, ByteSource>,
    onProgress: (bytes: number) => void,
  ): Promise<void> {
    const stored: { name: string; file: StoredFile }[] = [];
    let before = 0;
    try {
      for (const [name, source] of sources) {
        const path = `models/${summary.id}/${name}`;
        const start = before;
        const file = await writeFile(this.#files, path, counted(source, start, onProgress));
        before += file.bytes;
        stored.push({ name, file });
      }
      await this.#database.put('models', { summary, files: stored }, summary.id);
    } catch (error) {
      await this.#files.remove(`models/${summary.id}`).catch(() => undefined);
      throw error;
    }
  }

  /** Turns a download into a model: the files are already in its folder, and the download's record is removed. */
  async adopt(summary: ModelSummary, files: StoredModel['files']): Promise<void> {
    const { id } = summary;
    await this.#database.write(['models', 'downloads'], (transaction) =>
      together([
        () => transaction.objectStore('models').put({ summary, files }, id),
        () => transaction.objectStore('downloads').delete(id),
      ]),
    );
  }

  /** Bytes and files of the models that take storage. */
  async stored(): Promise<StoredModelReport[]> {
    const own = (await this.list()).filter(({ files }) => files.length > 0);
    return own.map(({ summary, files }) => ({
      id: summary.id,
      bytes: files.reduce((sum, { file }) => sum + file.bytes, 0),
      files: files.map(({ name, file: { bytes, sha256 } }) => ({ name, bytes, sha256 })),
    }));
  }

  /**
   * Reads every file again and compares length and SHA-256 with what was stored.
   * @param onProgress gets bytes read so far; it may throw to cancel
   * @throws StudioError `model-missing`
   */
  async verify(id: string, onProgress: (bytes: number) => void): Promise<FileCheck[]> {
    const model = await this.find(id);
    if (!model) throw modelMissing(id);
    const checks: FileCheck[] = [];
    let before = 0;
    for (const { name, file } of model.files) {
      const start = before;
      const state = await verifyFile(this.#files, file, (bytes) => onProgress(start + bytes)).then(
        () => 'good' as const,
        (thrown: unknown) => {
          const code = thrown instanceof StudioError ? thrown.code : '';
          if (code === 'file-missing') return 'missing' as const;
          if (code === 'file-damaged' || code === 'file-unreadable') return 'damaged' as const;
          throw thrown;
        },
      );
      before += file.bytes;
      checks.push({ name, bytes: file.bytes, state });
    }
    return checks;
  }

  /**
   * Stores a model's settings and findings: template, precision, why it is set aside.
   * @throws StudioError `model-missing`
   */
  async change(
    summary: ModelSummary,
    choice: Partial<Pick<ModelSummary, 'template' | 'precision' | 'aside'>>,
  ): Promise<ModelSummary> {
    const builtIn = summary.source === 'built-in';
    const stored = await this.#database.change('models', summary.id, (known) => {
      // A model that was removed meanwhile, perhaps by another tab, must not come back without its files.
      if (!known && !builtIn) return undefined;
      const before = builtIn ? summary : (known?.summary ?? summary);
      return { summary: { ...before, ...choice }, files: known?.files ?? [] };
    });
    if (!stored) throw modelMissing(summary.id);
    return stored.summary;
  }

  /** Files of a stored model, by path inside its folder. @throws StudioError `model-missing` */
  async sources(id: string): Promise<Map<string, ByteSource>> {
    const model = await this.find(id);
    if (!model) throw modelMissing(id);
    const sources = new Map<string, ByteSource>();
    for (const { name, file } of model.files) {
      sources.set(name, await this.#files.open(file.path));
    }
    return sources;
  }

  /** @throws StudioError `model-in-use` while any tab reads it */
  remove(id: string): Promise<void> {
    return alone(
      this.#locks,
      modelLock(id),
      () => modelInUse(id),
      async () => {
        await this.#database.delete('models', id);
        await this.#files.remove(`models/${id}`);
      },
    );
  }
}

export function modelMissing(id: string): StudioError {
  return fault('model-missing', { id }, { kept: 'runs-on-it' });
}

async function* counted(
  source: ByteSource,
  start: number,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = start;
  for await (const piece of readPieces(source)) {
    onProgress(done);
    yield piece;
    done += piece.byteLength;
  }
  onProgress(done);
}
