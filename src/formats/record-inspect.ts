/** Looks at the beginning of a file: which fields it has, which shape they make, what they may mean. */
import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { openReader } from './records.ts';
import type { RecordLayout, RecordSink } from './record-readers.ts';
import { readRecord, recognizeShape } from './record-shapes.ts';
import { valueAt } from './record-fields.ts';
import { RecordFault } from './record-types.ts';
import type { ChatRecord, FieldMapping, RecordShape } from './record-types.ts';

/** How much of a file is looked at. */
export const INSPECTED_BYTES = 2_000_000;
const MAX_VALUES = 200;
const MAX_FIELDS = 100;
const SAMPLES = 3;
const SAMPLE_LENGTH = 200;

export interface FieldSample {
  /** Name of a column, or of a JSON field (`a.b`: field b inside field a). */
  readonly name: string;
  /** A few values that differ, as text, cut where they are long. */
  readonly samples: readonly string[];
}

export interface FileInspection {
  readonly layout: RecordLayout;
  /** Values that were looked at, and how many of them have a shape that is known. */
  readonly values: number;
  readonly recognised: number;
  readonly shape: RecordShape | null;
  readonly fields: readonly FieldSample[];
  /** What the names of the fields suggest; it says nothing where they suggest nothing. */
  readonly guess: Partial<FieldMapping>;
}

/** A record as a mapping reads it, or why it reads none. */
export type TriedRecord = { readonly line: number } & (
  | { readonly record: ChatRecord }
  | { readonly fault: Pick<RecordFault, 'code' | 'message' | 'data'> }
);

/** Takes the first values of a file. */
class Looker implements RecordSink {
  readonly options = { shape: 'auto' } as const;
  readonly checkColumns = false;
  readonly values: { readonly line: number; readonly value: JsonValue }[] = [];

  get isFull(): boolean {
    return this.values.length >= MAX_VALUES;
  }

  value(value: JsonValue, line: number): void {
    if (!this.isFull) this.values.push({ line, value });
  }

  fault(): void {
    // The import lists it.
  }

  wants(value: JsonValue): boolean {
    return isJsonObject(value);
  }
}

/** @throws StudioError `import-not-text`, `import-columns` */
function look(
  head: Uint8Array,
  fileName: string,
  whole: boolean,
): Looker & { layout: RecordLayout } {
  const looker = new Looker();
  const { layout, reader } = openReader(head, fileName, looker);
  const readAll = (found: Iterable<undefined>): void => {
    for (const _ of found) if (looker.isFull) break;
  };
  readAll(reader.push(head));
  // The last value of a part of a file is cut.
  if (whole) readAll(reader.end());
  return Object.assign(looker, { layout });
}

/** Fields of a row, those inside an object by their path. */
function pathsOf(row: JsonObject): string[] {
  return Object.entries(row).flatMap(([name, value]) =>
    isJsonObject(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
  );
}

function asText(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SAMPLE_LENGTH ? `${text.slice(0, SAMPLE_LENGTH)}…` : text;
}

function fieldSamples(rows: readonly JsonObject[]): FieldSample[] {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const name of pathsOf(row)) {
      const known = found.get(name) ?? new Set<string>();
      if (!found.has(name) && found.size >= MAX_FIELDS) continue;
      found.set(name, known);
      const value = valueAt(row, name);
      const blank = value === undefined || value === null || value === '';
      if (!blank && known.size < SAMPLES) known.add(asText(value));
    }
  }
  return [...found].map(([name, samples]) => ({ name, samples: [...samples] }));
}

/** Names that people give to the parts of a record, best first, without case and separators. */
const NAMES = {
  prompt: [
    'instruction',
    'question',
    'query',
    'prompt',
    'problem',
    'ask',
    'q',
    '指令',
    '问题',
    '提问',
    '问句',
    '题目',
    '题干',
  ],
  response: [
    'response',
    'output',
    'target',
    'completion',
    'reply',
    'answer',
    'solution',
    'label',
    'a',
    '回答',
    '回复',
    '答案',
    '答复',
    '输出',
  ],
  input: [
    'input',
    'context',
    'passage',
    'text',
    'abstract',
    'document',
    'description',
    '输入',
    '上下文',
    '描述',
    '正文',
  ],
  system: ['system', 'systemprompt', '系统', '系统提示'],
  task: [
    'task',
    'taskdataset',
    'dataset',
    'category',
    'department',
    'subject',
    'subjectname',
    '任务',
    '类别',
    '科室',
  ],
  choices: ['options', 'choices', 'answerchoices', '选项', '候选'],
  answer: [
    'answer',
    'answeridx',
    'cop',
    'correct',
    'correctanswer',
    'gold',
    'label',
    '答案',
    '正确答案',
  ],
} as const;

