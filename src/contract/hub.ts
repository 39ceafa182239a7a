/** What page and worker say about hubs: listings, downloads and where a model came from. */
import { z } from 'zod';
import type { FaultDescription, Note } from '../faults/catalogue.ts';
import { takes, takesOne } from './call.ts';
import { makingTokens, readingModel } from './faults.ts';
import { id, task } from './fields.ts';

/** Faults of a download, begun or gone on with. */
const downloading = [
  'hub',
  ...readingModel,
  ...makingTokens,
  'download-missing',
  'download-elsewhere',
  'model-in-use',
  'storage-short',
] as const;

/** The handler decides, with an error in words, whether it is an address. */
const hub = z.string().min(1).max(500);

/** A model of a hub, pinned to one commit. */
const modelOrigin = z.strictObject({
  /** Address of the hub, without a slash at the end. */
  hub,
  /** `owner/name` */
  name: z.string().min(3).max(200),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** `safetensors`, or the path of the one GGUF file that was taken. */
  choice: z.string().min(1).max(1000),
});
export type ModelOrigin = Readonly<z.infer<typeof modelOrigin>>;

export type HubPurpose = 'weights' | 'index' | 'config' | 'generation' | 'tokenizer' | 'template';

/** What the hub states of a file's content: SHA-256 of large files, git's own hash of small ones. */
export interface HubHash {
  readonly kind: 'sha256' | 'git-blob';
  readonly hex: string;
}

export interface HubFile {
  /** Path inside the hub's repository. */
  readonly path: string;
  readonly bytes: number;
  readonly purpose: HubPurpose;
  readonly hash: HubHash;
}

/** One way to take a model: its safetensors folder, or one GGUF file. */
export interface HubChoice {
  readonly id: string;
  readonly files: readonly HubFile[];
  readonly bytes: number;
  /** Why the studio cannot use it, known before its weights are asked for. */
  readonly obstacle: FaultDescription | null;
}

export interface HubListing {
  readonly hub: string;
  readonly name: string;
  readonly commit: string;
  readonly licence: string;
  /** In the order of preference; the first is proposed, unless the name asked for another. */
  readonly choices: readonly HubChoice[];
  readonly proposed: string;
  /** Other files of the repository that are not needed. */
  readonly others: { readonly count: number; readonly bytes: number };
}

export interface DownloadFile {
  readonly path: string;
  readonly bytes: number;
  readonly purpose: HubPurpose;
  /** Bytes on disk. */
  readonly received: number;
  /** Whole, and equal to what the hub states. */
  readonly done: boolean;
}

/** A download that is not a model yet. */
export interface Download {
  readonly id: string;
  readonly origin: ModelOrigin;
  readonly licence: string;
  readonly createdAt: number;
  /** `waiting` between two attempts; `elsewhere`: another tab is downloading it. */
  readonly state: 'running' | 'waiting' | 'checking' | 'paused' | 'failed' | 'elsewhere';
  readonly bytes: number;
  readonly received: number;
  readonly files: readonly DownloadFile[];
  /** What is happening now, in words. */
  readonly note: Note | null;
  /** Bytes per second over the last seconds; null while nothing comes. */
  readonly rate: number | null;
  readonly error: FaultDescription | null;
}

export const hubCalls = {
  /** Asks the hub for the files of a model; sends nothing but its name and revision. */
  'hub.look': takes({ hub, name: z.string().min(1).max(2000), task })
    .fails('hub', 'models', 'files', 'weights', 'cancelled')
    .gives<HubListing>(),
  /** Starts a download, or goes on with the one of the same commit and choice. */
  'hub.download': takesOne(modelOrigin)
    .fails(...downloading)
    .gives<Download>(),
  'hub.resume': takes({ id })
    .fails(...downloading)
    .gives<Download>(),
  /** Stops a download and keeps the part that has arrived. */
  'hub.pause': takes({ id }).fails('download-missing', 'cancelled').gives<null>(),
  /** Ends a download and deletes the part that has arrived. */
  'hub.discard': takes({ id }).fails('download-elsewhere', 'cancelled').gives<null>(),
  /** Downloads that are under way or unfinished. */
  'hub.list': takes({}).gives<readonly Download[]>(),
};
