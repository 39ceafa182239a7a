/** Conversations as files hold them: turns with roles, pairs of question and answer, texts marked 问 and 答. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { assistant, scalarText, typeName, user, wrongType } from './record-fields.ts';
import type { Messages, TurnMessage } from './record-fields.ts';
import type { RecordMessage } from './record-types.ts';

/** Fields that may hold a conversation, whatever its turns look like. */
export const TURN_FIELDS: ReadonlySet<string> = new Set([
  'messages',
  'conversations',
  'conversation',
  'dialogues',
  'dialogue',
  'dialogs',
  'dialog',
  'turns',
  'chat',
  '对话',
]);

const ROLES: Readonly<Record<string, RecordMessage['role']>> = {
  system: 'system',
  developer: 'system',
  系统: 'system',
  user: 'user',
  human: 'user',
  prompter: 'user',
  patient: 'user',
  用户: 'user',
  患者: 'user',
  病人: 'user',
  问: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  doctor: 'assistant',
  助手: 'assistant',
  医生: 'assistant',
  答: 'assistant',
};
/** Roles of turns in which a tool is called or answers. */
const TOOL_ROLES = new Set([
  'tool',
  'tools',
  'function',
  'function_call',
  'tool_call',
  'tool_calls',
  'tool_response',
  'observation',
  'ipython',
]);

const ROLE_FIELDS = ['role', 'from', 'speaker'] as const;
const TEXT_FIELDS = ['content', 'value', 'text', 'sentence', 'parts'] as const;
/** Names that people give to the reasoning before an answer. */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'thinking'] as const;
/** Fields of a turn that say whether to train on it. */
const TRAIN_FIELDS = ['weight', 'loss', 'train', 'trainable'] as const;
const READ_IN_TURN: ReadonlySet<string> = new Set([
  ...ROLE_FIELDS,
  ...TEXT_FIELDS,
  ...REASONING_FIELDS,
  ...TRAIN_FIELDS,
]);

const PAIR_QUESTIONS =
  'prompt question query instruction input user human q ask problem 问 问题 提问'.split(' ');
const PAIR_ANSWERS =
  'response answer output completion assistant bot gpt moss a reply solution target 答 回答 答案 回复'.split(
    ' ',
  );

/** The first of these fields in which an object holds something; upper and lower case are not told apart. */
function fieldOf(held: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    if (Object.hasOwn(held, name) && held[name] !== null) return name;
  }
  const keys = Object.keys(held);
  return keys.find((key) => held[key] !== null && names.includes(key.toLowerCase()));
}

/** Whether a value is one turn of a conversation: it says who speaks and what they say. */
export function isTurn(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const role = ROLE_FIELDS.find((name) => typeof value[name] === 'string');
  if (role === undefined) return false;
  const said = TEXT_FIELDS.some((name) => Object.hasOwn(value, name));
  const speaker = scalarText(value[role]) ?? '';
  return said || TOOL_ROLES.has(speaker.toLowerCase());
}

/** Whether a value is a question with its answer, which makes two turns of a conversation. */
export function isPair(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) {
    return value.length === 2 && value.every((text) => typeof text === 'string');
  }
  if (!isJsonObject(value)) return false;
  return fieldOf(value, PAIR_QUESTIONS) !== undefined && fieldOf(value, PAIR_ANSWERS) !== undefined;
}

const MARKED_QUESTION = /^\s*(?:问题?|患者|病人|用户|Q|Question|User|Human|Patient)\s*[:：]\s*/i;
const MARKED_ANSWER = /^\s*(?:答案?|回答|医生|助手|A|Answer|Assistant|Doctor|GPT|Bot)\s*[:：]\s*/i;

/** Whether a value is a text that begins with the speaker ("问：…"). */
function isMarked(value: JsonValue): value is string {
  return typeof value === 'string' && (MARKED_QUESTION.test(value) || MARKED_ANSWER.test(value));
}

/** Whether a list is a conversation, by its elements. */
export function isConversation(value: JsonValue | undefined): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(isTurn) || value.every(isMarked);
}

/** The turns of a conversation, and what was not read in them. */
export interface Turns {
  readonly messages: Messages;
  /** Fields of turns that the studio does not use, with a value of each. */
  readonly unused: readonly (readonly [field: string, value: JsonValue])[];
}

/** Whether to train on a turn, by its marks; anything else that they say is unused. */
function isTrained(turn: JsonObject): boolean {
  return TRAIN_FIELDS.every((name) => {
    const mark = turn[name];
    return mark !== 0 && mark !== false;
  });
}

/** The reasoning in a part of a message. */
function thoughtIn(part: JsonValue): string | undefined {
  if (!isJsonObject(part) || (part['type'] !== 'thinking' && part['type'] !== 'reasoning'))
    return undefined;
  return scalarText(part['thinking'] ?? part['reasoning'] ?? part['text']) ?? '';
}

/** Content of a message: text, or a list of text parts. */
function contentText(turn: JsonObject, field: string): string {
  const value = turn[field];
  const scalar = scalarText(value);
  if (scalar !== undefined) return scalar;
  if (Array.isArray(value)) {
    const said = (value as readonly JsonValue[]).filter((part) => thoughtIn(part) === undefined);
    const parts = said.map((part) => (isJsonObject(part) ? part['text'] : part));
    const other = said.find((_part, i) => typeof parts[i] !== 'string');
    if (other === undefined) return parts.filter((part) => typeof part === 'string').join('');
    const type = isJsonObject(other) ? scalarText(other['type']) : undefined;
    const kind = (type ?? typeName(other)).slice(0, 40);
    throw rowFault('wrong-type', { field, detail: 'part', found: kind });
  }
  if (value === undefined || value === null) return '';
  throw wrongType(field, value, 'text');
}

