/** What an import yields: conversations to train on, and what was wrong with the rest. */

export type RecordKind = 'knowledge' | 'alignment';

export interface RecordMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One training or evaluation example. Every one has a question and at least one answer that is not blank. */
export interface ChatRecord {
  readonly messages: readonly RecordMessage[];
  /** Name of the task where the file gives one (`task`, `task_dataset`). */
  readonly task?: string;
  /** The answers allowed, for choice and labelling tasks. */
  readonly answerChoices?: readonly string[];
  /** Kind where the file itself says it (evaluation rows). */
  readonly kind?: RecordKind;
  /** How an evaluation row is scored: accuracy, micro-f1, macro-f1, rouge-l. */
  readonly metric?: string;
}

/** The shapes that people bring. */
export const RECORD_SHAPES = [
  'alpaca',
  'sharegpt',
  'messages',
  'prompt-response',
  'input-target',
  'mcq',
  'evaluation',
] as const;

export type RecordShape = (typeof RECORD_SHAPES)[number];

/**
 * Which fields (CSV columns, JSON keys; `a.b` is a field inside another) hold what, where the shape was
 * not recognised. An answer is either a text of its own (`response`) or one of the choices (`answer`).
 */
export interface FieldMapping {
  /** The instruction or question. */
  readonly prompt: string;
  readonly response?: string;
  /** Appended to the prompt on a new line. */
  readonly input?: string;
  readonly system?: string;
  readonly task?: string;
  /** One field with a list of choices, or one field for each choice in their order. */
  readonly choices?: readonly string[];
  /** The right choice: its letter, its number or its text. Needs `choices`. */
  readonly answer?: string;
  /** Whether answers that are numbers count the choices from 0 or from 1. */
  readonly answersFrom?: 0 | 1;
}

export type ProblemCode =
  | 'bom'
  | 'broken-json'
  | 'broken-csv'
  | 'unclosed-quote'
  | 'not-an-object'
  | 'too-deep'
  | 'prototype-key'
  | 'duplicate-key'
  | 'unknown-shape'
  | 'missing-field'
  | 'wrong-type'
  | 'unknown-role'
  | 'system-late'
  | 'empty-prompt'
  | 'empty-response'
  | 'no-prompt'
  | 'lone-surrogate'
  | 'invalid-utf8'
  | 'line-too-long'
  | 'duplicate';

/** What a sentence about a problem says besides its code, so that it can be said in another language. */
export type ProblemData = Readonly<Record<string, string | number>>;

export interface ImportProblem {
  readonly file: string;
  /** 1-based physical line; CRLF counts once. */
  readonly line: number;
  /** 1-based column in UTF-16 units, where one place can be named. */
  readonly column?: number;
  readonly code: ProblemCode;
  /** What is wrong, in words. */
  readonly reason: string;
  readonly data: ProblemData;
  /** The record was kept all the same: this only says what was found (a byte order mark). */
  readonly kept?: true;
}

export interface ImportedRecord {
  /** Physical line on which the record begins. */
  readonly line: number;
  /** The shape it was read as; `mapped` where the mapping decided. */
  readonly shape: RecordShape | 'mapped';
  readonly record: ChatRecord;
}

/** Why one value is no record; caught by the import and listed, never shown as a crash. */
export class RecordFault extends Error {
  readonly code: ProblemCode;
  readonly data: ProblemData;
  constructor(code: ProblemCode, reason: string, data: ProblemData = {}) {
    super(reason);
    this.name = 'RecordFault';
    this.code = code;
    this.data = data;
  }
}
