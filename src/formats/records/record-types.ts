/** What an import yields: conversations to train on, and what was wrong with the other rows. */
import type { RowFaultCode, RowFaultData } from '../../faults/catalogue/rows.ts';

export const DATA_KINDS = ['knowledge', 'alignment'] as const;

export type DataKind = (typeof DATA_KINDS)[number];

export const MESSAGE_ROLES = ['system', 'user', 'assistant'] as const;

export type MessageRole = (typeof MESSAGE_ROLES)[number];

export interface RecordMessage {
  readonly role: MessageRole;
  readonly content: string;
  /** Set on an answer that the file excludes from training: it is read but is no target. */
  readonly train?: false;
  /** Length in UTF-16 units of the beginning of an answer (its reasoning) that is read but is no target. */
  readonly untrained?: number;
}

/** A conversation for training or evaluation. It has a question and at least one answer that is not blank. */
export interface ChatRecord {
  readonly messages: readonly RecordMessage[];
  /** Name of the task where the file gives one (`task`, `task_dataset`). */
  readonly task?: string;
  /** The answers allowed, for choice and labelling tasks. */
  readonly answerChoices?: readonly string[];
  /** Kind, where the file itself states it (evaluation rows). */
  readonly kind?: DataKind;
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

/** How a value names the right option: by its letter, its text, or its number, counted from 0 or 1. */
export const ANSWER_READINGS = ['letters', 'texts', 'from-0', 'from-1'] as const;

export type AnswerReading = (typeof ANSWER_READINGS)[number];

/**
 * What to do with reasoning beside an answer: write it before the answer in <think> tags and train on it, write
 * it there without making it a target, or leave it out.
 */
export const REASONING_USES = ['train', 'keep', 'drop'] as const;

export type ReasoningUse = (typeof REASONING_USES)[number];

/** What only a person can say about a file, where its values leave it open. */
export interface ReadingChoices {
  /** Decided from the values of the file unless given; rows that leave it open are listed. */
  readonly answers?: AnswerReading;
  /** `train` unless given. */
  readonly reasoning?: ReasoningUse;
}

/**
 * Which field (CSV column or JSON key; `a.b` is a field inside another) holds which part, where the shape was
 * not recognised. A question and its answer have separate fields, or a list of turns holds both. An answer
 * is either free text (`response`) or one of the choices (`answer`).
 */
export interface FieldMapping {
  /** A text, not a field: what is asked of every record. It stands above the first question, or above `input` alone. */
  readonly instruction?: string;
  /** The instruction or question. */
  readonly prompt?: string;
  /** A list of turns, or of questions with their answers: one conversation. Takes the place of `prompt`. */
  readonly turns?: string;
  readonly response?: string;
  /** Appended to the prompt on a new line; with turns it is put above the first question. */
  readonly input?: string;
  readonly system?: string;
  /** The reasoning before the answer. */
  readonly reasoning?: string;
  readonly task?: string;
  /** One field with a list of choices, or one field for each choice in their order. */
  readonly choices?: readonly string[];
  /** The right choice or choices. Needs `choices`. */
  readonly answer?: string;
}

/** Where a row begins in its file. */
export interface FilePlace {
  /** 1-based physical line; CRLF counts once. */
  readonly line: number;
  /**
   * Row of the table as a spreadsheet counts it, from 1 with the header, where that is another number than the line:
   * cells may hold line breaks.
   */
  readonly row?: number;
}

export interface ImportProblem extends FilePlace {
  readonly file: string;
  /** 1-based column in UTF-16 units, where the problem has one place. */
  readonly column?: number;
  readonly code: RowFaultCode;
  /** What is wrong, in words. */
  readonly reason: string;
  readonly data: RowFaultData;
  /** The record was kept all the same: the problem only says what was found (a byte order mark, an encoding). */
  readonly kept?: true;
}

export interface ImportedRecord extends FilePlace {
  /** The shape by which it was read; `mapped` where a mapping decided. */
  readonly shape: RecordShape | 'mapped';
  readonly record: ChatRecord;
  /** Texts of the right options of a multiple-choice record. */
  readonly right?: readonly string[];
}
