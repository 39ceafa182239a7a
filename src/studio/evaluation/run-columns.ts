/** How the data sets of a run read their columns, so that its questions are read alike. */
import type { DataSetSummary, KnownColumns } from '../../contract/data.ts';

/** The mappings of a run's data sets, in the order of the run; sets whose shape says what is what have none. */
export function columnsOfRun(
  dataSetIds: readonly string[],
  sets: readonly Pick<DataSetSummary, 'id' | 'columns'>[],
): readonly KnownColumns[] {
  return dataSetIds.flatMap((id) => sets.find((set) => set.id === id)?.columns ?? []);
}
