import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
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
  const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (role !== undefined) return role;
  throw new RecordFault('unknown-role', `the role "${name.slice(0, 40)}" is not known`);
}

/** The text of a field; absent and null give undefined, anything but text is refused. */
function optionalText(row: JsonObject, field: string): string | undefined {
  const value = Object.hasOwn(row, field) ? row[field] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new RecordFault('wrong-type', `"${field}" is ${typeName(value)} where text is due`);
}

function requiredText(row: JsonObject, field: string): string {
  const text = optionalText(row, field);
  if (text !== undefined) return text;
  throw new RecordFault('missing-field', `the field "${field}" is missing`);
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Content of a message: text, or a list of text parts. */
function contentText(value: JsonValue | undefined, field: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) throw new RecordFault('missing-field', `"${field}" is missing`);
  if (Array.isArray(value)) {
    const parts = value.map((part: JsonValue) => (isJsonObject(part) ? part['text'] : undefined));
    if (parts.every((part) => typeof part === 'string')) return parts.join('');
  }
  throw new RecordFault('wrong-type', `"${field}" is ${typeName(value)} where text is due`);
}

function joinInput(prompt: string, input: string | undefined): string {
  return input === undefined || input.trim() === '' ? prompt : `${prompt}\n${input}`;
}

type Messages = readonly RecordMessage[];

const user = (content: string): RecordMessage => ({ role: 'user', content });
const assistant = (content: string): RecordMessage => ({ role: 'assistant', content });

function systemOf(row: JsonObject): Messages {
  const content = optionalText(row, 'system');
  return content === undefined || content.trim() === '' ? [] : [{ role: 'system', content }];
}

/** Earlier turns of an alpaca record: [[question, answer], …]. */
function historyOf(row: JsonObject): Messages {
  const history = row['history'] ?? [];
  if (!Array.isArray(history)) {
    throw new RecordFault('wrong-type', '"history" is no list of question and answer');
  }
  return history.flatMap((pair: JsonValue): Messages => {
    const [question, answer] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
    if (typeof question !== 'string' || typeof answer !== 'string') {
      throw new RecordFault('wrong-type', '"history" is no list of question and answer');
    }
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
  if (!Array.isArray(turns)) throw new RecordFault('wrong-type', `"${field}" is no list of turns`);
  return turns.map((turn: JsonValue): RecordMessage => {
    if (!isJsonObject(turn))
      throw new RecordFault('wrong-type', `a turn of "${field}" is no object`);
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
  throw new RecordFault(
    'wrong-type',
    `"${field}" is ${typeName(value)} where a list of texts is due`,
  );
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Multiple choice: question, options (a list or an object by letter), answer (letter, index or text). */
function readMcq(row: JsonObject): { messages: Messages; choices: readonly string[] } {
  const question = requiredText(row, 'question');
  const declared = row['options'] ?? row['choices'];
  let pairs: readonly (readonly [string, JsonValue])[] = [];
  if (Array.isArray(declared)) {
    pairs = declared.map((text: JsonValue, i) => [LETTERS[i] ?? '', text] as const);
  } else if (isJsonObject(declared)) {
    pairs = Object.entries(declared);
  }
  if (pairs.length < 2 || pairs.length > LETTERS.length) {
    throw new RecordFault('wrong-type', '"options" is no list of two to 26 choices');
  }
  const lines = pairs.map(([letter, text]) => {
    if (typeof text !== 'string') throw new RecordFault('wrong-type', 'an option is no text');
    return `${letter}. ${text}`;
  });
  const given = row['answer'];
  const found =
    typeof given === 'number'
      ? pairs[given]
      : (pairs.find(([letter]) => letter === given) ?? pairs.find(([, text]) => text === given));
  if (given === undefined) throw new RecordFault('missing-field', 'the field "answer" is missing');
  if (found === undefined)
    throw new RecordFault('wrong-type', '"answer" names none of the options');
  return {
    messages: [user([question, ...lines].join('\n')), assistant(found[0])],
    choices: pairs.map(([letter]) => letter),
  };
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
  if (has(row, 'prompt', 'answer')) return 'evaluation';
  if (has(row, 'prompt', 'response') || has(row, 'prompt', 'completion')) return 'prompt-response';
  if (has(row, 'question', 'answer') && (has(row, 'options') || has(row, 'choices'))) return 'mcq';
  return undefined;
}

interface Draft {
  readonly messages: Messages;
  readonly choices?: readonly string[] | undefined;
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

function readMapped(row: JsonObject, mapping: FieldMapping): Draft {
  const input = mapping.input === undefined ? undefined : optionalText(row, mapping.input);
  const system = mapping.system === undefined ? undefined : optionalText(row, mapping.system);
  const turns = [
    user(joinInput(requiredText(row, mapping.prompt), input)),
    assistant(requiredText(row, mapping.response)),
  ];
  const blank = system === undefined || system.trim() === '';
  return { messages: blank ? turns : [{ role: 'system', content: system }, ...turns] };
}

/** Checks what every record must satisfy and drops a blank system message. */
function checkMessages(messages: Messages): Messages {
  const kept = messages.filter(({ role, content }) => role !== 'system' || content.trim() !== '');
  const turns = kept.filter(({ role }) => role !== 'system');
  if (kept.findLastIndex(({ role }) => role === 'system') > 0) {
    throw new RecordFault('unknown-role', 'a system message stands after the first turn');
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
    const value = Object.hasOwn(row, field) ? row[field] : undefined;
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
    throw new RecordFault('not-an-object', `it is ${typeName(value)}, not an object with fields`);
  }
  const { mapping } = options;
  const shape = options.shape === 'auto' ? recognizeShape(value) : options.shape;
  if (mapping === undefined && shape === undefined) {
    const fields = Object.keys(value).map((name) => name.slice(0, 80));
    const found =
      fields.length === 0 ? 'it has no fields' : `its fields are ${fields.slice(0, 12).join(', ')}`;
    throw new RecordFault(
      'unknown-shape',
      `its shape is not known; ${found}`,
      fields.slice(0, 100),
    );
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
