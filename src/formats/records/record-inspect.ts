/** Looks at the beginning of a file: its fields, the shape they make, and what they may mean. */
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { valueAt } from './record-fields.ts';
import { guessMapping, likelyMapping } from './record-guess.ts';
import { guessKind } from './record-kind.ts';
import { lookAt, mcqReading, reasonedIn } from './record-look.ts';
import type { McqReading } from './record-look.ts';
import { importRecords, listNotRead } from './records.ts';
import { recognizeShape } from './record-shapes.ts';
import { isConversation } from './record-turns.ts';
import type {
  ChatRecord,
  DataKind,
  FieldMapping,
  FilePlace,
  ImportProblem,
  ReadingChoices,
  RecordShape,
} from './record-types.ts';
import { readRows } from './rows.ts';
import type { Chunks, RecordLayout, TextEncodingName } from './rows.ts';

const MAX_FIELDS = 100;
const SAMPLES = 3;
/** Bytes of a file in which lists beside the rows are looked for: a second's work. */
const SEARCHED_BYTES = 50_000_000;
const SAMPLE_LENGTH = 200;

export interface FieldSample {
  /** Name of a column, or of a JSON field (`a.b`: field b inside field a). */
  readonly name: string;
  /** A few different values, as text, cut where they are long. */
  readonly samples: readonly string[];
}

export interface FileInspection {
  readonly layout: RecordLayout;
  readonly encoding: TextEncodingName;
  /** Number of values that were looked at, and of those with a known shape. */
  readonly values: number;
  readonly recognised: number;
  readonly shape: RecordShape | null;
  readonly fields: readonly FieldSample[];
  /** What the names of the fields suggest; parts that no name suggests are absent. */
  readonly guess: Partial<FieldMapping>;
  /** The same, with what the values suggest for the parts that no name does: for a person to check. */
  readonly likely: Partial<FieldMapping>;
  /** How the right options are named, where rows of a known shape have options. */
  readonly answers: McqReading | null;
  /** Number of answers with reasoning beside them, among rows of a known shape. */
  readonly reasoned: number;
}

/** A record as the import reads it, or why it reads none. */
export type TriedRecord = FilePlace &
  (
    | { readonly record: ChatRecord; readonly right?: readonly string[] }
    | { readonly fault: Pick<ImportProblem, 'code' | 'reason' | 'data'> }
  );

/** The first records of a file, and facts that only all the rows that were looked at show. */
export interface TriedFile {
  readonly tried: readonly TriedRecord[];
  /** Lists of records that the import does not read, in the first part of the file. */
  readonly unread: readonly Pick<ImportProblem, 'code' | 'reason' | 'data'>[];
  /** How this mapping names the right options. */
  readonly answers: McqReading | null;
  readonly reasoned: number;
  /** What the kind of the set would be guessed to be. */
  readonly kind: DataKind;
}

/** Fields of a row; fields inside an object are given by their path. */
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

/** What a file seems to hold, from its first rows. @throws StudioError as readRows */
export async function inspectRecords(chunks: Chunks, fileName: string): Promise<FileInspection> {
  const look = await lookAt(chunks, fileName);
  const { rows, about, values } = look;
  const shapes = new Map<RecordShape, number>();
  for (const value of values) {
    const shape = isConversation(value) ? 'messages' : isJsonObject(value) && recognizeShape(value);
    if (shape) shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [most] = [...shapes].sort(([, a], [, b]) => b - a);
  // Of a file with rows of several kinds, those are asked about that no shape fits.
  const unknown = rows.filter((row) => recognizeShape(row) === undefined);
  const asked = unknown.length > 0 ? unknown : rows;
  const fields = fieldSamples(asked);
  const guess = guessMapping(asked, fields);
  return {
    layout: about.layout,
    encoding: about.encoding,
    values: values.filter((value) => isJsonObject(value) || isConversation(value)).length,
    recognised: [...shapes.values()].reduce((sum, count) => sum + count, 0),
    shape: most?.[0] ?? null,
    fields,
    guess,
    likely: likelyMapping(asked, fields, guess),
    answers: mcqReading(rows) ?? null,
    reasoned: reasonedIn(values),
  };
}

const placeOf = ({ line, row }: FilePlace): FilePlace => ({ line, ...(row && { row }) });

/** The first records as the import makes them. @throws StudioError as importRecords */
export async function tryRecords(
  chunks: () => Chunks,
  options: ReadingChoices & { readonly fileName: string; readonly mapping?: FieldMapping },
  count: number,
): Promise<TriedFile> {
  const { fileName, mapping } = options;
  const tried: TriedRecord[] = [];
  const read: ChatRecord[] = [];
  for await (const { records, problems } of importRecords(chunks(), options)) {
    const listed = problems.filter(({ kept, code }) => kept !== true && code !== 'list-not-read');
    const found = [
      ...records.map(({ record, right, ...place }) => ({
        ...placeOf(place),
        record,
        ...(right && { right }),
      })),
      ...listed.map(({ code, reason, data, ...place }) => ({
        ...placeOf(place),
        fault: { code, reason, data },
      })),
    ];
    tried.push(...found.sort((a, b) => a.line - b.line));
    read.push(...records.map(({ record }) => record));
    if (tried.length >= count) break;
  }
  const { rows, values, about } = await lookAt(chunks(), fileName);
  const answers = mcqReading(rows, mapping) ?? null;
  return {
    tried: tried.slice(0, count),
    unread: about.layout === 'wrapped' ? await unreadLists(chunks(), fileName) : [],
    answers,
    reasoned: reasonedIn(values, mapping),
    kind: guessKind(read),
  };
}

/** Lists of records beside the one that is read: they may lie far behind it. */
async function unreadLists(chunks: Chunks, fileName: string): Promise<TriedFile['unread']> {
  const unread: TriedFile['unread'][number][] = [];
  for await (const { items, bytesRead } of readRows(chunks, fileName)) {
    for (const item of items) {
      const fault = 'beside' in item ? listNotRead(item) : undefined;
      if (fault) unread.push({ code: fault.code, reason: fault.message, data: fault.data });
    }
    if (bytesRead > SEARCHED_BYTES) break;
  }
  return unread;
}
