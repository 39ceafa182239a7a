/**
 * Faults of rows: why a row of a file is left out, or what was found in one that was kept. Data sets and
 * evaluations hold them with these names and values.
 */
import type { JsonSyntaxReason } from './files.ts';
import type { OfKey, Plain } from './shapes.ts';

/** @inline */
type OfField = { readonly field: string };
/** @inline */
type OfRole = { readonly role: string };

/** The type of a value as English names it ("a list"); of a part of a message, as that names itself. */
type FoundType = string;

/** Of the rows of a data set. */
export interface ImportFaults {
  bom: Plain;
  encoding: { readonly encoding: string };
  /** `close`: the bracket that is due unless a comma is; '' where none is. */
  'broken-json': { readonly detail: JsonSyntaxReason | 'cut-off'; readonly close?: string };
  'broken-csv':
    | { readonly detail: 'quote' }
    | { readonly detail: 'width'; readonly found: number; readonly due: number };
  'unclosed-quote': Plain;
  'not-an-object': { readonly found: FoundType };
  'too-deep': { readonly levels: number };
  'prototype-key': OfKey;
  'duplicate-key': OfKey;
  /** `fields`: the names of the first ones, '' where there are none. */
  'unknown-shape': { readonly fields: string };
  /** `word`: it holds a word such as NaN, which is read as null. */
  'missing-field': OfField & { readonly detail?: 'empty' | 'word' };
  'wrong-type': WrongType;
  'unknown-role': OfRole;
  'tool-turn': OfRole;
  'answer-unclear': OfField & { readonly detail: 'answer'; readonly found: string };
  /** All answers, the first of them, or one that is marked as bad. */
  'no-target': { readonly detail?: 'first' } | (OfField & { readonly detail: 'bad' });
  'system-late': Plain;
  'empty-prompt': Plain;
  'empty-response': { readonly detail?: 'missing' };
  'no-prompt': Plain;
  'lone-surrogate': Plain;
  /** `encoding`: of the file, where that is not UTF-8. */
  'invalid-utf8': { readonly encoding?: string };
  /** A list of records beside the one that is read, with its length. */
  'list-not-read': OfField & { readonly records: number };
  'line-too-long': { readonly megabytes: number; readonly detail?: 'columns' };
  /** The line of the other one, or its row in a table; `file`: where it stands, unless that is the same. */
  duplicate: { readonly file?: string } & (
    | { readonly line: number; readonly row?: never }
    | { readonly row: number; readonly line?: never }
  );
}

/** @inline */
type WrongType =
  | (OfField & {
      readonly detail?: never;
      readonly found: FoundType;
      readonly due: 'text' | 'texts' | 'turns';
    })
  /** Of a question: fewer than two choices, or another type than is due. */
  | (OfField & {
      readonly detail?: never;
      readonly found?: never;
      readonly due: 'text' | 'texts' | 'choices';
    })
  /** `history` is no list of pairs; a part of a message is no text; a turn is no object. */
  | (OfField & { readonly detail: 'pairs' })
  | (OfField & { readonly detail: 'part' | 'turn'; readonly found: FoundType })
  /** The options are no list of 2 to 26; one of them is no text; what is right is none of them. */
  | { readonly detail: 'options'; readonly found: number }
  | { readonly detail: 'option'; readonly found: FoundType }
  | (OfField & { readonly detail: 'answer'; readonly found: string });

/** Of the rows of an evaluation file that give no question which can be scored. */
export interface QuestionFaults {
  'unknown-value': OfField & { readonly found: string; readonly allowed: string };
  'no-answer': OfField & { readonly found: string };
  'answer-no-choice': OfField & { readonly found: string };
  'answer-no-items': OfField & { readonly found: string };
}

export interface RowFaults extends ImportFaults, QuestionFaults {}

export type RowFaultCode = keyof RowFaults;

/** The data of a row's fault as it is stored. */
export type RowFaultData = Readonly<Record<string, string | number>>;
