/** Makes writes to database and files fail as a full disk makes them fail. */
import type { FileStore, FileWriter } from '../files/file-store.ts';
import { storageFault } from '../files/file-store.ts';

/**
 * How a write of the database fails: `request` throws at the call; `commit` accepts the request and ends the
 * transaction with the error, as browsers do when only the commit finds the disk full.
 */
export type FaultKind = 'request' | 'commit';

/** Counts the writes of one studio and lets chosen ones fail. */
export class WriteFaults {
  kind: FaultKind;
  #count = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.POSITIVE_INFINITY;
  /** What failed, in order. */
  readonly failed: string[] = [];
  /** Every write, in order. */
  readonly writes: string[] = [];

  constructor(kind: FaultKind = 'request') {
    this.kind = kind;
  }

  /** Writes so far. */
  get count(): number {
    return this.#count;
  }

  /** Makes `length` writes fail, beginning with the n-th from now (from 1). */
  fail(n: number, length = 1): void {
    this.#from = this.#count + n;
    this.#to = this.#from + length;
  }

  /** The disk is full from the n-th write on, until `free` is called. */
  fill(n = 1): void {
    this.fail(n, Number.POSITIVE_INFINITY);
  }

  free(): void {
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.POSITIVE_INFINITY;
  }

  /** Counts a write; true where it must fail. */
  meet(what: string): boolean {
    this.#count += 1;
    this.writes.push(what);
    const fails = this.#count >= this.#from && this.#count < this.#to;
    if (fails) this.failed.push(what);
    return fails;
  }
}

export function diskFull(): DOMException {
  return new DOMException('The disk is full (made up by a test).', 'QuotaExceededError');
}

/** A file store whose creations, writes and closings are counted as writes and fail on demand. */
export function faultyFiles(inner: FileStore, faults: WriteFaults): FileStore {
  const meet = (path: string, what: string): void => {
    if (faults.meet(`${what} ${path}`)) throw storageFault(path, diskFull());
  };
  return {
    ...inner,
    create: async (path, continued): Promise<FileWriter> => {
      meet(path, 'create');
      const writer = await inner.create(path, continued);
      return {
        ...writer,
        write: async (bytes) => {
          meet(path, 'write');
          await writer.write(bytes);
        },
        close: async () => {
          meet(path, 'close');
          return writer.close();
        },
      };
    },
  };
}

type Write = (this: IDBObjectStore, ...args: unknown[]) => IDBRequest;

/**
 * Makes the writes of one database fail, and of no other.
 * @returns a function that restores IndexedDB
 */
export function faultyDatabase(name: string, faults: WriteFaults): () => void {
  const methods: Record<'put' | 'add' | 'delete', Write> = IDBObjectStore.prototype as never;
  const originals = { put: methods.put, add: methods.add, delete: methods.delete };
  for (const method of ['put', 'add', 'delete'] as const) {
    methods[method] = function (...args) {
      const { transaction } = this;
      const own = transaction.db.name === name && transaction.mode === 'readwrite';
      if (!own || !faults.meet(`${method} ${this.name}`)) {
        return originals[method].apply(this, args);
      }
      if (faults.kind === 'request') throw diskFull();
      const request = originals[method].apply(this, args);
      request.addEventListener('success', () => {
        // The error of a transaction is read-only, so it is defined here as a full disk sets it.
        Object.defineProperty(transaction, 'error', { configurable: true, get: diskFull });
        transaction.abort();
      });
      return request;
    };
  }
  return () => {
    Object.assign(methods, originals);
  };
}
