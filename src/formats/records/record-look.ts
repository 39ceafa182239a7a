/** Looks at the first rows of a file, to find what only all of them together tell. */
import { RowFault } from '../../faults/row-fault.ts';
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { decideAnswers, optionsIn, optionsOf } from './record-answers.ts';
import type { AnswerDecision, GivenAnswer } from './record-answers.ts';
import { valueAt } from './record-fields.ts';
import { ANSWER_FIELDS, mcqOptions, readRecord, recognizeShape } from './record-shapes.ts';
import type { FieldMapping } from './record-types.ts';
import { readRows } from './rows.ts';
import type { Chunks, FoundRow, RowBatch, RowItem } from './rows.ts';

/** Rows that are looked at, at most, and UTF-16 units of their text. */
const LOOKED_ROWS = 1000;
const LOOKED_UNITS = 2_000_000;

/** Counts rows until enough were looked at: the same rows, whatever the chunks of the file. */
export class Look {
  readonly items: RowItem[] = [];
  #rows = 0;
  #units = 0;

  /** Takes items until it has enough, and gives the number taken. */
  take(items: readonly RowItem[]): number {
    let taken = 0;
    while (!this.isFull && taken < items.length) {
      const item = items[taken] as RowItem;
      taken += 1;
      this.items.push(item);
      if (!('value' in item)) continue;
      this.#rows += 1;
      this.#units += item.size;
    }
    return taken;
  }

  get isFull(): boolean {
    return (
      this.#rows >= LOOKED_ROWS ||
      this.#units >= LOOKED_UNITS ||
      this.items.length >= LOOKED_ROWS * 4
    );
  }

  get values(): JsonValue[] {
    return this.items.filter((item): item is FoundRow => 'value' in item).map(({ value }) => value);
  }

  get rows(): JsonObject[] {
    return this.values.filter(isJsonObject);
  }
}

/** The first rows of a file, and what was found on the way. @throws StudioError as readRows */
export async function lookAt(
  chunks: Chunks,
  fileName: string,
): Promise<Look & { readonly about: RowBatch }> {
  const look = new Look();
  let about: RowBatch = { layout: 'lines', encoding: 'utf-8', items: [], bytesRead: 0 };
  for await (const batch of readRows(chunks, fileName)) {
    about = batch;
    look.take(batch.items);
    if (look.isFull) break;
  }
  return Object.assign(look, { about });
}

/** How the answers of multiple-choice rows are read, decided from all values. */
export interface McqReading extends AnswerDecision {
  /** The field with the answer. */
  readonly field: string;
}

function given(
  rows: readonly JsonObject[],
  field: string,
  options: (row: JsonObject) => GivenAnswer['options'],
): GivenAnswer[] {
  return rows.flatMap((row) => {
    const value = valueAt(row, field);
    if (value === undefined || value === null || value === '') return [];
    try {
      return [{ options: options(row), given: value }];
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      return [];
    }
  });
}

/** How a file names the right options; undefined where it has no options. */
export function mcqReading(
  rows: readonly JsonObject[],
  mapping?: Partial<FieldMapping>,
): McqReading | undefined {
  if (mapping !== undefined) {
    const { answer, choices } = mapping;
    if (answer === undefined || choices === undefined) return undefined;
    const decision = decideAnswers(given(rows, answer, (row) => optionsIn(row, choices)));
    return { field: answer, ...decision };
  }
  const asked = rows.filter((row) => recognizeShape(row) === 'mcq');
  if (asked.length === 0) return undefined;
  const read = ANSWER_FIELDS.flatMap((field): McqReading[] => {
    const answers = given(asked, field, (row) => optionsOf(mcqOptions(row).declared));
    // A field that only some rows have says nothing about the others.
    return answers.length * 2 > asked.length ? [{ field, ...decideAnswers(answers) }] : [];
  });
  return (
    read.find(({ decided }) => decided !== undefined) ??
    read[0] ?? { field: 'answer', fits: [], decided: undefined }
  );
}

/** How many answers of the rows have reasoning beside them. */
export function reasonedIn(values: readonly JsonValue[], mapping?: FieldMapping): number {
  let count = 0;
  for (const row of values) {
    try {
      const options = { shape: 'auto', ...(mapping && { mapping }) } as const;
      count += readRecord(row, options).reasoned;
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
    }
  }
  return count;
}
