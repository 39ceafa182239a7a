/** Compares data sets: finds records that are nearly the same, and questions that evaluations ask. */
import {
  findNearDuplicates,
  type SignedSet,
} from '../../engine/evaluation/trust/near-duplicate-report.ts';
import { SIGNATURE_BYTES } from '../../engine/evaluation/trust/signatures.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import type { DataSetSummary, QuestionsLooked } from '../../contract/data.ts';
import { signaturesPath } from '../../storage/data-sets.ts';
import { readWhole } from '../../storage/files/file-store.ts';
import { dataLock, searchLock, whileInUse } from '../../storage/lock-names.ts';
import { inTurn, type Release } from '../../storage/locks.ts';
import type { Storage } from '../../storage/storage.ts';
import type { WorkerContext } from '../context.ts';
import { KnownQuestions } from '../search/known-questions.ts';
import { onceLost } from '../search/searcher.ts';
import { SetSearch } from '../search/set-search.ts';
import { breathing, type Task } from '../tasks/tasks.ts';
import { takeRows } from './stored-rows.ts';

type Stored = Pick<Storage, 'dataSets' | 'files' | 'locks'>;

/** How far a search is, which may throw to end it. */
type Advance = (fraction: number) => void;

/** The stored signatures of a set; null where those of some records are missing. */
async function signaturesOf(
  { files }: Pick<Stored, 'files'>,
  { id, records }: DataSetSummary,
): Promise<ByteSource | null> {
  const path = signaturesPath(id);
  const names = await files.list(path.slice(0, path.lastIndexOf('/')));
  if (!names.some((name) => path.endsWith(`/${name}`))) return null;
  const source = await files.open(path);
  return source.size === records * SIGNATURE_BYTES ? source : null;
}

/**
 * Signs the records of a stored set and looks for questions in them, as far as that is not done: another tab may be at
 * it, and is waited for.
 */
function searchStored(
  stored: Stored,
  id: string,
  questions: KnownQuestions,
  running: { readonly task: Task; readonly advance: Advance },
): Promise<void> {
  const { dataSets, locks } = stored;
  return inTurn(locks, searchLock(id), running.task, async () => {
    const set = await dataSets.get(id);
    const signatures = (await signaturesOf(stored, set)) === null;
    const compared = questions.areComparedWith(set);
    let found = compared && set.questions ? { ...set.questions, at: Date.now() } : null;
    if (signatures || !compared) {
      const sought = { signatures, questions: !compared };
      const search = async (): Promise<QuestionsLooked | null> =>
        takeRows(dataSets, id, await SetSearch.begin(stored, id, questions, sought), running);
      found = (await search().catch(onceLost(search))) ?? found;
    }
    if (found) await dataSets.setQuestions(id, found);
  });
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

/** The share of reading the records, where they are read. */
const SEARCHING = 0.7;

/** Records that are compared without giving back the memory of the search first, which soon begins again. */
const MOST_BESIDE_SEARCH = 2 ** 16;

/** A set to compare: with these others, and with the questions that are known. */
export interface ComparedSet {
  readonly id: string;
  readonly others: readonly DataSetSummary[];
  readonly questions: KnownQuestions;
}

/**
 * Compares a set with itself and with those others whose records are signed, looks for questions in it, and keeps the
 * outcome with the set.
 * @throws StudioError `data-set-missing`, `storage-changing`, `cancelled`, and as reading rows does
 */
export function compareSet(
  stored: Stored,
  { id, others, questions }: ComparedSet,
  task: Task,
  advance: Advance,
): Promise<DataSetSummary> {
  return whileInUse(stored.locks, [dataLock(id)], async () => {
    advance(0);
    let begin = 0;
    await searchStored(stored, id, questions, {
      task,
      advance: (done) => {
        begin = SEARCHING;
        advance(done * SEARCHING);
      },
    });
    const { records } = await stored.dataSets.get(id);
    if (records > MOST_BESIDE_SEARCH) questions.close();
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
  { id, questions }: Omit<ComparedSet, 'others'>,
  task: Task,
  advance: Advance,
): Promise<DataSetSummary> {
  const others = (await stored.dataSets.list()).filter(comparable);
  return compareSet(stored, { id, others, questions }, task, advance);
}

/**
 * Compares some sets, each with itself, with those before it and with the questions that are known.
 * @throws StudioError as compareSet
 */
export async function compareSets(
  context: Pick<WorkerContext, 'publicFiles' | 'searchThread' | 'storage'>,
  ids: readonly string[],
  task: Task,
): Promise<DataSetSummary[]> {
  const compared: DataSetSummary[] = [];
  const sets = await Promise.all(ids.map((id) => context.storage.dataSets.get(id)));
  const bytes = sets.reduce((sum, set) => sum + set.bytes, 0);
  const questions = await KnownQuestions.read(context, bytes);
  try {
    for (const [place, id] of ids.entries()) {
      const asked = { id, others: compared, questions };
      const advance = (fraction: number): void =>
        task.progress((place + fraction) / ids.length, null);
      compared.push(await compareSet(context.storage, asked, task, advance));
    }
  } finally {
    questions.close();
  }
  return compared;
}
