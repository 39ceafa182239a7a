/** Reads one row as a record: by a shape that it is recognised as, or by a mapping of its fields. */
import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import {
  assistant,
  joinInput,
  lettered,
  missingField,
  optionalText,
  optionPairs,
  requiredText,
  typeName,
  user,
  valueAt,
  wrongType,
} from './record-fields.ts';
import type { Choices, Draft, Messages } from './record-fields.ts';
import { readMapped } from './record-mapping.ts';
import { RecordFault } from './record-types.ts';
import type {
  ChatRecord,
  FieldMapping,
  RecordKind,
  RecordMessage,
  RecordShape,
} from './record-types.ts';
import { isWellFormed } from './unicode.ts';

export interface ShapeOptions {
  readonly shape: RecordShape | 'auto';
  readonly mapping?: FieldMapping;
}

export interface ReadRecord {
  readonly shape: RecordShape | 'mapped';
  readonly record: ChatRecord;
}

const ROLES: Readonly<Record<string, RecordMessage['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
};

function roleOf(name: string): RecordMessage['role'] {
  const known = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (known !== undefined) return known;
  const role = name.slice(0, 40);
  throw new RecordFault('unknown-role', `the role "${role}" is not known`, { role });
}

/** Content of a message: text, or a list of text parts. */
function contentText(value: JsonValue | undefined, field: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) throw missingField(field);
  if (Array.isArray(value)) {
    const parts = value.map((part: JsonValue) => (isJsonObject(part) ? part['text'] : undefined));
    if (parts.every((part) => typeof part === 'string')) return parts.join('');
  }
  throw wrongType(field, value, 'text');
}

function systemOf(row: JsonObject): Messages {
  const content = optionalText(row, 'system');
  return content === undefined || content.trim() === '' ? [] : [{ role: 'system', content }];
}

/** Earlier turns of an alpaca record: [[question, answer], …]. */
function historyOf(row: JsonObject): Messages {
  const history = row['history'] ?? [];
  const wrong = (): RecordFault => {
    const data = { field: 'history', detail: 'pairs' };
    return new RecordFault('wrong-type', '"history" is no list of question and answer', data);
  };
  if (!Array.isArray(history)) throw wrong();
  return history.flatMap((pair: JsonValue): Messages => {
    const [question, answer] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
    if (typeof question !== 'string' || typeof answer !== 'string') throw wrong();
    return [user(question), assistant(answer)];
  });
}

function turnsOf(
  row: JsonObject,
  field: string,
  roleFields: readonly string[],
  textFields: readonly string[],
): Messages {
  const turns = row[field];
  if (!Array.isArray(turns)) throw wrongType(field, turns, 'turns');
  return turns.map((turn: JsonValue): RecordMessage => {
    if (!isJsonObject(turn)) {
      const data = { field, detail: 'turn' };
      throw new RecordFault('wrong-type', `a turn of "${field}" is no object`, data);
    }
    const roleField = roleFields.find((name) => Object.hasOwn(turn, name)) ?? roleFields[0] ?? '';
    const textField = textFields.find((name) => Object.hasOwn(turn, name)) ?? textFields[0] ?? '';
    const role = roleOf(requiredText(turn, roleField).toLowerCase());
    return { role, content: contentText(turn[textField], textField) };
  });
}

function choicesOf(value: JsonValue | undefined, field: string): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return [value];
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const texts = list.filter((choice) => typeof choice === 'string');
  if (Array.isArray(value) && texts.length === list.length) return texts;
  throw wrongType(field, value, 'texts');
}

/** Multiple choice: question, options (a list or an object by letter), answer (letter, index or text). */
function readMcq(row: JsonObject): Choices {
  const question = requiredText(row, 'question');
  const given = row['answer'];
  if (given === undefined || given === null) throw missingField('answer');
  return lettered(
    question,
    optionPairs(row['options'] ?? row['choices']),
    given,
    'answer',
    undefined,
  );
}

function has(row: JsonObject, ...fields: readonly string[]): boolean {
  return fields.every((field) => Object.hasOwn(row, field));
}

/** The shape of a row by its fields, or undefined. */
export function recognizeShape(row: JsonObject): RecordShape | undefined {
  if (has(row, 'messages')) return 'messages';
  if (has(row, 'conversations')) return 'sharegpt';
  if (has(row, 'instruction', 'output')) return 'alpaca';
  if (has(row, 'input', 'target')) return 'input-target';
  // A question and its answer alone may be meant to train: that is for whoever brings them to say.
  if (has(row, 'prompt', 'answer', 'metric')) return 'evaluation';
  if (has(row, 'prompt', 'response') || has(row, 'prompt', 'completion')) return 'prompt-response';
  if (has(row, 'question', 'answer') && (has(row, 'options') || has(row, 'choices'))) return 'mcq';
  return undefined;
}

