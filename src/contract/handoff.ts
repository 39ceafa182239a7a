/** What page and worker say about handing a run off, to be trained elsewhere. */
import { z } from 'zod';
import { takes } from './call.ts';
import { preparing } from './faults.ts';
import { id, recipe, task, type MadeFile } from './fields.ts';
import type { RunSummary } from './runs.ts';

/** What is handed off: a run that has steps left, or one that is set up and then comes into being as handed off. */
const source = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('run'), runId: id }),
  z.strictObject({
    what: z.literal('plan'),
    name: z.string().max(200),
    ...{ modelId: id, dataSetIds: z.array(id).readonly(), recipe },
  }),
]);
export type HandOffSource = Readonly<z.infer<typeof source>>;

/** Bytes of a bundle, as far as they are known before it is made: the tokens of a large data set are estimated. */
export interface BundleSize {
  /** The records as tokens. */
  readonly records: number;
  /** Everything else. */
  readonly rest: number;
}

export interface HandedOff {
  readonly file: MadeFile;
  readonly run: RunSummary;
}

export const handOffCalls = {
  /** How large the bundle will be. */
  'handoff.size': takes({ source, task })
    .fails(...preparing, 'run-missing')
    .gives<BundleSize>(),
  /** Makes the bundle; a paused run leaves the device for it. @see handoff/README.md */
  'handoff.build': takes({ source, withRecords: z.boolean(), task })
    .fails(
      ...preparing,
      'run-missing',
      'run-elsewhere',
      'run-under-way',
      'run-not-resumable',
      'run-inputs-changed',
      'hand-off-base',
    )
    .gives<HandedOff>(),
};
