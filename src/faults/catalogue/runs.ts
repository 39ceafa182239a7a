/** Faults of asking a run, a profile or the worker for something at the wrong time. */
import type { Detail, OfId, Plain } from './shapes.ts';

/** In which state a run is. @inline */
type InState = { readonly state: string };

export interface RunFaults {
  'run-missing': OfId;
  'run-elsewhere': OfId;
  'run-in-use': OfId;
  'run-not-resumable': InState;
  'run-not-active': OfId;
  'run-active': OfId;
  'run-not-paused': Plain;
  'run-inputs-changed': Plain;
  'run-storage-full': { readonly path: string };
  'run-under-way': InState;
  'step-missing': OfId & { readonly stage: number; readonly step: number };
  'stage-missing': Plain;
  'snapshot-missing': { readonly stage: number; readonly snapshot: string };
  'best-missing': OfId & { readonly stage: number };
  /** `branches`: those beside the weights; none where nothing was trained yet. */
  'model-not-merged': { readonly branches: readonly string[] };
  'profile-refused': OfId;
  'profile-active': Plain;
  'profile-stage-missing': { readonly stage: number; readonly stages: number };
  internal: Detail;
  cancelled: Plain;
  'worker-crashed': Detail;
  'tokeniser-crashed': Detail;
  'text-stuck': { readonly seconds: number };
  'model-aside': { readonly model: string };
  'message-unreadable': { readonly kind: string };
  'request-invalid': Detail;
}
