/** Decides once, from the beginning of a file, where its rows are; the rest of the file is read accordingly. */
import { isJsonObject, parseScanned } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { ROW_RULES, scanJsonValue, skipWhitespace, withoutBareWords } from '../texts/json-scan.ts';
import type { RowPlace } from '../texts/json-stream.ts';
import { recognizeShape } from './record-shapes.ts';
import { isTurn, TURN_FIELDS } from './record-turns.ts';

/** How the rows of a file lie in it. */
export type RecordLayout =
  /** One value a line. */
  | 'lines'
  /** Values that follow each other, however they are broken into lines. */
  | 'values'
  /** The elements of one list. */
  | 'array'
  /** The elements of a list inside an object, such as {"data": […]}. */
  | 'wrapped'
  /** The members of an object, each under a separate key. */
  | 'by-key'
  /** An object with a member for each column: {"question": {"0": …}}, as pandas writes it. */
  | 'columns'
  /** CSV. */
  | 'table';

export interface FoundLayout {
  readonly layout: RecordLayout;
  /** Where the rows are in a JSON text. */
  readonly place: RowPlace;
}

const EACH: RowPlace = { path: [], container: 'none' };
/** Most levels of objects around the rows that are searched. */
const MAX_PATH = 4;

/** One member of the object that a file begins with, as far as the text read so far shows it. */
interface Member {
  readonly key: string;
  /** Undefined where the value is cut off or broken. */
  readonly value: JsonValue | undefined;
  /** Place where the value begins. */
  readonly at: number;
}

/** Names of lists that hold nothing but rows. */
const ROW_LISTS = new Set(
  'data rows records examples items instances samples entries results train training test dev validation valid eval dataset list'.split(
    ' ',
  ),
);

/** Whether a value beside the rows is itself a list of rows, whatever its name: other lists are of texts or turns. */
export function isListOfRows(value: JsonValue): value is readonly JsonValue[] {
  if (!Array.isArray(value)) return false;
  const [first] = value as readonly JsonValue[];
  return isJsonObject(first) ? !isTurn(first) : Array.isArray(first);
}

/** The value at a place, where it is complete and valid. */
function valueFrom(
  text: string,
  at: number,
): { readonly value: JsonValue; end: number } | undefined {
  const scanned = scanJsonValue(text, at, ROW_RULES);
  if (!scanned.ok) return undefined;
  const whole = withoutBareWords(text.slice(at, scanned.end), scanned.words, at);
  return { value: parseScanned(whole, 'refuse'), end: scanned.end };
}

/** The end of the string that opens at `at`; undefined where the text or the line ends first. */
function stringEnd(text: string, at: number): number | undefined {
  for (let i = at + 1; i < text.length; i++) {
    const unit = text[i];
    if (unit === '\\') i += 1;
    else if (unit === '"') return i + 1;
    else if (unit === '\n') return undefined;
  }
  return undefined;
}

/** Members of the object at `at`, up to the first one that is cut off or broken. */
function membersOf(text: string, at: number): Member[] {
  const members: Member[] = [];
  let next = skipWhitespace(text, at + 1);
  while (text[next] === '"') {
    const keyEnd = stringEnd(text, next);
    if (keyEnd === undefined) break;
    const key = valueFrom(text, next)?.value;
    const colon = skipWhitespace(text, keyEnd);
    if (typeof key !== 'string' || text[colon] !== ':') break;
    const begin = skipWhitespace(text, colon + 1);
    const found = valueFrom(text, begin);
    members.push({ key, value: found?.value, at: begin });
    if (found === undefined) break;
    const comma = skipWhitespace(text, found.end);
    if (text[comma] !== ',') break;
    next = skipWhitespace(text, comma + 1);
  }
  return members;
}

/** The first element of the list at `at`, as far as it is there; an object that is cut off has its first members. */
function firstElement(text: string, at: number): JsonValue | undefined {
  const begin = skipWhitespace(text, at + 1);
  const whole = valueFrom(text, begin);
  if (whole) return whole.value;
  if (text[begin] === '{') return partOf(membersOf(text, begin));
  return text[begin] === '[' ? [firstElement(text, begin) ?? null] : undefined;
}

