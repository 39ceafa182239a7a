/** Makes canaries as data sets: planted records are kept like any others, under a mark from which they follow. */
import {
  CANARY_TASK,
  languageOf,
  markOf,
  plantedRecords,
  type CanaryMark,
} from '../../engine/evaluation/memorisation/planting.ts';
import { DATA_KINDS, type DataKind } from '../../formats/records/record-types.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { WorkerContext } from '../context.ts';
import { newSet } from '../data/new-set.ts';

type Stored = Pick<WorkerContext, 'storage'>;

/** Records of each set whose language is looked at. */
const LOOKED_AT = 20;

/** @throws StudioError as reading rows and storing a set do */
export async function plant(
  context: Stored,
  { dataSetIds, seed, times, each, names }: CallInput<'memorisation.plant'>,
): Promise<DataSetSummary[]> {
  const { dataSets } = context.storage;
  const sets = await Promise.all(dataSetIds.map((id) => dataSets.get(id)));
  const language = languageOf(await textsOf(context, dataSetIds));
  const made: DataSetSummary[] = [];
  for (const kind of DATA_KINDS) {
    if (!sets.some((set) => set.kind === kind && !set.canaries)) continue;
    const mark = markOf({ times, each }, kind, { seed, language });
    made.push(await canarySet(context, mark, kind, names[kind]));
  }
  return made;
}

function textsOf(
  { storage: { dataSets, locks } }: Stored,
  ids: readonly string[],
): Promise<string[]> {
  return whileInUse(locks, ids.map(dataLock), async () => {
    const rows = await Promise.all(ids.map((id) => dataSets.rows(id, 0, LOOKED_AT)));
    return rows.flat().flatMap(({ messages }) => messages.map(({ content }) => content));
  });
}

/** The set of a mark: the one that is here, else a new one. */
export async function canarySet(
  context: Stored,
  mark: CanaryMark,
  kind: DataKind,
  name: string,
): Promise<DataSetSummary> {
  const known = (await context.storage.dataSets.list()).find(
    (set) => set.kind === kind && set.canaries && isSame(set.canaries, mark),
  );
  if (known) return known;
  return newSet(context, async (writer) => {
    for (const [row, { messages }] of plantedRecords(mark).entries()) {
      await writer.add({ line: row + 1, task: CANARY_TASK, messages });
    }
    return { name, kind, shape: 'messages', shapes: ['messages'], canaries: mark };
  });
}

function isSame(one: CanaryMark, other: CanaryMark): boolean {
  const parts = ({ seed, language, times, references, first, count }: CanaryMark): string =>
    JSON.stringify([seed, language, times, references, first, count]);
  return parts(one) === parts(other);
}
