/** What a page asks about identifiers in a data set: search, review, decisions, the replaced set. */
import { create } from 'zustand';
import { writeCsv } from '../../formats/texts/csv.ts';
import { worker } from '../../worker/client.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type {
  Certainty,
  Decision,
  DecisionsBefore,
  FindingCount,
  FindingInSentence,
  IdentifierKind,
  MappingEntry,
  RecordWithFindings,
  Ways,
} from '../../contract/identifiers.ts';
import { useDataSets } from '../data/data-sets.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

/** What a list of findings is filtered by; null lets all pass. */
export interface FindingFilter {
  readonly kind: IdentifierKind | null;
  readonly certainty: Certainty | null;
  readonly language: 'en' | 'zh' | null;
  readonly decision: Decision | null;
  /** Held by the identifier itself; empty lets all pass. */
  readonly text: string;
}

/** Searches under way, by data set: they go on when the page is left. */
export const useSearches = create<{ readonly tasks: Readonly<Record<string, string>> }>()(() => ({
  tasks: {},
}));

/** Searches a set; what is found is kept with it. */
export async function look(id: string): Promise<TaskOutcome<DataSetSummary>> {
  const outcome = await runTask(
    (task) => worker.call('identifiers.look', { id, task }),
    (task) => useSearches.setState(({ tasks }) => ({ tasks: { ...tasks, [id]: task } })),
  );
  useSearches.setState(({ tasks: { [id]: _ended, ...tasks } }) => ({ tasks }));
  await useDataSets.getState().load();
  return outcome;
}

export const findingCounts = (id: string): Promise<readonly FindingCount[]> =>
  worker.call('identifiers.counts', { id });

/** Places of the findings that a filter lets pass. */
export function selectFindings(
  id: string,
  filter: FindingFilter,
): Promise<TaskOutcome<Uint32Array>> {
  return runTask((task) => worker.call('identifiers.select', { id, ...filter, task }));
}

export const readFindings = (
  id: string,
  places: readonly number[],
): Promise<readonly FindingInSentence[]> => worker.call('identifiers.findings', { id, places });

export const readRecord = (id: string, row: number, ways: Ways): Promise<RecordWithFindings> =>
  worker.call('identifiers.record', { id, row, ways });

/** Decides of a finding or, with `form`, of all of its kind and text. */
export function decide(
  id: string,
  asked: { readonly place: number; readonly form: boolean; readonly decision: Decision },
): Promise<DecisionsBefore> {
  return worker.call('identifiers.decide', { id, ...asked });
}

/** Takes decisions back, or makes them again. */
export function restore(id: string, { places, before }: DecisionsBefore): Promise<DecisionsBefore> {
  return worker.call('identifiers.restore', { id, places, before });
}

/** Reads a saved mapping. */
export const openMapping = (file: File, passphrase: string): Promise<readonly MappingEntry[]> =>
  worker.call('identifiers.openMapping', { file, passphrase });

/** A mapping as a table for other programs. */
export function mappingCsv(entries: readonly MappingEntry[]): Blob {
  const rows = entries.map(({ kind, original, replacement }) => [kind, original, replacement]);
  return new Blob([writeCsv(['kind', 'original', 'replacement'], rows)], { type: 'text/csv' });
}