/** Makes an object of its members, with "…" for a value that is cut off or broken. */
const partOf = (members: readonly Member[]): JsonObject =>
  Object.fromEntries(members.map(({ key, value }) => [key, value ?? '…']));

/** Where a value ends by its brackets, whether or not it is valid inside; undefined where it does not end. */
function bracketEnd(text: string, at: number): number | undefined {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const unit = text[i];
    if (unit === '"') {
      const end = stringEnd(text, i);
      if (end === undefined) return !text.includes('\n', i) ? undefined : text.indexOf('\n', i);
      i = end - 1;
    } else if (unit === '{' || unit === '[') depth += 1;
    else if (unit === '}' || unit === ']') {
      depth -= 1;
      if (depth <= 0) return i + 1;
    }
  }
  return undefined;
}

const isScalar = (value: JsonValue): boolean => typeof value !== 'object' || value === null;

/** Whether an object is a table by columns, as pandas writes one. */
function isColumns(value: JsonObject): boolean {
  const columns = Object.values(value);
  const { columns: names, data } = value;
  if (Array.isArray(names) && Array.isArray(data)) {
    return names.every((name) => typeof name === 'string') && data.every(Array.isArray);
  }
  if (columns.length < 2) return false;
  const [first] = columns;
  if (columns.every((column): column is readonly JsonValue[] => Array.isArray(column))) {
    const due = columns[0]?.length ?? 0;
    return due > 0 && columns.every((column) => column.length === due && column.every(isScalar));
  }
  if (!isJsonObject(first) || Object.keys(first).length === 0) return false;
  const due = Object.keys(first).join('\n');
  const numbered = Object.keys(first).every((key) => /^\d+$/.test(key));
  return (
    numbered &&
    columns.every((column) => isJsonObject(column) && Object.keys(column).join('\n') === due)
  );
}

/** Whether an object that is cut off may be a table by columns: its first member numbers rows or lists texts. */
function beginsColumns(text: string, members: readonly Member[]): boolean {
  const [first] = members;
  if (first === undefined || TURN_FIELDS.has(first.key)) return false;
  if (text[first.at] === '[') return typeof firstElement(text, first.at) === 'string';
  const inner = text[first.at] === '{' ? membersOf(text, first.at) : [];
  const scalars = inner.filter(({ value }) => value === undefined || isScalar(value));
  return (
    inner.length > 1 &&
    scalars.length === inner.length &&
    inner.every(({ key }) => /^\d+$/.test(key))
  );
}

/** The rows of a table by columns; a value that turns out to be no such table is itself the only row. */
export function rowsOfColumns(value: JsonValue): readonly JsonValue[] {
  if (!isJsonObject(value) || !isColumns(value)) return [value];
  const { columns: names, data } = value;
  if (Array.isArray(names) && Array.isArray(data) && data.every(Array.isArray)) {
    return data.map((cells: readonly JsonValue[]) =>
      Object.fromEntries(names.map((name, i) => [String(name), cells[i] ?? null])),
    );
  }
  const columns = Object.entries(value);
  const [, first] = columns[0] ?? [];
  return Object.keys(first ?? {}).map((key) =>
    Object.fromEntries(
      columns.map(([name, cells]) => {
        const cell = Array.isArray(cells)
          ? (cells as readonly JsonValue[])[Number(key)]
          : isJsonObject(cells)
            ? cells[key]
            : undefined;
        return [name, cell ?? null];
      }),
    ),
  );
}

/** Whether an object is itself a row, by the fields of a shape or by turns under a usual name. */
function isRow(value: JsonObject): boolean {
  if (recognizeShape(value) !== undefined) return true;
  return Object.entries(value).some(([key, held]) => TURN_FIELDS.has(key) && Array.isArray(held));
}

/** Whether members look like rows by key: objects that share fields. */
function areRowsByKey(members: readonly Member[]): boolean {
  const objects = members.flatMap(({ value }) => (isJsonObject(value) ? [value] : []));
  const whole = members.filter(({ value }) => value !== undefined).length;
  if (objects.length < 2 || objects.length < whole) return false;
  const [first] = objects;
  const due = Object.keys(first ?? {});
  const alike = objects.filter((one) => due.some((key) => Object.hasOwn(one, key)));
  return alike.length === objects.length;
}

