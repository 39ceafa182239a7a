/** How the columns of a person's files of questions are read: as the data sets of a run read theirs, then as a person said last. */
import type { DataSetSummary, KnownColumns } from '../../contract/data.ts';
import { useDataSets } from '../data/data-sets.ts';
import { knownColumns } from '../data/mappings.ts';

/** Most mappings that a call takes. */
const MOST_COLUMNS = 100;

/** The mappings of a run's data sets, in the order of the run; sets whose shape says what is what have none. */
export function columnsOfRun(
  dataSetIds: readonly string[],
  sets: readonly Pick<DataSetSummary, 'id' | 'columns'>[],
): readonly KnownColumns[] {
  return dataSetIds.flatMap((id) => sets.find((set) => set.id === id)?.columns ?? []);
}

/** How columns are read where states trained on these sets are asked. The first mapping of the same columns counts. */
export function questionColumns(dataSetIds: readonly string[]): readonly KnownColumns[] {
  const own = columnsOfRun(dataSetIds, useDataSets.getState().sets);
  return [...own, ...knownColumns()].slice(0, MOST_COLUMNS);
}