function toolTurn(what: string): RowFault {
  const role = what.slice(0, 40);
  return rowFault('tool-turn', { role });
}

function roleOf(name: string): RecordMessage['role'] {
  const plain = name.trim().toLowerCase();
  const known = Object.hasOwn(ROLES, plain) ? ROLES[plain] : undefined;
  if (known !== undefined) return known;
  if (TOOL_ROLES.has(plain)) throw toolTurn(name);
  const role = name.slice(0, 40);
  throw rowFault('unknown-role', { role });
}

function messageOf(turn: JsonObject): TurnMessage {
  const roleField = ROLE_FIELDS.find((name) => Object.hasOwn(turn, name)) ?? 'role';
  const role = turn[roleField];
  if (typeof role !== 'string') throw wrongType(roleField, role, 'text');
  const speaker = roleOf(role);
  const textField = TEXT_FIELDS.find((name) => Object.hasOwn(turn, name));
  const content = textField === undefined ? '' : contentText(turn, textField);
  const calls = turn['tool_calls'] ?? turn['function_call'];
  if (content.trim() === '' && calls !== undefined && calls !== null) throw toolTurn('tool_calls');
  if (speaker !== 'assistant') return { role: speaker, content };
  const reasoningField = REASONING_FIELDS.find((name) => scalarText(turn[name])?.trim());
  const parts = textField === undefined ? undefined : turn[textField];
  const thought = Array.isArray(parts)
    ? parts.map((part: JsonValue) => thoughtIn(part) ?? '').join('')
    : '';
  const beside = reasoningField === undefined ? undefined : scalarText(turn[reasoningField]);
  const reasoning = beside ?? (thought.trim() === '' ? undefined : thought);
  return {
    role: speaker,
    content,
    ...(isTrained(turn) ? {} : { train: false }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

function unusedIn(turn: JsonObject, message: RecordMessage): [string, JsonValue][] {
  return Object.entries(turn).filter(([name, value]) => {
    if (value === null || value === '') return false;
    if (!READ_IN_TURN.has(name)) return true;
    const mark = (TRAIN_FIELDS as readonly string[]).includes(name);
    // A weight between 0 and 1 has no effect, nor has a mark that asks to train on a question.
    if (mark)
      return message.role === 'assistant'
        ? ![0, 1, true, false].includes(value as number)
        : value === true;
    return message.role !== 'assistant' && (REASONING_FIELDS as readonly string[]).includes(name);
  });
}

/** The messages of a pair of question and answer, and perhaps a system text. */
function pairMessages(pair: JsonValue, unused: [string, JsonValue][]): RecordMessage[] {
  if (Array.isArray(pair)) {
    const [question, answer] = pair as readonly JsonValue[];
    return [user(scalarText(question) ?? ''), assistant(scalarText(answer) ?? '')];
  }
  const held = pair as JsonObject;
  const questionField = fieldOf(held, PAIR_QUESTIONS) ?? '';
  const answerField = fieldOf(held, PAIR_ANSWERS) ?? '';
  const question = scalarText(held[questionField]);
  const answer = scalarText(held[answerField]);
  if (question === undefined) throw wrongType(questionField, held[questionField], 'text');
  if (answer === undefined) throw wrongType(answerField, held[answerField], 'text');
  const system = scalarText(held['system']) ?? '';
  for (const [name, value] of Object.entries(held)) {
    const read = [questionField, answerField, 'system'].includes(name);
    if (!read && value !== null && value !== '') unused.push([name, value]);
  }
  const turns = [user(question), assistant(answer)];
  return system.trim() === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

/**
 * The turns of a conversation in a field.
 * @throws RowFault where the field is no list of turns, of pairs, or of marked texts
 */
export function readTurns(value: JsonValue | undefined, field: string): Turns {
  if (!Array.isArray(value)) throw wrongType(field, value, 'turns');
  const list = value as readonly JsonValue[];
  const unused: [string, JsonValue][] = [];
  if (list.length > 0 && list.every(isMarked)) {
    const messages = list.map((text): RecordMessage => {
      const asks = MARKED_QUESTION.test(text);
      const content = text.replace(asks ? MARKED_QUESTION : MARKED_ANSWER, '');
      return asks ? user(content) : assistant(content);
    });
    return { messages, unused };
  }
  if (list.length > 1 && list.every((text) => typeof text === 'string')) {
    const messages = list.map((text, i) => (i % 2 === 0 ? user(text) : assistant(text)));
    return { messages, unused };
  }
  const messages = list.flatMap((turn): TurnMessage[] => {
    if (!isTurn(turn) && isPair(turn)) return pairMessages(turn, unused);
    if (!isJsonObject(turn)) {
      throw rowFault('wrong-type', { field, detail: 'turn', found: typeName(turn) });
    }
    const message = messageOf(turn);
    unused.push(...unusedIn(turn, message));
    return [message];
  });
  // Some files repeat the system text with every question.
  const [first] = messages;
  const repeats = ({ role, content }: RecordMessage, i: number): boolean =>
    i > 0 && role === 'system' && first?.role === 'system' && content === first.content;
  return { messages: messages.filter((message, i) => !repeats(message, i)), unused };
}
