/** Reads the parts of a record from its fields: texts, turns, lettered options. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import type { RecordMessage } from './record-types.ts';

/** A value as text; a number or truth value is written out. Undefined for anything else. */
export function scalarText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text of a field; undefined where it is absent or null. A list or object is refused. */
export function optionalText(row: JsonObject, field: string): string | undefined {
  const value = valueAt(row, field);
  if (value === undefined || value === null) return undefined;
  const text = scalarText(value);
  if (text !== undefined) return text;
  throw wrongType(field, value, 'text');
}

/** The value of a field; `a.b` is field b inside field a, unless a field is itself called `a.b`. */
export function valueAt(row: JsonObject, field: string): JsonValue | undefined {
  if (Object.hasOwn(row, field)) return row[field];
  const dot = field.indexOf('.');
  const inner = dot > 0 ? row[field.slice(0, dot)] : undefined;
  return isJsonObject(inner) ? valueAt(inner, field.slice(dot + 1)) : undefined;
}

export function wrongType(
  field: string,
  value: JsonValue | undefined,
  due: 'text' | 'texts' | 'turns',
): RowFault {
  const found = value === undefined ? 'nothing' : typeName(value);
  return rowFault('wrong-type', { field, found, due });
}

export function missingField(field: string): RowFault {
  return rowFault('missing-field', { field });
}

export function requiredText(row: JsonObject, field: string): string {
  const text = optionalText(row, field);
  if (text !== undefined) return text;
  throw missingField(field);
}

export function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function joinInput(prompt: string, input: string | undefined): string {
  return input === undefined || input.trim() === '' ? prompt : `${prompt}\n${input}`;
}

/** A turn before its reasoning has found its place. */
export interface TurnMessage extends RecordMessage {
  readonly reasoning?: string;
}

export type Messages = readonly TurnMessage[];

export const user = (content: string): RecordMessage => ({ role: 'user', content });
export const assistant = (content: string, reasoning?: string): TurnMessage =>
  reasoning === undefined
    ? { role: 'assistant', content }
    : { role: 'assistant', content, reasoning };

/** Messages of a record, before they are checked. */
export interface Draft {
  readonly messages: Messages;
  readonly choices?: readonly string[] | undefined;
  /** Texts of the right options. */
  readonly right?: readonly string[];
  /** Fields of the row that were read. */
  readonly read: readonly string[];
  /** Fields inside those that were not read, with a value of each. */
  readonly unused?: readonly (readonly [field: string, value: JsonValue])[];
}

/** Names that people give to a text that tells the model who it is. */
const SYSTEM_FIELDS = [
  'system',
  'system_prompt',
  'systemPrompt',
  'system_message',
  'systemMessage',
  'sys_prompt',
  'sys',
  'meta_instruction',
  '系统',
  '系统提示',
  '系统提示词',
] as const;

/** The system text beside a question or its turns, and the field that holds it. */
export function systemOf(row: JsonObject): {
  readonly messages: Messages;
  read: readonly string[];
} {
  const field = SYSTEM_FIELDS.find((name) => {
    const value = row[name];
    return value !== undefined && value !== null && value !== '' && Object.hasOwn(row, name);
  });
  const content = field === undefined ? undefined : optionalText(row, field);
  if (field === undefined || content === undefined || content.trim() === '') {
    return { messages: [], read: [] };
  }
  return { messages: [{ role: 'system', content }], read: [field] };
}
