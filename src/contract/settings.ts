/** What page and worker say about the studio itself: its storage, and what left the page. */
import { takes } from './call.ts';

/** What the browser grants this origin, in bytes. */
export interface StorageEstimate {
  readonly usage: number;
  readonly quota: number;
  /** The browser promised not to clear it on its own. */
  readonly persistent: boolean;
}

/** Who receives the request, and for what. */
export type NetworkPurpose = 'hub' | 'judge';

/** A request that left the page's own origin. */
export interface NetworkEntry {
  readonly id: number;
  readonly at: number;
  readonly purpose: NetworkPurpose;
  readonly method: 'GET' | 'POST';
  /** Origin and path, without the part after a question mark. */
  readonly address: string;
  /** Bytes of the body; 0 where nothing but the address was sent. */
  readonly sent: number;
  /** Of the answer; null while there is none, or when none came. */
  readonly status: number | null;
}

export const settingsCalls = {
  'settings.storage': takes({}).gives<StorageEstimate>(),
  /** Requests that left the page's origin since the worker was started, oldest first. */
  'settings.requests': takes({}).gives<readonly NetworkEntry[]>(),
};
