/** The state and the acts of the Judge page, shared by its parts. */
import type { StoreApi } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import type { WorkerClient } from '../../worker/client.ts';
import type { LeftOutRows } from '../../contract/evaluation.ts';
import type { JudgeEndpoint } from '../../worker/judge/judge-request.ts';
import type { Speaker } from '../chat/chat.ts';
import { orShowError } from '../or-show-error.ts';
import type { Judging } from './judge-session.ts';

/** Where questions come from. */
export type QuestionSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'bundled'; readonly name: string }
  | { readonly kind: 'data'; readonly id: string; readonly name: string };

export interface JudgeState {
  readonly endpoint: JudgeEndpoint;
  readonly timeoutSeconds: number;
  /** The API key; kept in memory only, unless `keepKey`. */
  readonly key: string;
  readonly keepKey: boolean;
  /** The address that requests may go to; null while the judge is off, and after every reload. */
  readonly on: string | null;
  readonly maxQuestions: number;
  readonly maxTokens: number;
  readonly judging: Judging | null;
  /** Rows that gave no question, in the file that was read last. */
  readonly leftOut: LeftOutRows | null;
  readonly earlier: readonly Judging[];
  /** Answers being generated. */
  readonly answering: {
    readonly task: string;
    readonly label: string;
    readonly index: number;
    readonly of: number;
  } | null;
  readonly sending: 'one' | 'all' | null;
  /** Time until which the endpoint asked to wait; null while it does not. */
  readonly waitingUntil: number | null;
  /** Whether a request of this judging was approved singly, so that all others may be sent. */
  readonly approved: boolean;
  /** Whether sending all stopped by itself: the same fault three times in a row. */
  readonly halted: boolean;
  readonly error: StudioError | null;
  readonly setEndpoint: (change: Partial<JudgeEndpoint>) => void;
  readonly setTimeoutSeconds: (seconds: number) => void;
  readonly setKey: (key: string) => void;
  readonly setKeepKey: (keep: boolean) => void;
  readonly setMaxQuestions: (count: number) => void;
  readonly setMaxTokens: (count: number) => void;
  readonly turnOn: () => Promise<void>;
  readonly turnOff: () => Promise<void>;
  readonly load: () => Promise<void>;
  /** Reads the questions and lets every candidate answer them; a judging begins with that. */
  readonly begin: (source: QuestionSource, candidates: readonly Speaker[]) => Promise<void>;
  /** Sends only the request that is shown. */
  readonly sendOne: () => Promise<void>;
  readonly skipOne: () => void;
  readonly sendAll: () => Promise<void>;
  readonly stop: () => void;
  readonly open: (id: string | null) => void;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

/** The store, with the acts that its parts apply to it and to what is stored. */
export class JudgeStore {
  readonly client: WorkerClient;
  readonly get: StoreApi<JudgeState>['getState'];
  readonly set: StoreApi<JudgeState>['setState'];

  constructor(client: WorkerClient, { getState, setState }: StoreApi<JudgeState>) {
    this.client = client;
    this.get = getState;
    this.set = setState;
  }

  /** Does something; a failure is shown as the page's error. */
  async guarded(act: () => Promise<void>): Promise<void> {
    this.set({ error: null });
    await orShowError(this.set, act);
  }

  /** Keeps a judging over a reload. */
  async keep(judging: Judging): Promise<void> {
    await this.client.call('documents.put', { kind: 'judging', id: judging.id, value: judging });
  }
}
