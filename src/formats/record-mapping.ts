/** Reads a row by a mapping of its fields, where no shape is recognised. */
import { StudioError } from '../errors.ts';
import { parseJson } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import {
  assistant,
  joinInput,
  lettered,
  missingField,
  optionalText,
  optionPairs,
  requiredText,
  user,
  valueAt,
} from './record-fields.ts';
import type { Draft } from './record-fields.ts';
import type { FieldMapping } from './record-types.ts';

/** The fields that a mapping names. */
export function fieldsOf(mapping: FieldMapping): string[] {
  const { prompt, response, input, system, task, choices = [], answer } = mapping;
  return [prompt, response, input, system, task, answer, ...choices].filter(
    (field) => field !== undefined,
  );
}

/** A field whose value is the list of choices: a list, an object, or a text that holds one. */
function choiceList(value: JsonValue | undefined): (readonly [string, JsonValue])[] {
  if (typeof value !== 'string') return optionPairs(value);
  const text = value.trim();
  if (/^[[{]/.test(text)) {
    try {
      return optionPairs(parseJson(text));
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
    }
  }
  const mark = ['\n', '|', ';', '；'].find((candidate) => text.includes(candidate));
  const parts = mark === undefined ? [text] : text.split(mark).map((part) => part.trim());
  return optionPairs(parts.filter((part) => part !== ''));
}

function mappedChoices(
  row: JsonObject,
  fields: readonly string[],
): (readonly [string, JsonValue])[] {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return choiceList(valueAt(row, only));
  // An option that is empty in this row is none.
  const texts = fields.map((field) => optionalText(row, field) ?? '');
  return optionPairs(texts.filter((text) => text.trim() !== ''));
}

/** @throws RecordFault */
export function readMapped(row: JsonObject, mapping: FieldMapping): Draft {
  const input = mapping.input === undefined ? undefined : optionalText(row, mapping.input);
  const system = mapping.system === undefined ? undefined : optionalText(row, mapping.system);
  const prompt = joinInput(requiredText(row, mapping.prompt), input);
  const pairs = mapping.choices === undefined ? [] : mappedChoices(row, mapping.choices);
  let draft: Draft;
  if (mapping.answer !== undefined && mapping.choices !== undefined) {
    const given = valueAt(row, mapping.answer);
    if (given === undefined || given === null || given === '') throw missingField(mapping.answer);
    draft = lettered(prompt, pairs, given, mapping.answer, mapping.answersFrom);
  } else {
    const turns = [user(prompt), assistant(requiredText(row, mapping.response ?? 'response'))];
    const choices = pairs.flatMap(([, text]) => (typeof text === 'string' ? [text] : []));
    draft = choices.length > 0 ? { messages: turns, choices } : { messages: turns };
  }
  const blank = system === undefined || system.trim() === '';
  if (blank) return draft;
  return { ...draft, messages: [{ role: 'system', content: system }, ...draft.messages] };
}
