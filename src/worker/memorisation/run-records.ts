/** The records by which a run's memory is measured: some that it trained on, some that it kept, and its canaries. */
import { markedCanaries, plantedRecords } from '../../engine/evaluation/memorisation/planting.ts';
import type { Canary } from '../../engine/evaluation/memorisation/canaries.ts';
import { cutRecord, type CutRecord } from '../../engine/evaluation/memorisation/measure.ts';
import type { PlantedCanary } from '../../engine/evaluation/memorisation/state-memory.ts';
import type { TrainingRecord } from '../../engine/training/run/data-order.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { MemorySettings } from '../../contract/memorisation.ts';
import { stepsOf } from '../archive/run-files.ts';
import type { PreparedRecords } from '../data/prepare.ts';
import type { Storage } from '../../storage/storage.ts';

/** A canary as the run met it. */
export type MetCanary = Canary & PlantedCanary;

export interface RecordsToMeasure {
  readonly members: readonly TrainingRecord[];
  readonly heldOut: readonly TrainingRecord[];
  /** Of members, those that are continued, with their places. */
  readonly cuts: readonly { readonly cut: CutRecord; readonly record: TrainingRecord }[];
  readonly canaries: readonly MetCanary[];
  readonly references: number | null;
  /** Records that the canaries were planted as. */
  readonly planted: number;
}

/** The rows of each set of a run that were trained on. */
type TrainedRows = ReadonlyMap<number, ReadonlySet<number>>;

/** From the steps that were taken: a run that was stopped, or that takes a part of its records, met no others. */
export async function trainedRows(
  { runs }: Pick<Storage, 'runs'>,
  id: string,
): Promise<TrainedRows> {
  const found = new Map<number, Set<number>>();
  for await (const steps of stepsOf(runs, id)) {
    for (const { rows } of steps) {
      for (let i = 0; i < rows.length; i += 2) {
        const dataSet = rows[i] ?? 0;
        const own = found.get(dataSet) ?? new Set();
        found.set(dataSet, own.add(rows[i + 1] ?? 0));
      }
    }
  }
  return found;
}

/** @param sets of the run, in its order */
export async function recordsToMeasure(
  records: PreparedRecords,
  sets: readonly DataSetSummary[],
  trained: TrainedRows,
  { records: most, continued }: MemorySettings,
): Promise<RecordsToMeasure> {
  const heldOut = spread(records.validation, most);
  const members = await membersOf(records, sets, trained, heldOut, most);
  const cuts = members.flatMap((record) => {
    const cut = cutRecord(record);
    return cut ? [{ cut, record }] : [];
  });
  const marked = sets.flatMap(({ canaries, kind }, dataSet) =>
    canaries ? [{ mark: canaries, kind, rows: trained.get(dataSet) ?? new Set<number>() }] : [],
  );
  return {
    ...{ members, heldOut, cuts: spread(cuts, continued) },
    canaries: marked.flatMap(({ mark, kind, rows }) => {
      let row = 0;
      return markedCanaries(mark).map((canary): MetCanary => {
        const own = Array.from({ length: canary.times }, () => row++);
        // One that no step has met is as good as a control.
        return { ...canary, kind, times: own.some((one) => rows.has(one)) ? canary.times : 0 };
      });
    }),
    references: marked[0]?.mark.references ?? null,
    planted: marked.reduce((sum, { mark }) => sum + plantedRecords(mark).length, 0),
  };
}

/**
 * Records that were trained on, from each set as large a share as of the records that were kept: what tells the two
 * apart must not be the set.
 */
async function membersOf(
  records: PreparedRecords,
  sets: readonly DataSetSummary[],
  trained: TrainedRows,
  heldOut: readonly TrainingRecord[],
  most: number,
): Promise<TrainingRecord[]> {
  const bySet = sets.map((): number[] => []);
  for (let index = 0; index < records.places.length; index += 1) {
    const place = records.places[index];
    if (!place || sets[place.dataSet]?.canaries) continue;
    if (trained.get(place.dataSet)?.has(place.row) === true) bySet[place.dataSet]?.push(index);
  }
  const all = bySet.reduce((sum, own) => sum + own.length, 0);
  const wanted = bySet.flatMap((own, dataSet) => {
    const kept = heldOut.filter((record) => record.dataSet === dataSet).length;
    const share = heldOut.length > 0 ? kept / heldOut.length : own.length / Math.max(1, all);
    return spread(own, Math.round(share * most));
  });
  const read = await records.read(wanted);
  return read.filter((record) => record !== null);
}

/** At most so many, spread over all. */
function spread<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]).filter(
    (one) => one !== undefined,
  );
}
