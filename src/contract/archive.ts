/** What page and worker say about runs as archives. */
import { takes } from './call.ts';
import { planning } from './faults.ts';
import { file, task } from './fields.ts';
import type { RunSummary } from './runs.ts';

export const archiveCalls = {
  /** Opens an archive: the run is then in the list, with its curves, routing and the branches that it holds. */
  'archive.open': takes({ file, task })
    .fails(
      ...planning,
      'cancelled',
      'run-elsewhere',
      'run-archive-invalid',
      'run-archive-newer',
      'run-archive-damaged',
      'run-archive-here',
      'data-set-in-use',
    )
    .gives<RunSummary>(),
  /** Looks again for the base model and the data sets of runs that were opened from archives. */
  'archive.link': takes({})
    .fails(...planning, 'run-missing', 'run-archive-invalid', 'run-base-mismatch')
    .gives<readonly RunSummary[]>(),
};