/** Where the rows are inside an object that fills the file; undefined where the object itself is the row. */
function placeInside(
  text: string,
  at: number,
  path: readonly string[],
): RowPlace | 'columns' | undefined {
  const members = membersOf(text, at);
  const part = partOf(members);
  const cut = members.some(({ value }) => value === undefined);
  const columns = cut ? beginsColumns(text, members) : isColumns(part);
  if (columns) return path.length === 0 ? 'columns' : undefined;
  if (isRow(part)) return undefined;
  if (areRowsByKey(members)) return { path, container: 'object' };
  const lists = members.flatMap(({ key, at: begin }) => {
    const first = text[begin] === '[' ? firstElement(text, begin) : undefined;
    return first !== undefined && isListOfRows([first]) ? [{ key, first }] : [];
  });
  const chosen =
    lists.find(({ first }) => isJsonObject(first) && recognizeShape(first) !== undefined) ??
    lists.find(({ key }) => ROW_LISTS.has(key.toLowerCase())) ??
    lists[0];
  if (chosen) {
    // A text beside the only list belongs to the questions in it: the object is one row.
    const named = ROW_LISTS.has(chosen.key.toLowerCase());
    const known = isJsonObject(chosen.first) && recognizeShape(chosen.first) !== undefined;
    const alone = members.every(({ key, value }) => key === chosen.key || !isProse(key, value));
    return named || known || alone ? { path: [...path, chosen.key], container: 'list' } : undefined;
  }
  const empty = members.find(
    ({ key, value }) => ROW_LISTS.has(key) && Array.isArray(value) && value.length === 0,
  );
  const about = members.every(({ key, value }) => key === empty?.key || !isProse(key, value));
  if (empty && about) return { path: [...path, empty.key], container: 'list' };
  const objects = members.filter(({ at: begin }) => text[begin] === '{');
  const [only] = objects;
  if (objects.length !== 1 || only === undefined || path.length >= MAX_PATH) return undefined;
  return placeInside(text, only.at, [...path, only.key]);
}

/** Names of fields that describe a whole file. */
const ABOUT_FILE = new Set(
  'version name title license licence url homepage source split author authors date lang language created format type status message'.split(
    ' ',
  ),
);

/** Whether a member is a text such as a question or a case has, and no description of the file. */
const isProse = (key: string, value: JsonValue | undefined): boolean =>
  typeof value === 'string' && !ABOUT_FILE.has(key.toLowerCase()) && /\s|\p{Lo}/u.test(value);

/** A row inside a group of rows, and where it begins in the text of the group. */
export interface GroupedRow {
  readonly value: JsonValue;
  readonly at: number;
}

/** Rows that lie in groups ({"exam 1": {"year": 2013, "data": […]}}), and the values beside them there. */
export interface Group {
  readonly rows: readonly GroupedRow[];
  readonly beside: readonly { readonly key: string; value: JsonValue; at: number }[];
}

const isShaped = (value: JsonValue | undefined): boolean =>
  isJsonObject(value) && recognizeShape(value) !== undefined;

/** Whether a member of an object is a list of rows of a known shape. */
const isRowList = (key: string, held: JsonValue | undefined): boolean =>
  Array.isArray(held) &&
  ROW_LISTS.has(key.toLowerCase()) &&
  isShaped((held as readonly JsonValue[])[0]);

/** Whether a value that is no row holds rows of a known shape: in a list of rows, or under keys. */
function holdsRows(value: JsonValue | undefined, depth: number): boolean {
  if (!isJsonObject(value)) return false;
  const entries = Object.entries(value);
  // This cheap test settles almost every row: nothing in it could hold other rows.
  const may = entries.some(([key, held]) =>
    Array.isArray(held) ? ROW_LISTS.has(key.toLowerCase()) : isJsonObject(held),
  );
  if (!may || isRow(value)) return false;
  if (entries.some(([key, held]) => isProse(key, held))) return false;
  return entries.some(
    ([key, held]) =>
      isRowList(key, held) || isShaped(held) || (depth < MAX_PATH && holdsRows(held, depth + 1)),
  );
}

