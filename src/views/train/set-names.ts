/** The names of a run's data sets, also of those that came with an archive or are gone. */
import type { DataSetSummary } from '../../contract/data.ts';
import { REMOVED_SET } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { runsText } from './text-runs.ts';

type Set = Pick<DataSetSummary, 'id' | 'name'>;

/** In the order of the run. */
export function dataSetNames(
  { dataSetIds, origin }: Pick<RunSummary, 'dataSetIds' | 'origin'>,
  sets: readonly Set[],
): string[] {
  return dataSetIds.map((id, place) => {
    const set = sets.find((one) => one.id === id) ?? origin?.dataSets[place];
    return set && set.name !== REMOVED_SET ? set.name : runsText().goneSet(place + 1);
  });
}
