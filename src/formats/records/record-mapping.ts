/** Reads a row by a mapping of its fields, where no shape was recognised. */
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { lettered, optionsIn } from './record-answers.ts';
import {
  assistant,
  joinInput,
  missingField,
  optionalText,
  requiredText,
  scalarText,
  user,
  valueAt,
} from './record-fields.ts';
import type { Draft, Messages, TurnMessage } from './record-fields.ts';
import { readTurns } from './record-turns.ts';
import type { AnswerReading, FieldMapping } from './record-types.ts';

/** The fields that a mapping names. */
export function fieldsOf(mapping: FieldMapping): string[] {
  const { prompt, turns, response, input, system, reasoning, task, choices = [], answer } = mapping;
  return [prompt, turns, response, input, system, reasoning, task, answer, ...choices].filter(
    (field) => field !== undefined,
  );
}

/** The value of a field that names the right option. @throws RowFault where there is none */
export function givenAnswer(row: JsonObject, field: string): JsonValue {
  const given = valueAt(row, field);
  if (given === undefined || given === null || given === '') throw missingField(field);
  return given;
}

/** The turns, with a text put above the first question. */
function below(messages: Messages, input: string | undefined): Messages {
  if (input === undefined || input.trim() === '') return messages;
  const first = messages.findIndex(({ role }) => role === 'user');
  return messages.map((message, i): TurnMessage =>
    i === first ? { ...message, content: `${input}\n${message.content}` } : message,
  );
}

/** The texts of a list, with the texts of lists inside it; undefined for anything else. */
function textsIn(value: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = (value as readonly JsonValue[])
    .filter((one) => one !== null)
    .map((one) => (Array.isArray(one) ? textsIn(one) : (scalarText(one) ?? textOf(one))));
  return texts.includes(undefined) ? undefined : texts.flatMap((text) => text ?? []);
}

/** The text of a list's element that has more than its text: { "text": "…", "url": "…" }. */
function textOf(element: JsonValue): string | undefined {
  return isJsonObject(element) ? scalarText(element['text'] ?? element['answer']) : undefined;
}

/** The text of a field; of a list with several wordings of one text, the first. */
function firstText(row: JsonObject, field: string, unused: [string, JsonValue][]): string {
  const texts = textsIn(valueAt(row, field))?.filter((text) => text.trim() !== '');
  if (texts === undefined) return requiredText(row, field);
  const [first, ...others] = texts;
  if (first === undefined) throw missingField(field);
  if (others.length > 0) unused.push([`${field}[1:]`, others]);
  return first;
}

/** The question of a row: instruction, prompt and input, each on its own line. @throws RowFault where it is blank */
function questionOf(
  row: JsonObject,
  { instruction, prompt, input: field }: FieldMapping,
  input: string | undefined,
  unused: [string, JsonValue][],
): string {
  if (prompt === undefined && instruction !== undefined && field !== undefined) {
    if (input === undefined || input.trim() === '') throw missingField(field);
    return joinInput(instruction, input);
  }
  const asked = joinInput(firstText(row, prompt ?? 'prompt', unused), input);
  // A row without a question is listed as such.
  return instruction === undefined || asked.trim() === '' ? asked : joinInput(instruction, asked);
}

/** @throws RowFault */
export function readMapped(
  row: JsonObject,
  mapping: FieldMapping,
  answers: AnswerReading | undefined,
): Draft {
  const optional = (field: string | undefined): string | undefined =>
    field === undefined ? undefined : optionalText(row, field);
  // A context may be a list of paragraphs.
  const paragraphs = mapping.input && textsIn(valueAt(row, mapping.input));
  const input = paragraphs ? paragraphs.join('\n') : optional(mapping.input);
  const system = optional(mapping.system) ?? '';
  const reasoning = optional(mapping.reasoning);
  const before: Messages = system.trim() === '' ? [] : [{ role: 'system', content: system }];
  const read = fieldsOf(mapping);
  if (mapping.turns !== undefined) {
    const { messages, unused } = readTurns(valueAt(row, mapping.turns), mapping.turns);
    const asked = below(below(messages, input), mapping.instruction);
    return { messages: [...before, ...asked], read, unused };
  }
  const unused: [string, JsonValue][] = [];
  const question = questionOf(row, mapping, input, unused);
  const options = mapping.choices === undefined ? [] : optionsIn(row, mapping.choices);
  if (mapping.answer !== undefined && mapping.choices !== undefined) {
    const given = givenAnswer(row, mapping.answer);
    const named = { given, field: mapping.answer, reading: answers };
    const draft = lettered({ question, options, ...named });
    return { ...draft, messages: [...before, ...draft.messages], read, unused };
  }
  const answer = assistant(firstText(row, mapping.response ?? 'response', unused), reasoning);
  const choices = options.map(({ text }) => text).filter((text) => text !== '');
  const messages = [...before, user(question), answer];
  return { messages, read, unused, ...(choices.length > 0 && { choices }) };
}