/** The rows in a value that is no row but holds groups of rows; undefined for any other value. */
export function groupIn(text: string, value: JsonValue): Group | undefined {
  if (!holdsRows(value, 0)) return undefined;
  const rows: GroupedRow[] = [];
  const beside: { key: string; value: JsonValue; at: number }[] = [];
  const open = (at: number, depth: number): void => {
    for (const { key, value: held, at: begin } of membersOf(text, at)) {
      if (isShaped(held)) rows.push({ value: held ?? null, at: begin });
      else if (isRowList(key, held)) rows.push(...elementsOf(text, begin));
      else if (depth < MAX_PATH && holdsRows(held, depth + 1)) open(begin, depth + 1);
      else beside.push({ key, value: held ?? null, at: begin });
    }
  };
  open(skipWhitespace(text, 0), 0);
  return { rows, beside };
}

/** Elements of the list at `at`. */
function elementsOf(text: string, at: number): GroupedRow[] {
  const elements: GroupedRow[] = [];
  let next = skipWhitespace(text, at + 1);
  for (;;) {
    const found = valueFrom(text, next);
    if (!found) return elements;
    elements.push({ value: found.value, at: next });
    const comma = skipWhitespace(text, found.end);
    if (text[comma] !== ',') return elements;
    next = skipWhitespace(text, comma + 1);
  }
}

/** Whether the list at `at` is itself one row: a conversation, or a list whose elements are no rows. */
function isRowItself(text: string, at: number): boolean {
  const begin = skipWhitespace(text, at + 1);
  if (text[begin] === '[' || text[begin] === ']') return false;
  // An element that cannot begin a value is broken and makes no row.
  if (!/["\dtfnNI{-]/.test(text[begin] ?? '')) return false;
  const first = firstElement(text, at);
  return isJsonObject(first) ? isTurn(first) : true;
}

/** Whether a value that never ends is a broken line, because lines after it are whole values by themselves. */
function linesFollow(text: string, start: number): boolean {
  for (let at = text.indexOf('\n{', start), tries = 0; at !== -1 && tries < 8; tries++) {
    const end = bracketEnd(text, at + 1);
    // After a comma it is the next element of a list.
    const separate = !/,\s*$/.test(text.slice(Math.max(0, at - 3), at));
    if (separate && end !== undefined && /^\s*(?:\n|$)/.test(text.slice(end, end + 3))) return true;
    at = text.indexOf('\n{', at + 1);
  }
  return false;
}

/** Values one after another: each on a line, or broken into lines in any way. */
function sequence(text: string, start: number, fileName: string): FoundLayout {
  const lineEnd = text.indexOf('\n', start);
  const end = bracketEnd(text, start);
  const oneLine = end !== undefined && (lineEnd === -1 || end <= lineEnd);
  const more = end === undefined || skipWhitespace(text, end) < text.length;
  // Values that follow each other without a line break may be one line of any length.
  const joined = lineEnd === -1 && more;
  const pretty = lineEnd !== -1 && /^[{[]\s*$/.test(text.slice(start, lineEnd));
  const broken = !oneLine && fileName.toLowerCase().endsWith('.json');
  return { layout: joined || pretty || broken ? 'values' : 'lines', place: EACH };
}

/**
 * Where the rows of a JSON text are.
 * @param text its beginning
 * @param whole whether that is all of it
 */
export function layoutOf(text: string, whole: boolean, fileName: string): FoundLayout {
  const start = skipWhitespace(text, text.startsWith('\ufeff') ? 1 : 0);
  if (text[start] === '[') {
    if (isRowItself(text, start)) return sequence(text, start, fileName);
    return { layout: 'array', place: { path: [], container: 'list' } };
  }
  if (text[start] !== '{') return sequence(text, start, fileName);
  const end = bracketEnd(text, start);
  const only =
    end === undefined
      ? !linesFollow(text, start)
      : whole && skipWhitespace(text, end) >= text.length;
  // Where several values follow each other, each is a row: a conversation does not fall apart into its questions.
  const place = only ? placeInside(text, start, []) : undefined;
  if (place === 'columns') return { layout: 'columns', place: EACH };
  if (place === undefined) return sequence(text, start, fileName);
  return { layout: place.container === 'object' ? 'by-key' : 'wrapped', place };
}
