/** What page and worker say about the studio itself: its storage, its way out, its long jobs. */
import type { Note } from '../faults/catalogue.ts';
import { z } from 'zod';
import { says, takes } from './call.ts';
import { task } from './fields.ts';

/** What the browser grants this origin, in bytes. */
export interface StorageEstimate {
  readonly usage: number;
  readonly quota: number;
  /** The browser promised not to clear it on its own. */
  readonly persistent: boolean;
}

/** Who is asked, and what for. */
export type NetworkPurpose = 'hub' | 'judge';

/** A request that left the page's own origin. */
export interface NetworkEntry {
  readonly id: number;
  readonly at: number;
  readonly purpose: NetworkPurpose;
  readonly method: 'GET' | 'POST';
  /** Origin and path; what stands behind a question mark is left out. */
  readonly address: string;
  /** Bytes of the body that was sent; 0 where nothing but the address went out. */
  readonly sent: number;
  /** Of the answer; null while there is none, or when none came. */
  readonly status: number | null;
}

export interface TaskProgress {
  readonly task: string;
  /** 0 … 1, or null while the total is unknown. */
  readonly fraction: number | null;
  /** What the task is doing; null where the share says it all. */
  readonly note: Note | null;
}

export const settingsCalls = {
  'storage.estimate': takes({}).gives<StorageEstimate>(),
  /** Requests that left the page's origin since the worker was started, oldest first. */
  'network.report': takes({}).gives<readonly NetworkEntry[]>(),
  /** Ends the import, generation, evaluation or export that carries this name. */
  'task.cancel': takes({ task }).gives<null>(),
};

export const settingsEvents = {
  'network.request': says<{ readonly entry: NetworkEntry }>().head({
    entry: z.object({ id: z.int(), address: z.string() }),
  }),
  progress: says<TaskProgress>().head({
    task: z.string(),
    fraction: z.number().nullable(),
    note: z.looseObject({ code: z.string() }).nullable(),
  }),
};
