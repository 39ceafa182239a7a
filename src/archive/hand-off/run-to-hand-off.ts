/** What a bundle is made of: a run as it stands, its records, and what its base must be. */
import type { Merging } from '../../engine/training/stage/branch-plans.ts';
import type { FileSeal } from '../../formats/files/sealer.ts';
import type { RunToArchive } from '../archive-writer.ts';
import type { RecordsToHandOff } from './record-file.ts';

export interface NamedSeal extends FileSeal {
  readonly path: string;
}

export interface RunToHandOff {
  /** The run as its archive would hold it now, in a state that an archive may state. */
  readonly run: RunToArchive;
  readonly leavesGaps: boolean;
  readonly merging: Merging;
  readonly vocabulary: number;
  /** The files that decide what the base says. */
  readonly base: readonly NamedSeal[];
  /** Of each data set, in the order of the run. */
  readonly records: readonly RecordsToHandOff[];
  /** Whether the records go in; else only their hashes do. */
  readonly withRecords: boolean;
}
