/** Parts of a record as its fields give them: texts, turns, lettered options. */
import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { RecordFault } from './record-types.ts';
import type { RecordMessage } from './record-types.ts';

/** The text of a field; absent and null give undefined, anything but text is refused. */
export function optionalText(row: JsonObject, field: string): string | undefined {
  const value = valueAt(row, field);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw wrongType(field, value, 'text');
}

/** The value of a field; `a.b` is field b inside field a, where no field is called `a.b` itself. */
export function valueAt(row: JsonObject, field: string): JsonValue | undefined {
  if (Object.hasOwn(row, field)) return row[field];
  const dot = field.indexOf('.');
  const inner = dot > 0 ? row[field.slice(0, dot)] : undefined;
  return isJsonObject(inner) ? valueAt(inner, field.slice(dot + 1)) : undefined;
}

/** What may be due in a field, in words. */
const DUE = { text: 'text', texts: 'a list of texts', turns: 'a list of turns' } as const;

export function wrongType(
  field: string,
  value: JsonValue | undefined,
  due: keyof typeof DUE,
): RecordFault {
  const found = value === undefined ? 'nothing' : typeName(value);
  const reason = `"${field}" is ${found} where ${DUE[due]} is due`;
  return new RecordFault('wrong-type', reason, { field, found, due });
}

export function missingField(field: string): RecordFault {
  return new RecordFault('missing-field', `the field "${field}" is missing`, { field });
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

export type Messages = readonly RecordMessage[];

export const user = (content: string): RecordMessage => ({ role: 'user', content });
export const assistant = (content: string): RecordMessage => ({ role: 'assistant', content });

/** Messages of a record, before they are checked. */
export interface Draft {
  readonly messages: Messages;
  readonly choices?: readonly string[] | undefined;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A multiple-choice record. */
export interface Choices {
  readonly messages: Messages;
  readonly choices: readonly string[];
}

/**
 * A question with lettered options below it; the answer is the letter of the right one.
 * @param given its letter, its text, or its number; a text of digits is a number only where `from` is given
 */
export function lettered(
  question: string,
  pairs: readonly (readonly [letter: string, text: JsonValue])[],
  given: JsonValue,
  answerField: string,
  from: 0 | 1 | undefined,
): Choices {
  if (pairs.length < 2 || pairs.length > LETTERS.length) {
    const data = { detail: 'options', found: pairs.length };
    throw new RecordFault('wrong-type', 'the options are no list of two to 26 choices', data);
  }
  const texts = pairs.map(([letter, text]) => {
    if (typeof text === 'string') return [letter, text.trim()] as const;
    const data = { detail: 'option', found: typeName(text) };
    throw new RecordFault('wrong-type', 'an option is no text', data);
  });
  const said = typeof given === 'string' ? given.trim() : JSON.stringify(given);
  const counted = typeof given === 'number' || (from !== undefined && /^\d+$/.test(said));
  const found = counted
    ? texts[Number(said) - (from ?? 0)]
    : (texts.find(([letter]) => letter === said) ??
      texts.find(([, text]) => text === said) ??
      texts.find(([letter]) => letter === said.toUpperCase()));
  if (found === undefined) {
    const shown = said.slice(0, 40);
    throw new RecordFault('wrong-type', `"${answerField}" names none of the options`, {
      detail: 'answer',
      field: answerField,
      found: shown,
    });
  }
  const lines = texts.map(([letter, text]) => `${letter}. ${text}`);
  return {
    messages: [user([question, ...lines].join('\n')), assistant(found[0])],
    choices: texts.map(([letter]) => letter),
  };
}

/** Options of a list by letters in their order, of an object by its keys. */
export function optionPairs(declared: JsonValue | undefined): (readonly [string, JsonValue])[] {
  if (Array.isArray(declared)) {
    return declared.map((text: JsonValue, i) => [LETTERS[i] ?? '', text] as const);
  }
  return isJsonObject(declared) ? Object.entries(declared) : [];
}