const plain = (name: string): string =>
  (name.split('.').at(-1) ?? name).toLowerCase().replace(/[\s_-]/g, '');

/** One column for each choice: A, B, …; opa, opb, …; option1, choice_2, 选项A. */
const OWN_CHOICE = /^(?:(?:op|option|choice|opt|选项)?([a-h]|[0-9])|(?:ending)([0-9]))$/;

function guessMapping(fields: readonly FieldSample[]): Partial<FieldMapping> {
  const taken = new Set<string>();
  const take = (names: readonly string[]): string | undefined => {
    for (const wanted of names) {
      const found = fields.find(({ name }) => !taken.has(name) && plain(name) === wanted);
      if (!found) continue;
      taken.add(found.name);
      return found.name;
    }
    return undefined;
  };
  const list = take(NAMES.choices);
  const own = fields.map(({ name }) => name).filter((name) => OWN_CHOICE.test(plain(name)));
  // "q" and "a" alone are a question and an answer.
  const choices = list === undefined ? (own.length >= 2 ? own : undefined) : [list];
  if (list === undefined) for (const name of choices ?? []) taken.add(name);
  const answer = choices && take(NAMES.answer);
  const prompt = take(NAMES.prompt);
  const response = answer === undefined ? take(NAMES.response) : undefined;
  const input = take(NAMES.input);
  const system = take(NAMES.system);
  const task = take(NAMES.task);
  const numbers = fields.find(({ name }) => name === answer)?.samples ?? [];
  const counted = numbers.length > 0 && numbers.every((text) => /^\d+$/.test(text));
  return {
    ...(prompt === undefined && input !== undefined ? { prompt: input } : {}),
    ...(prompt === undefined ? {} : { prompt, ...(input === undefined ? {} : { input }) }),
    ...(response === undefined ? {} : { response }),
    ...(system === undefined ? {} : { system }),
    ...(task === undefined ? {} : { task }),
    ...(choices === undefined ? {} : { choices }),
    ...(answer === undefined ? {} : { answer }),
    ...(counted ? { answersFrom: numbers.includes('0') ? 0 : 1 } : {}),
  };
}

/**
 * What a file seems to hold, from its beginning.
 * @param head its first bytes, INSPECTED_BYTES at most
 * @param whole whether that is all of it
 * @throws StudioError `import-not-text`, `import-columns` (names that repeat or are not allowed)
 */
export function inspectRecords(head: Uint8Array, fileName: string, whole: boolean): FileInspection {
  const { values, layout } = look(head, fileName, whole);
  const rows = values.map(({ value }) => value).filter(isJsonObject);
  const shapes = new Map<RecordShape, number>();
  for (const row of rows) {
    const shape = recognizeShape(row);
    if (shape !== undefined) shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [most] = [...shapes].sort(([, a], [, b]) => b - a);
  const fields = fieldSamples(rows);
  return {
    layout,
    values: rows.length,
    recognised: [...shapes.values()].reduce((sum, count) => sum + count, 0),
    shape: most?.[0] ?? null,
    fields,
    guess: guessMapping(fields),
  };
}

/** The first records of a file as a mapping reads them. @throws StudioError as inspectRecords */
export function tryMapping(
  head: Uint8Array,
  fileName: string,
  whole: boolean,
  mapping: FieldMapping,
  count: number,
): TriedRecord[] {
  const { values } = look(head, fileName, whole);
  return values.slice(0, count).map(({ line, value }) => {
    try {
      return { line, record: readRecord(value, { shape: 'auto', mapping }).record };
    } catch (fault) {
      if (!(fault instanceof RecordFault)) throw fault;
      const { code, message, data } = fault;
      return { line, fault: { code, message, data } };
    }
  });
}
