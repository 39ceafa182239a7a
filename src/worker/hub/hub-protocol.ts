/**
 * What page and worker say to each other about hubs: listings, downloads and where a model came from.
 * Part of the protocol (protocol.ts); types only.
 */
import type { ErrorDescription } from '../../errors.ts';

/** A model of a hub, pinned to one commit. */
export interface ModelOrigin {
  /** Address of the hub, without a slash at the end. */
  readonly hub: string;
  /** `owner/name` */
  readonly name: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** `safetensors`, or the path of the one GGUF file that was taken. */
  readonly choice: string;
}

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
  readonly obstacle: Required<ErrorDescription> | null;
}

export interface HubListing {
  readonly hub: string;
  readonly name: string;
  readonly commit: string;
  readonly licence: string;
  /** In the order of preference; the first is proposed, unless the name asked for another. */
  readonly choices: readonly HubChoice[];
  readonly proposed: string;
  /** What else lies in the repository and is not needed. */
  readonly others: { readonly count: number; readonly bytes: number };
}

export interface DownloadFile {
  readonly path: string;
  readonly bytes: number;
  readonly purpose: HubPurpose;
  /** Bytes on disk. */
  readonly received: number;
  /** Whole, and found to be what the hub states. */
  readonly done: boolean;
}

/** A download that is not a model yet. */
export interface Download {
  readonly id: string;
  readonly origin: ModelOrigin;
  readonly licence: string;
  readonly createdAt: number;
  /** `waiting` between two attempts; `elsewhere`: another tab has it in its hands. */
  readonly state: 'running' | 'waiting' | 'checking' | 'paused' | 'failed' | 'elsewhere';
  readonly bytes: number;
  readonly received: number;
  readonly files: readonly DownloadFile[];
  /** What goes on now, in words. */
  readonly note: string;
  /** Bytes per second over the last seconds; null while nothing comes. */
  readonly rate: number | null;
  readonly error: Required<ErrorDescription> | null;
}

export interface HubCalls {
  /** Asks the hub what a model consists of; nothing else is sent than its name and revision. */
  'hub.look': { in: { hub: string; name: string; task: string }; out: HubListing };
  /** Starts a download, or goes on with the one of the same commit and choice. */
  'hub.download': { in: ModelOrigin; out: Download };
  'hub.resume': { in: { id: string }; out: Download };
  /** Keeps what has come. */
  'hub.pause': { in: { id: string }; out: null };
  /** Ends a download and deletes what has come. */
  'hub.discard': { in: { id: string }; out: null };
  /** Downloads that are under way or unfinished. */
  'hub.list': { in: Record<string, never>; out: readonly Download[] };
}

export type HubEvent =
  | { readonly type: 'hub.changed'; readonly download: Download }
  /** It became the model of this id, or was discarded (null). */
  | { readonly type: 'hub.ended'; readonly id: string; readonly modelId: string | null };
