/** Faults of a hub, its answers and what comes from it. */
import type { AtPath, Detail } from './shapes.ts';

/** @inline */
type OfHub = { readonly hub: string };
/** @inline */
type OfModel = { readonly name: string };
/** @inline */
type Status = OfHub & { readonly status: number };

export interface HubFaults {
  'hub-address': { readonly address: string };
  'hub-name': OfModel;
  'hub-elsewhere': OfHub & { readonly typed: string };
  'hub-unreachable': OfHub & Detail & { readonly offline: boolean };
  'hub-missing': OfHub & OfModel;
  'hub-revision-missing': OfModel & { readonly revision: string };
  'hub-gated': OfHub & OfModel;
  'hub-private': OfHub & OfModel;
  'hub-file-missing': AtPath;
  /** `seconds`: how long the hub asks to wait. */
  'hub-busy': Status & { readonly seconds?: number };
  'hub-refused': Status;
  'hub-answer': OfHub & HubAnswerReason;
  'hub-no-weights': OfModel;
  'hub-page': AtPath & { readonly found: HubPage };
  'hub-length': AtPath & { readonly expected: number; readonly found: number };
  'hub-hash': AtPath & { readonly expected: string; readonly found: string };
  'hub-cut': AtPath & {
    readonly received: number;
    readonly expected: number;
    readonly why: string;
  };
  'hub-changed': OfModel & { readonly commit: string; readonly choice: string };
}

/** What came instead of a file. @inline */
export type HubPage = 'page' | 'message' | 'pointer';

/** What of an answer is no listing of a model. @inline */
export type HubAnswerReason =
  | (Detail & { readonly reason: 'not-json' })
  | (Detail & { readonly reason: 'shape'; readonly field: string })
  | (AtPath & { readonly reason: 'path' })
  | (AtPath & { readonly reason: 'no-size' })
  | (AtPath & { readonly reason: 'no-hash' })
  | (AtPath & { readonly reason: 'too-large'; readonly bytes: number })
  | (AtPath & { readonly reason: 'no-weight-map' });
