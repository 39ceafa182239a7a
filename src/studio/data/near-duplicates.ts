/** What is known of near-duplicates among some data sets and of questions in them, and the search for both. */
import { create } from 'zustand';
import { worker } from '../../worker/client.ts';
import type { DataSetSummary, QuestionsHeld } from '../../contract/data.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';
import { useDataSets } from './data-sets.ts';

export interface NearRecord {
  readonly set: DataSetSummary;
  readonly row: number;
}

export interface NearAmong {
  /** Records of the sets that were searched. */
  readonly records: number;
  readonly within: readonly { readonly set: DataSetSummary; readonly records: number }[];
  /** Records of `set` that are nearly the same as one of `other`. */
  readonly between: readonly {
    readonly set: DataSetSummary;
    readonly other: DataSetSummary;
    readonly records: number;
  }[];
  readonly examples: readonly {
    readonly first: NearRecord;
    readonly second: NearRecord;
    readonly likeness: number;
  }[];
  /** Sets that were not searched, or not compared with all of those before them. */
  readonly open: readonly DataSetSummary[];
}

/** What the searches found that each set keeps, as far as it concerns these sets. */
export function nearAmong(sets: readonly DataSetSummary[]): NearAmong {
  const among = new Map(sets.map((set) => [set.id, set]));
  const searched = sets.filter(({ near }) => near);
  const kept = searched.flatMap((set) =>
    (set.near?.between ?? []).flatMap(({ id, records }) => {
      const other = among.get(id);
      return other ? [{ set, other, records }] : [];
    }),
  );
  // Sets that were compared with each other twice keep it twice.
  const pairs = new Map(kept.map((pair) => [pairKey(pair.set, pair.other), pair]));
  return {
    records: searched.reduce((sum, { records }) => sum + records, 0),
    within: searched.flatMap((set) => {
      const records = set.near?.within ?? 0;
      return records > 0 ? [{ set, records }] : [];
    }),
    between: [...pairs.values()].filter(({ records }) => records > 0),
    examples: searched.flatMap((second) => examplesOf(second, among)),
    open: sets.filter(
      (set, place) =>
        !set.near || sets.slice(0, place).some((other) => !pairs.has(pairKey(set, other))),
    ),
  };
}

const pairKey = (one: DataSetSummary, other: DataSetSummary): string =>
  [one.id, other.id].sort().join(' ');

function examplesOf(
  second: DataSetSummary,
  among: ReadonlyMap<string, DataSetSummary>,
): NearAmong['examples'] {
  return (second.near?.examples ?? []).flatMap(({ row, set, otherRow, likeness }) => {
    const first = set === null ? second : among.get(set);
    const pair = { second: { set: second, row }, likeness };
    return first ? [{ first: { set: first, row: otherRow }, ...pair }] : [];
  });
}

/** Questions of one list that come up in a set. */
export interface HeldInSet {
  readonly set: DataSetSummary;
  readonly list: QuestionsHeld;
}

export interface HeldAmong {
  readonly found: readonly HeldInSet[];
  /** Every list that one of the sets was compared with, as it was last. */
  readonly lists: readonly QuestionsHeld[];
  /** Sets in which questions were never looked for. */
  readonly open: readonly DataSetSummary[];
  /** When the set that was compared first was compared; null where none was. */
  readonly at: number | null;
}

/** The questions that these sets hold of those that were known when each was compared. */
export function heldAmong(sets: readonly DataSetSummary[]): HeldAmong {
  const compared = sets.flatMap(({ questions }) => questions ?? []);
  const byTime = [...compared].sort((a, b) => a.at - b.at);
  const lists = new Map(byTime.flatMap((one) => one.lists.map((list) => [list.itemsId, list])));
  return {
    found: sets.flatMap((set) =>
      (set.questions?.lists ?? []).flatMap((list) => (list.held > 0 ? [{ set, list }] : [])),
    ),
    lists: [...lists.values()],
    open: sets.filter(({ questions }) => !questions),
    at: byTime[0]?.at ?? null,
  };
}

/** What a question asks; null where it is gone with its evaluations. */
export async function readQuestion(itemsId: string, place: number): Promise<string | null> {
  const [asked] = await worker.call('data.questions', { itemsId, places: [place] });
  return asked ?? null;
}

/** The search under way: it goes on when the page is left. */
export const useNearSearch = create<{ readonly task: string | null }>()(() => ({ task: null }));

/** Compares these sets; what is found is kept with them. */
export async function findNearDuplicates(
  ids: readonly string[],
): Promise<TaskOutcome<readonly DataSetSummary[]>> {
  const outcome = await runTask(
    (task) => worker.call('data.nearDuplicates', { ids, task }),
    (task) => useNearSearch.setState({ task }),
  );
  useNearSearch.setState({ task: null });
  // A search that was ended has kept what it found of the first sets.
  await useDataSets.getState().load();
  return outcome;
}
