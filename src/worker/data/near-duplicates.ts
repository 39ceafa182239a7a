/** Signs the records of data sets, as they come in or later, and finds those that are nearly the same. */
import {
  findNearDuplicates,
  type SignedSet,
} from '../../engine/evaluation/trust/near-duplicate-report.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import type { DataSetSummary, Message } from '../../contract/data.ts';
import { signaturesPath } from '../../storage/data-sets.ts';
import { readWhole, type FileWriter } from '../../storage/files/file-store.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { Release } from '../../storage/locks.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

type Stored = Pick<Storage, 'dataSets' | 'files' | 'locks'>;

/** What every record is told says nothing of a record. */
function saidIn(messages: readonly Message[]): string[] {
  return messages.filter(({ role }) => role !== 'system').map(({ content }) => content);
}

/** Signs records one after the other; what all records of a set share says nothing of one of them. */
export class RecordSigner {
  /** Of all records so far, in their order, where their set is at its end. */
  readonly signatures: Uint8Array;
  #written = 0;
  #set = this.#begin();

  constructor(records: number) {
    this.signatures = new Uint8Array(records * SIGNATURE_BYTES);
  }

  #begin(): SignatureStream {
    return new SignatureStream((bytes) => {
      this.signatures.set(bytes, this.#written);
      this.#written += bytes.length;
      return Promise.resolve();
    });
  }

  async add(messages: readonly Message[]): Promise<void> {
    await this.#set.add(saidIn(messages));
  }

  /** Ends a set; further records are another's. */
  async end(): Promise<void> {
    await this.#set.end();
    this.#set = this.#begin();
  }
}

/** Signs the records of one set and keeps the signatures beside them. */
export class SetSigner {
  readonly #writer: FileWriter;
  readonly #stream: SignatureStream;

  private constructor(writer: FileWriter) {
    this.#writer = writer;
    this.#stream = new SignatureStream((bytes) => writer.write(bytes));
  }

  static async begin({ files }: Pick<Storage, 'files'>, id: string): Promise<SetSigner> {
    return new SetSigner(await files.create(signaturesPath(id)));
  }

  /** @throws StudioError `storage-full`, `storage-failed` */
  async add({ messages }: { readonly messages: readonly Message[] }): Promise<void> {
    await this.#stream.add(saidIn(messages));
  }

  async finish(): Promise<void> {
    await this.#stream.end();
    await this.#writer.close();
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}

/** How far a search is, which may throw to end it. */
type Advance = (fraction: number) => void;

/** The stored signatures of a set; null where those of some records are missing. */
async function signaturesOf(
  { files }: Stored,
  { id, records }: DataSetSummary,
): Promise<ByteSource | null> {
  const path = signaturesPath(id);
  const names = await files.list(path.slice(0, path.lastIndexOf('/')));
  if (!names.some((name) => path.endsWith(`/${name}`))) return null;
  const source = await files.open(path);
  return source.size === records * SIGNATURE_BYTES ? source : null;
}

async function signStored(
  stored: Stored,
  { id, records }: DataSetSummary,
  task: Task,
  advance: Advance,
): Promise<void> {
  const signer = await SetSigner.begin(stored, id);
  const check = breathing(task);
  let seen = 0;
  try {
    for await (const rows of stored.dataSets.allRows(id)) {
      for (const row of rows) await signer.add(row);
      seen += rows.length;
      advance(seen / records);
      await check();
    }
    await signer.finish();
  } catch (error) {
    await signer.abort().catch(() => undefined);
    throw error;
  }
}

/** Its signatures, read a part at a time, and what keeps them there; null where they are missing or being changed. */
async function openSigned(
  stored: Stored,
  set: DataSetSummary,
): Promise<{ readonly set: SignedSet; readonly release: Release } | null> {
  const release = await stored.locks.take(dataLock(set.id), 'shared');
  if (!release) return null;
  // It may have been removed before it was held.
  const source = await signaturesOf(stored, set).catch(() => null);
  if (!source) {
    release();
    return null;
  }
  const read = (from: number, count: number): Promise<Uint8Array> =>
    source.read(from * SIGNATURE_BYTES, count * SIGNATURE_BYTES);
  return { set: { id: set.id, records: set.records, read }, release };
}

/** Of a search, the share that signing takes where records are not signed. */
const SIGNING = 0.7;

/**
 * Compares a set with itself and with those others whose records are signed, and keeps the outcome with the set.
 * @throws StudioError `data-set-missing`, `storage-changing`, `cancelled`, and as reading rows does
 */
export function compareSet(
  stored: Stored,
  { id, others }: { readonly id: string; readonly others: readonly DataSetSummary[] },
  task: Task,
  advance: Advance,
): Promise<DataSetSummary> {
  return whileInUse(stored.locks, [dataLock(id)], async () => {
    advance(0);
    const set = await stored.dataSets.get(id);
    const signed = (await signaturesOf(stored, set)) !== null;
    if (!signed) await signStored(stored, set, task, (done) => advance(done * SIGNING));
    const begin = signed ? 0 : SIGNING;
    const check = breathing(task);
    const held: Release[] = [];
    try {
      const open: SignedSet[] = [];
      for (const other of others) {
        const opened = other.id === id ? null : await openSigned(stored, other);
        if (!opened) continue;
        open.push(opened.set);
        held.push(opened.release);
      }
      const own = await readWhole(stored.files, signaturesPath(id));
      const report = await findNearDuplicates(own, open, async (fraction) => {
        advance(begin + fraction * (1 - begin));
        await check();
      });
      return await stored.dataSets.setNear(id, { at: Date.now(), ...report });
    } finally {
      for (const release of held) release();
    }
  });
}

/** Sets that others are compared with: canaries are planted to be alike. */
export const comparable = ({ canaries, records }: DataSetSummary): boolean =>
  !canaries && records > 0;

/** Compares a set that came in with all that are there. @throws StudioError as compareSet */
export async function compareWithAll(
  stored: Stored,
  id: string,
  task: Task,
  advance: Advance,
): Promise<DataSetSummary> {
  const others = (await stored.dataSets.list()).filter(comparable);
  return compareSet(stored, { id, others }, task, advance);
}

/**
 * Compares some sets, each with itself and with those before it.
 * @throws StudioError as compareSet
 */
export async function compareSets(
  stored: Stored,
  ids: readonly string[],
  task: Task,
): Promise<DataSetSummary[]> {
  const compared: DataSetSummary[] = [];
  for (const [place, id] of ids.entries()) {
    const asked = { id, others: compared };
    const advance = (fraction: number): void =>
      task.progress((place + fraction) / ids.length, null);
    compared.push(await compareSet(stored, asked, task, advance));
  }
  return compared;
}
