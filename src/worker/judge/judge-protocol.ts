/** What page and worker say about judging open answers, and about what went out. Types only. */
import type { NetworkEntry } from '../../storage/network-ledger.ts';
import type { LeftOut } from '../evaluation/evaluate-protocol.ts';
import type { ModelVariant } from '../protocol.ts';

export type { NetworkEntry };

/** One open question with what a good answer holds. */
export interface JudgeQuestion {
  readonly task: string;
  /** What the task asks for; empty where the file does not say. */
  readonly description: string;
  readonly question: string;
  readonly reference: string;
}

/** Questions of a file or data set, and the rows that gave none. */
export interface FoundQuestions {
  readonly questions: readonly JudgeQuestion[];
  readonly leftOut: LeftOut;
}

/** Four aspects, each from 1 to 5. */
export interface JudgeScores {
  readonly fluency: number;
  readonly relevance: number;
  readonly completeness: number;
  readonly proficiency: number;
}

/** Why an attempt gave no scores. */
export type JudgeFault =
  /** An answer that is not the JSON that was asked for. */
  | 'malformed'
  /** The endpoint says that its model refused. */
  | 'refused'
  | 'rate-limited'
  | 'http'
  | 'timeout'
  /** Nothing answered, or the browser did not let the answer through. */
  | 'unreachable';

/** One request and what came of it. */
export interface JudgeAttempt {
  readonly scores: JudgeScores | null;
  readonly fault: JudgeFault | null;
  /** In English, for the log: what the endpoint said, or what was wrong with it. */
  readonly detail: string;
  /** Text of the reply, cut at a few thousand characters. */
  readonly reply: string;
  readonly status: number | null;
  /** What Retry-After asked for; null where it did not or could not be read. */
  readonly retryAfterMs: number | null;
  readonly milliseconds: number;
  /** Tokens as the endpoint counts them; null where it does not say. */
  readonly promptTokens: number | null;
  readonly replyTokens: number | null;
}

export interface StoredDocumentReport {
  readonly id: string;
  readonly value: object;
}

/** Kinds of documents that the page keeps through the worker. */
export type DocumentKind = 'conversation' | 'judging';

export interface JudgeCalls {
  /**
   * Opens the way to one endpoint, or closes it with null. Nothing can be sent to a judge before, or to
   * another address.
   */
  'judge.allow': { in: { address: string | null }; out: { readonly address: string | null } };
  /** Sends exactly this body, once. Whatever comes back, or does not, is an attempt and no error. */
  'judge.send': {
    in: { task: string; address: string; key: string | null; body: string; timeoutMs: number };
    out: JudgeAttempt;
  };
  /** Questions of a file, or of a data set: some of its rows, evenly spread. */
  'judge.questions': {
    in: { file: File | null; dataSetId: string | null; most: number };
    out: FoundQuestions;
  };
  /**
   * Greedy answers of a state of a model, in the order of the questions; null where the question alone
   * fills the model's context.
   */
  'judge.answers': {
    in: {
      variant: ModelVariant;
      questions: readonly JudgeQuestion[];
      maxTokens: number;
      task: string;
    };
    out: readonly (string | null)[];
  };
  /** Requests that left the page's origin since the worker was started, oldest first. */
  'network.report': { in: Record<string, never>; out: readonly NetworkEntry[] };

  'document.list': { in: { kind: DocumentKind }; out: readonly StoredDocumentReport[] };
  'document.put': { in: { kind: DocumentKind; id: string; value: object }; out: null };
  'document.remove': { in: { kind: DocumentKind; id: string }; out: null };
}

export interface NetworkEvent {
  readonly type: 'network.request';
  readonly entry: NetworkEntry;
}
