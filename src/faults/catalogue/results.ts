/** Faults of run archives, experts, evaluations and the judge. */
import type { RowFaultCode, RowFaultData } from './rows.ts';
import type { OfFile, OfId, Plain } from './shapes.ts';
import type { SchemaReason } from './schema.ts';

/**
 * The first row that is no question. `field`: the one that it lacks, '' where the row itself is wrong; `row` and
 * `rowData`: its fault, which `said` says in English as the list of left-out rows has it.
 * @inline
 */
type FirstRow = {
  readonly line: number;
  readonly field: string;
  readonly row: RowFaultCode;
  readonly rowData: RowFaultData;
  readonly said: string;
};

export interface ResultFaults {
  'run-archive-invalid': OfFile & { readonly where: string } & ArchiveReason;
  'run-archive-newer': { readonly version: number; readonly known: number };
  'run-archive-damaged': OfFile;
  'run-archive-here': { readonly name: string };
  /** A run on a model that came in another form than a Hugging Face folder. */
  'hand-off-base': { readonly model: string };
  /** `where`: '' for the weights as a whole. */
  'run-base-mismatch': { readonly where: string } & (
    | ArchiveReason
    | { readonly reason: 'fault'; readonly said: string }
  );
  'routing-missing': Plain;
  'mixture-missing': Plain;
  'mixture-untrained': { readonly runId: string };
  /** The recipe goes on with its mixture: no state is without it. */
  'mixture-kept': Plain;
  'noise-audit-missing': { readonly runId: string };
  'pairs-missing': OfId & { readonly runId: string };
  'text-empty': Plain;
  'evaluation-empty': { readonly count: number } | (OfFile & FirstRow & { readonly count: number });
  'evaluation-no-answers': {
    readonly files: string;
    readonly count: number;
    readonly field: string;
  };
  'evaluation-too-large': OfFile & { readonly bytes: number; readonly most: number };
  'evaluation-missing': OfId;
  'evaluation-mismatch': Plain;
  'evaluation-no-harness': Plain;
  'evaluation-elsewhere': OfId;
  'grid-elsewhere': OfId;
  'grid-missing': OfId;
  'grid-run-stopped': { readonly runId: string };
  'grid-run-interrupted': { readonly runId: string };
  'judge-address': { readonly address: string };
  'judge-off': { readonly address: string };
  'judge-questions-missing': { readonly name: string } & (Plain | FirstRow);
  'judge-file-too-large': OfFile & { readonly bytes: number; readonly most: number };
}

/** What about a file makes an archive no run of this studio. */
export type ArchiveReason =
  | { readonly reason: 'missing' }
  | { readonly reason: 'twice' }
  | { readonly reason: 'unknown-file' }
  | { readonly reason: 'too-large' }
  | { readonly reason: 'not-text' }
  | { readonly reason: 'more-stages' }
  | { readonly reason: 'earlier-stages-missing' }
  | { readonly reason: 'other-experts'; readonly experts: number }
  | { readonly reason: 'bytes'; readonly found: number; readonly due: number }
  | { readonly reason: 'stage-unknown' }
  | { readonly reason: 'order' }
  | { readonly reason: 'steps'; readonly due: number; readonly found: number }
  | { readonly reason: 'other-place'; readonly key: 'stage' | 'step' }
  | { readonly reason: 'parameters-no-list' }
  | { readonly reason: 'parameters'; readonly count: number }
  | { readonly reason: 'moments' }
  | { readonly reason: 'moment-missing' }
  | { readonly reason: 'routing-incomplete' }
  | { readonly reason: 'no-checkpoint-part'; readonly name: string }
  | { readonly reason: 'no-branch' }
  | { readonly reason: 'of-no-branch' }
  | { readonly reason: 'shape'; readonly found: string; readonly due: string }
  | { readonly reason: 'no-number' }
  | SchemaReason;