function readShape(row: JsonObject, shape: RecordShape): Draft {
  switch (shape) {
    case 'messages':
      return { messages: turnsOf(row, 'messages', ['role', 'from'], ['content', 'value']) };
    case 'sharegpt':
      return {
        messages: [
          ...systemOf(row),
          ...turnsOf(row, 'conversations', ['from', 'role'], ['value', 'content']),
        ],
      };
    case 'alpaca': {
      const prompt = joinInput(requiredText(row, 'instruction'), optionalText(row, 'input'));
      const answer = assistant(requiredText(row, 'output'));
      return { messages: [...systemOf(row), ...historyOf(row), user(prompt), answer] };
    }
    case 'input-target':
      return {
        messages: [user(requiredText(row, 'input')), assistant(requiredText(row, 'target'))],
        choices: choicesOf(row['answer_choices'], 'answer_choices'),
      };
    case 'prompt-response': {
      const field = has(row, 'response') || !has(row, 'completion') ? 'response' : 'completion';
      const turns = [user(requiredText(row, 'prompt')), assistant(requiredText(row, field))];
      return { messages: [...systemOf(row), ...turns] };
    }
    case 'evaluation':
      return {
        messages: [user(requiredText(row, 'prompt')), assistant(requiredText(row, 'answer'))],
        choices: choicesOf(row['choices'], 'choices'),
      };
    case 'mcq':
      return readMcq(row);
  }
}

/** Checks what every record must satisfy and drops a blank system message. */
function checkMessages(messages: Messages): Messages {
  const kept = messages.filter(({ role, content }) => role !== 'system' || content.trim() !== '');
  const turns = kept.filter(({ role }) => role !== 'system');
  if (kept.findLastIndex(({ role }) => role === 'system') > 0) {
    throw new RecordFault('system-late', 'a system message stands after the first turn');
  }
  if (turns[0]?.role !== 'user') {
    throw new RecordFault('no-prompt', 'there is no question before the first answer');
  }
  for (const { role, content } of turns) {
    if (content.trim() !== '') continue;
    if (role === 'user') throw new RecordFault('empty-prompt', 'a question is empty');
    throw new RecordFault('empty-response', 'an answer is empty');
  }
  if (!turns.some(({ role }) => role === 'assistant')) {
    throw new RecordFault('empty-response', 'there is no answer');
  }
  if (!kept.every(({ content }) => isWellFormed(content))) {
    throw new RecordFault(
      'lone-surrogate',
      'the text holds half of a character (a lone surrogate)',
    );
  }
  return kept;
}

function taskName(row: JsonObject, mapping: FieldMapping | undefined): string | undefined {
  const fields = mapping?.task === undefined ? ['task', 'task_dataset'] : [mapping.task];
  for (const field of fields) {
    const value = valueAt(row, field);
    if (typeof value === 'string' && value.trim() !== '' && isWellFormed(value)) return value;
  }
  return undefined;
}

function kindOf(value: JsonValue | undefined): RecordKind | undefined {
  return value === 'knowledge' || value === 'alignment' ? value : undefined;
}

/** Reads one parsed value as a record. @throws RecordFault saying what is wrong with it. */
export function readRecord(value: JsonValue, options: ShapeOptions): ReadRecord {
  if (!isJsonObject(value)) {
    const found = typeName(value);
    throw new RecordFault('not-an-object', `it is ${found}, not an object with fields`, { found });
  }
  const { mapping } = options;
  const shape = options.shape === 'auto' ? recognizeShape(value) : options.shape;
  if (mapping === undefined && shape === undefined) {
    const fields = Object.keys(value)
      .slice(0, 12)
      .map((name) => name.slice(0, 80))
      .join(', ');
    const found = fields === '' ? 'it has no fields' : `its fields are ${fields}`;
    throw new RecordFault('unknown-shape', `its shape is not known; ${found}`, { fields });
  }
  const draft =
    mapping !== undefined || shape === undefined
      ? readMapped(value, mapping ?? { prompt: 'prompt', response: 'response' })
      : readShape(value, shape);
  const task = taskName(value, mapping);
  const kind = kindOf(value['kind']);
  const metric = shape === 'evaluation' ? value['metric'] : undefined;
  const record: ChatRecord = {
    messages: checkMessages(draft.messages),
    ...(task === undefined ? {} : { task }),
    ...(draft.choices === undefined ? {} : { answerChoices: draft.choices }),
    ...(kind === undefined ? {} : { kind }),
    ...(typeof metric === 'string' ? { metric } : {}),
  };
  return { shape: mapping !== undefined || shape === undefined ? 'mapped' : shape, record };
}
