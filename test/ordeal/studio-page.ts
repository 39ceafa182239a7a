/** The built page in Chromium and its own worker, which tests address as the page does. */
import { createHash } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import type { FaultDescription } from '../../src/faults/catalogue.ts';
import { faultFrom } from '../../src/faults/fault.ts';
import type { CallInput, CallKind, CallOutput, WorkerEvent } from '../../src/contract/contract.ts';
import { within } from './campaign.ts';

/** Longer than anything takes on a busy machine; a step takes a tenth of a second on a quiet one. */
export const PATIENCE_SECONDS = 180;

type Answer = { readonly output: unknown } | { readonly error: FaultDescription };

interface Held {
  /** Sends a call to the page's own worker. */
  readonly call: (kind: string, input: object) => Promise<Answer>;
  readonly events: WorkerEvent[];
  exported: Blob | null;
}

declare global {
  var ordeal: Held;
}

/** Put into the page before its own scripts: keeps hold of the worker that the page starts. */
function holdWorker(): void {
  const Native = Worker;
  let worker: Worker | null = null;
  let next = 1_000_000_000;
  const waiting = new Map<number, (answer: Answer) => void>();
  const started: ((worker: Worker) => void)[] = [];
  const held: Held = {
    events: [],
    exported: null,
    call: async (kind, input) => {
      const to = worker ?? (await new Promise<Worker>((resolve) => started.push(resolve)));
      return new Promise((resolve) => {
        const id = next;
        next += 1;
        waiting.set(id, resolve);
        to.postMessage({ id, kind, input });
      });
    },
  };
  globalThis.ordeal = held;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      // Named here, because a class has no other way to hand itself out.
      // oxlint-disable-next-line typescript/no-this-alias
      worker = this;
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        const message = data as WorkerEvent | ({ type: string; id: number } & Answer);
        if (message.type === 'result' || message.type === 'failure') {
          const { id } = message as { id: number };
          waiting.get(id)?.(message);
          waiting.delete(id);
        } else held.events.push(message as WorkerEvent);
      });
      for (const resolve of started.splice(0)) resolve(this);
    }
  };
}

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** A file in storage that no record names. */
interface Stored {
  readonly files: readonly string[];
  /** Everything in the database, as text. */
  readonly records: string;
}

export class StudioPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, address: string): Promise<StudioPage> {
    const page = await context.newPage();
    await page.addInitScript(holdWorker);
    const studio = new StudioPage(page);
    await studio.load(address);
    return studio;
  }

  async load(address: string): Promise<void> {
    await this.page.goto(address, { waitUntil: 'commit', timeout: PATIENCE_SECONDS * 1000 });
    await this.call('runs.list', {});
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'commit', timeout: PATIENCE_SECONDS * 1000 });
    await this.call('runs.list', {});
  }

  /** @throws StudioError as the worker answered, `Hung` where it does not answer */
  async call<K extends CallKind>(
    kind: K,
    input: CallInput<K>,
    files: readonly TextFile[] = [],
  ): Promise<CallOutput<K>> {
    const work = this.page.evaluate(
      async (given) => {
        const made = given.files.map(({ name, text }) => new File([text], name));
        const more = made.length > 0 ? { files: made } : {};
        return globalThis.ordeal.call(given.kind, { ...(given.input as object), ...more });
      },
      { kind, input, files },
    );
    const answer = await within(PATIENCE_SECONDS, kind, work);
    if ('error' in answer) throw faultFrom(answer.error);
    // Request and answer carry the same id, so the answer is of this call's type.
    return answer.output;
  }

  /** Events of the worker since the page was loaded. */
  async events(): Promise<WorkerEvent[]> {
    return this.page.evaluate(() => globalThis.ordeal.events);
  }

  /** SHA-256 of the merged weights as they are exported. */
  async exportedHash(runId: string): Promise<string> {
    const input = { runId, what: 'merged', dtype: 'F32', task: 'ordeal-export' };
    const work = this.page.evaluate(async (given) => {
      const answer = await globalThis.ordeal.call('exports.build', given);
      if ('error' in answer) return answer;
      const { blob } = answer.output as { blob: Blob };
      const reader = new FileReader();
      const read = new Promise((resolve) => {
        reader.onload = resolve;
      });
      reader.readAsDataURL(blob);
      await read;
      return { output: reader.result };
    }, input);
    const answer = await within(PATIENCE_SECONDS, 'exports.build', work);
    if ('error' in answer) throw faultFrom(answer.error);
    // As the function above gave it: a data URL.
    const data = answer.output as string;
    const zip = unzipSync(Buffer.from(data.slice(data.indexOf(',') + 1), 'base64'));
    const [path] = Object.keys(zip).filter((name) => name.endsWith('model.safetensors'));
    if (path === undefined) throw new Error('the export holds no weights');
    return createHash('sha256')
      .update(zip[path] ?? '')
      .digest('hex');
  }

  /** Every file of the private file system and every record of the database. */
  async stored(): Promise<Stored> {
    return this.page.evaluate(async () => {
      const files: string[] = [];
      const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
        for await (const [name, entry] of folder.entries()) {
          if (entry.kind === 'file') files.push(`${path}${name}`);
          else await walk(entry, `${path}${name}/`);
        }
      };
      const top = await navigator.storage.getDirectory();
      for await (const entry of top.values()) {
        if (entry.kind === 'directory') await walk(entry, '');
      }
      const done = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('the database'));
        });
      const records: unknown[] = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await done(indexedDB.open(name ?? ''));
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store);
          records.push(store, await done(all.getAllKeys()), await done(all.getAll()));
        }
        database.close();
      }
      return { files, records: JSON.stringify(records) };
    });
  }
}

/** Files whose owner is in no record: of a run the file itself, of all else the id it lies under. */
export function unnamed({ files, records }: Stored): string[] {
  return files.filter((path) => {
    const [folder = '', id = ''] = path.split('/');
    if (folder === 'runs') return !records.includes(JSON.stringify(path));
    return !records.includes(JSON.stringify(id));
  });
}
