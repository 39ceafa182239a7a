/** A task of lm-eval as data: which rows it takes, what it writes above an answer, and which answers it compares. */
import { rowFault } from '../../../faults/row-fault.ts';
import type { JsonObject, JsonValue } from '../../../formats/texts/json.ts';

/** One question as lm-eval writes it. */
export interface HarnessDoc {
  /** The question up to where its answer follows. */
  readonly text: string;
  /** The answers that are compared, each written after a space. */
  readonly options: readonly string[];
  /** Place of the right one. */
  readonly target: number;
  /** The medical subject, where the row names it. */
  readonly subject?: string;
  /** The row itself. */
  readonly row: JsonObject;
}

export type Split = 'train' | 'dev' | 'validation' | 'test';

/** What a file that holds the whole data set gives: the split that is asked, and the split of examples. */
export interface HarnessParts {
  readonly asked: readonly HarnessDoc[];
  readonly examples: readonly HarnessDoc[];
}

export interface HarnessTask {
  /** As lm-eval calls it. */
  readonly name: string;
  /** Of the task in lm-eval; null where it has none. */
  readonly version: number | null;
  /** The data set on its hub, and the part of it. */
  readonly dataset: readonly [path: string, name: string | null];
  /** Stands once above everything. */
  readonly description: string;
  /** The split that is asked. */
  readonly asks: Split;
  /** The split whose rows are examples; null takes them from the questions themselves. */
  readonly examples: Split | null;
  /** The first examples of the split, or others for each question, drawn with lm-eval's seed. */
  readonly sampler: 'first' | 'drawn';
  /** Whether lm-eval also reports acc_norm. */
  readonly norm: boolean;
  /** @throws RowFault where a row lacks what the task needs */
  readonly read: (row: JsonObject) => HarnessDoc;
  /** Divides a file that holds the whole data set as its authors do; null where the file is no such one. */
  readonly parts?: (path: string, docs: readonly HarnessDoc[]) => HarnessParts | null;
}

/** What is known of a file before its rows are read. */
export interface FileAbout {
  /** Its name with the folders that are known, in small letters. */
  readonly path: string;
  /** Text of its first rows. */
  readonly text: string;
  readonly rows: readonly JsonObject[];
}

/** Tasks whose rows have the same columns. */
export interface HarnessFamily {
  /** Columns that every row has. */
  readonly columns: readonly string[];
  readonly tasks: readonly HarnessTask[];
  /** The task of a file with these columns; null where nothing tells it. */
  readonly choose: (about: FileAbout) => HarnessTask | null;
  /** How a row becomes what the hub publishes, where its first rows show that the file is not from there. */
  readonly published?: (first: readonly JsonObject[]) => (row: JsonObject) => JsonObject;
}

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/** The text of a column as Python would write it. @throws RowFault where it is none */
export function textIn(row: JsonObject, field: string): string {
  const value = row[field];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw value === undefined || value === null
    ? rowFault('missing-field', { field })
    : rowFault('wrong-type', { field, due: 'text' });
}

/** Lines "A. …" of four options. */
export function lettered(options: readonly string[]): string {
  return LETTERS.map((letter, i) => `${letter}. ${options[i] ?? ''}\n`).join('');
}

/** The place of the right answer. @throws RowFault where it is none of them */
export function placeIn(row: JsonObject, field: string, from: number, count: number): number {
  const value = row[field];
  const place = typeof value === 'string' ? Number(value) : value;
  if (typeof place === 'number' && Number.isInteger(place - from)) {
    if (place >= from && place < from + count) return place - from;
  }
  throw noSuch(field, value);
}

/** The same of an answer that is written out. @throws RowFault */
export function placeOf(row: JsonObject, field: string, options: readonly string[]): number {
  const place = options.indexOf(textIn(row, field));
  if (place >= 0) return place;
  throw noSuch(field, row[field]);
}

function noSuch(field: string, value: JsonValue | undefined): Error {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return rowFault('answer-no-choice', { field, found: shown.slice(0, 40) });
}
