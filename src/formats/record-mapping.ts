/** Reads a row by a mapping of its fields, where no shape is recognised. */
import type { JsonObject, JsonValue } from './json.ts';
import { lettered, optionsIn } from './record-answers.ts';
import {
  assistant,
  joinInput,
  missingField,
  optionalText,
  requiredText,
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

/** The value of a field that names the right choice. @throws RecordFault where there is none */
export function givenAnswer(row: JsonObject, field: string): JsonValue {
  const given = valueAt(row, field);
  if (given === undefined || given === null || given === '') throw missingField(field);
  return given;
}

/** The turns with a text above the first question. */
function below(messages: Messages, input: string | undefined): Messages {
  if (input === undefined || input.trim() === '') return messages;
  const first = messages.findIndex(({ role }) => role === 'user');
  return messages.map((message, i): TurnMessage =>
    i === first ? { ...message, content: `${input}\n${message.content}` } : message,
  );
}

/** @throws RecordFault */
export function readMapped(
  row: JsonObject,
  mapping: FieldMapping,
  answers: AnswerReading | undefined,
): Draft {
  const optional = (field: string | undefined): string | undefined =>
    field === undefined ? undefined : optionalText(row, field);
  const input = optional(mapping.input);
  const system = optional(mapping.system) ?? '';
  const reasoning = optional(mapping.reasoning);
  const before: Messages = system.trim() === '' ? [] : [{ role: 'system', content: system }];
  const read = fieldsOf(mapping);
  if (mapping.turns !== undefined) {
    const { messages, unused } = readTurns(valueAt(row, mapping.turns), mapping.turns);
    return { messages: [...before, ...below(messages, input)], read, unused };
  }
  const question = joinInput(requiredText(row, mapping.prompt ?? 'prompt'), input);
  const options = mapping.choices === undefined ? [] : optionsIn(row, mapping.choices);
  if (mapping.answer !== undefined && mapping.choices !== undefined) {
    const given = givenAnswer(row, mapping.answer);
    const draft = lettered(question, options, given, mapping.answer, answers);
    return { ...draft, messages: [...before, ...draft.messages], read };
  }
  const answer = assistant(requiredText(row, mapping.response ?? 'response'), reasoning);
  const choices = options.map(({ text }) => text).filter((text) => text !== '');
  const messages = [...before, user(question), answer];
  return choices.length > 0 ? { messages, choices, read } : { messages, read };
}
