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

/** Which fields (CSV columns, JSON keys) hold what, where the shape was not recognised. */
export interface FieldMapping {
  readonly prompt: string;
  readonly response: string;
  /** Appended to the prompt on a new line. */
  readonly input?: string;
  readonly system?: string;
  readonly task?: string;
}

export type ProblemCode =
  | 'broken-json'
  | 'broken-csv'
  | 'not-an-object'
  | 'too-deep'
  | 'prototype-key'
  | 'duplicate-key'
  | 'unknown-shape'
  | 'missing-field'
  | 'wrong-type'
  | 'unknown-role'
  | 'empty-prompt'
  | 'empty-response'
  | 'no-prompt'
  | 'lone-surrogate'
  | 'invalid-utf8'
  | 'line-too-long'
  | 'duplicate';

export interface ImportProblem {
  readonly file: string;
  /** 1-based physical line; CRLF counts once. */
  readonly line: number;
  /** 1-based column in UTF-16 units, where one place can be named. */
  readonly column?: number;
  readonly code: ProblemCode;
  /** What is wrong, in words. */
  readonly reason: string;
  /** Names of the fields that were there, where a mapping could help. */
  readonly fields?: readonly string[];
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
  /** Names of the fields that were there, where a mapping could help. */
  readonly fields: readonly string[] | undefined;
  constructor(code: ProblemCode, reason: string, fields?: readonly string[]) {
    super(reason);
    this.name = 'RecordFault';
    this.code = code;
    this.fields = fields;
  }
}
