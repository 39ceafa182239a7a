/** Reads one row as a record, by the shape it has or by a mapping of its fields. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { isOptionList, lettered, optionsOf } from './record-answers.ts';
import {
  assistant,
  joinInput,
  optionalText,
  requiredText,
  scalarText,
  systemOf,
  typeName,
  user,
  valueAt,
  wrongType,
} from './record-fields.ts';
import type { Draft, Messages } from './record-fields.ts';
import { givenAnswer, readMapped } from './record-mapping.ts';
import {
  isConversation,
  isPair,
  isTurn,
  readTurns,
  REASONING_FIELDS,
  TURN_FIELDS,
} from './record-turns.ts';
import { isVerdict } from './closed-answers.ts';
import type {
  AnswerReading,
  ChatRecord,
  FieldMapping,
  ReasoningUse,
  DataKind,
  RecordMessage,
  RecordShape,
} from './record-types.ts';
import { isWellFormed } from '../texts/unicode.ts';

export interface ShapeOptions {
  readonly shape: RecordShape | 'auto';
  readonly mapping?: FieldMapping;
  /** How answers name the right options; undefined where the file leaves that open. */
  readonly answers?: AnswerReading | undefined;
  /** The field of multiple-choice rows that holds the answer. */
  readonly answerField?: string | undefined;
  /** `train` unless told. */
  readonly reasoning?: ReasoningUse | undefined;
}

export interface ReadRecord {
  readonly shape: RecordShape | 'mapped';
  readonly record: ChatRecord;
  /** Fields that hold something and were not read, with their values. */
  readonly unused: readonly (readonly [field: string, value: JsonValue])[];
  /** Answers with reasoning beside them. */
  readonly reasoned: number;
  /** Texts of the right options of a multiple-choice row. */
  readonly right?: readonly string[] | undefined;
}

/** Fields that may name the right option of a multiple-choice row, best first. */
export const ANSWER_FIELDS = ['answer', 'answer_idx', 'answerKey', 'cop', 'ra'] as const;
const QUESTION_FIELDS = ['question', 'qtext'] as const;
const OPTION_FIELDS = ['options', 'choices', 'option'] as const;

/** Field with a list of answers to choose from, each with a name; in other rows, a list of right answers. */
const OFFERED = 'answers';

/** Whether all these fields are there and not null. */
function has(row: JsonObject, ...fields: readonly string[]): boolean {
  return fields.every((field) => Object.hasOwn(row, field) && row[field] !== null);
}

/** Whether all these fields are there, even where they are null. */
function named(row: JsonObject, ...fields: readonly string[]): boolean {
  return fields.every((field) => Object.hasOwn(row, field));
}

/** Fields that may hold the answer to a `prompt`, best first; `chosen` is the better of two. */
const COMPLETIONS = ['response', 'completion', 'chosen'] as const;

/** The field with a row's conversation: one of the usual names, or the only list of turns. */
function turnField(row: JsonObject): string | undefined {
  for (const name of ['messages', 'conversations']) if (has(row, name)) return name;
  const names = Object.keys(row);
  const holds = (value: JsonValue | undefined): boolean =>
    isConversation(value) || (Array.isArray(value) && value.length > 0 && value.every(isPair));
  const known = names.find((name) => TURN_FIELDS.has(name.toLowerCase()) && holds(row[name]));
  if (known !== undefined) return known;
  const lists = names.filter((name) => isConversation(row[name]));
  if (has(row, 'prompt') && COMPLETIONS.some((name) => has(row, name))) return undefined;
  // Where somebody chose between two conversations, the better one.
  if (lists.includes('chosen') && lists.includes('rejected')) return 'chosen';
  return lists.length === 1 ? lists[0] : undefined;
}

function shapeWith(row: JsonObject, there: typeof has): RecordShape | undefined {
  if (there(row, 'instruction', 'output')) return 'alpaca';
  if (there(row, 'input', 'target')) return 'input-target';
  // A row with only a question and its answer may be meant for training: the person who brings it has to say.
  if (there(row, 'prompt', 'answer', 'metric')) return 'evaluation';
  if (there(row, 'prompt') && COMPLETIONS.some((field) => there(row, field))) {
    return 'prompt-response';
  }
  const chosen = ANSWER_FIELDS.some((field) => there(row, field));
  const offers = OPTION_FIELDS.some((field) => there(row, field)) || isOptionList(row[OFFERED]);
  const asks = QUESTION_FIELDS.some((field) => there(row, field)) && offers;
  return asks && chosen ? 'mcq' : undefined;
}

/** The shape of a row by its fields, or undefined. A field with null counts only where no other shape fits. */
export function recognizeShape(row: JsonObject): RecordShape | undefined {
  const turns = turnField(row);
  if (turns !== undefined) return turns === 'conversations' ? 'sharegpt' : 'messages';
  const shape = shapeWith(row, has) ?? shapeWith(row, named);
  if (shape !== undefined) return shape;
  return named(row, 'messages') ? 'messages' : named(row, 'conversations') ? 'sharegpt' : undefined;
}

/** The options of a multiple-choice row, and the field that holds them. */
export function mcqOptions(row: JsonObject): {
  readonly field: string;
  declared: JsonValue | undefined;
} {
  const offered = isOptionList(row[OFFERED]) ? OFFERED : 'options';
  const field = OPTION_FIELDS.find((name) => has(row, name)) ?? offered;
  return { field, declared: row[field] };
}

/** Earlier turns of an alpaca record: [[question, answer], …], or turns. */
function historyOf(row: JsonObject): Messages {
  const history = row['history'];
  if (history === undefined || history === null) return [];
  if (Array.isArray(history) && (history.every(isPair) || history.every(isTurn))) {
    return readTurns(history, 'history').messages;
  }
  throw rowFault('wrong-type', { field: 'history', detail: 'pairs' });
}

function choicesOf(value: JsonValue | undefined, field: string): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return [value];
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const given = list.filter((choice) => choice !== null && choice !== '');
  const texts = given.map(scalarText).filter((choice) => choice !== undefined);
  if (Array.isArray(value) && texts.length === given.length)
    return texts.length > 0 ? texts : undefined;
  throw wrongType(field, value, 'texts');
}

/** Multiple choice: the question, its options and the value that names the right ones. */
function readMcq(row: JsonObject, options: ShapeOptions): Draft {
  const asked = QUESTION_FIELDS.find((name) => has(row, name)) ?? 'question';
  const question = requiredText(row, asked);
  const answer = options.answerField ?? ANSWER_FIELDS.find((name) => has(row, name)) ?? 'answer';
  const { field, declared } = mcqOptions(row);
  const given = givenAnswer(row, answer);
  const named = { given, field: answer, reading: options.answers };
  const found = lettered({ question, options: optionsOf(declared), ...named });
  return { ...found, read: [asked, field, answer] };
}

/** The reasoning that a separate field of the row holds for an answer, and that field. */
function rowReasoning(row: JsonObject): {
  readonly text: string | undefined;
  read: readonly string[];
} {
  const field = REASONING_FIELDS.find((name) => {
    const value = row[name];
    return typeof value === 'string' && value.trim() !== '';
  });
  return field === undefined
    ? { text: undefined, read: [] }
    : { text: optionalText(row, field), read: [field] };
}

/** The turns in a field that may also hold a text. */
function turnsOf(row: JsonObject, field: string): Messages | undefined {
  return isConversation(row[field]) ? readTurns(row[field], field).messages : undefined;
}

function readTurnShape(row: JsonObject, field: string): Draft {
  const { messages, unused } = readTurns(row[field], field);
  return { messages, read: [field], unused };
}

function readShape(row: JsonObject, shape: RecordShape, options: ShapeOptions): Draft {
  const { text: reasoning, read: reasoningRead } = rowReasoning(row);
  switch (shape) {
    case 'messages':
    case 'sharegpt':
      return readTurnShape(row, turnField(row) ?? (shape === 'messages' ? shape : 'conversations'));
    case 'alpaca': {
      const prompt = joinInput(requiredText(row, 'instruction'), optionalText(row, 'input'));
      const answer = assistant(requiredText(row, 'output'), reasoning);
      const messages = [...historyOf(row), user(prompt), answer];
      return { messages, read: ['instruction', 'input', 'output', 'history', ...reasoningRead] };
    }
    case 'input-target': {
      const answer = assistant(requiredText(row, 'target'), reasoning);
      return {
        messages: [user(requiredText(row, 'input')), answer],
        choices: choicesOf(row['answer_choices'], 'answer_choices'),
        read: ['input', 'target', 'answer_choices', ...reasoningRead],
      };
    }
    case 'prompt-response': {
      const field = COMPLETIONS.find((name) => has(row, name)) ?? 'response';
      const asked = turnsOf(row, 'prompt') ?? [user(requiredText(row, 'prompt'))];
      const answers = turnsOf(row, field) ?? [assistant(requiredText(row, field), reasoning)];
      // The answer may repeat the conversation before it.
      const whole = answers.some(({ role }) => role === 'user');
      const messages = whole ? answers : [...historyOf(row), ...asked, ...answers];
      return { messages, read: ['prompt', field, 'history', ...reasoningRead] };
    }
    case 'evaluation':
      return {
        messages: [user(requiredText(row, 'prompt')), assistant(requiredText(row, 'answer'))],
        choices: choicesOf(row['choices'], 'choices'),
        read: ['prompt', 'answer', 'choices', 'metric'],
      };
    case 'mcq':
      return readMcq(row, options);
  }
}

/** Fields in which people mark an answer as good or bad. */
const VERDICT_FIELDS = ['label', 'kto_tag', 'desirable'] as const;

/** The mark that the row's answer is good or bad, where the row has one that was not read as something else. */
function verdictOn(
  row: JsonObject,
  messages: Messages,
  read: readonly string[],
): { readonly field: string; readonly good: boolean } | undefined {
  const field = VERDICT_FIELDS.find((name) => !read.includes(name) && isTruthValue(row[name]));
  const answer = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  // Beside "yes" or "no" the mark only repeats the answer.
  if (field === undefined || isVerdict(answer)) return undefined;
  return { field, good: scalarText(row[field])?.toLowerCase() === 'true' };
}

const isTruthValue = (value: JsonValue | undefined): boolean =>
  typeof value === 'boolean' || (typeof value === 'string' && /^(?:true|false)$/i.test(value));

/** Puts the system text beside a question before the system text of its turns. */
function withSystem(beside: Messages, messages: Messages): Messages {
  const [text] = beside;
  const [first, ...others] = messages;
  if (text === undefined) return messages;
  if (first?.role !== 'system' || first.content.trim() === '') return [text, ...messages];
  if (first.content.trim() === text.content.trim()) return messages;
  return [{ role: 'system', content: `${text.content}\n${first.content}` }, ...others];
}

function checkText(messages: readonly RecordMessage[]): readonly RecordMessage[] {
  if (messages.every(({ content }) => isWellFormed(content))) return messages;
  throw rowFault('lone-surrogate');
}

const THOUGHT = /^\s*<think>([^]*?)<\/think>\s*/;

/** Length of the reasoning at the beginning of an answer, in <think> tags, where an answer follows it. */
function thoughtOf({ role, content }: RecordMessage): number | undefined {
  const [whole, thought = ''] = role === 'assistant' ? (THOUGHT.exec(content) ?? []) : [];
  if (whole === undefined || thought.trim() === '') return undefined;
  return whole.length < content.length ? whole.length : undefined;
}

/** An answer with its reasoning treated as the person chose. */
function withReasoning(message: Messages[number], use: ReasoningUse): RecordMessage {
  const { reasoning, ...plain } = message;
  const inside = thoughtOf(plain);
  if (inside !== undefined) {
    if (use === 'train') return plain;
    return use === 'drop'
      ? { ...plain, content: plain.content.slice(inside) }
      : { ...plain, untrained: inside };
  }
  if (reasoning === undefined || reasoning.trim() === '' || use === 'drop') return plain;
  const thought = `<think>\n${reasoning.trim()}\n</think>\n\n`;
  const content = `${thought}${plain.content}`;
  return use === 'train' ? { ...plain, content } : { ...plain, content, untrained: thought.length };
}

/** Checks what every record must satisfy and drops a blank system message. */
function checkMessages(messages: Messages): Messages {
  const kept = messages.filter(({ role, content }) => role !== 'system' || content.trim() !== '');
  const turns = kept.filter(({ role }) => role !== 'system');
  if (kept.findLastIndex(({ role }) => role === 'system') > 0) {
    throw rowFault('system-late');
  }
  if (turns[0]?.role !== 'user') {
    throw rowFault('no-prompt');
  }
  for (const { role, content } of turns) {
    if (content.trim() !== '') continue;
    if (role === 'user') throw rowFault('empty-prompt');
    throw rowFault('empty-response');
  }
  if (!turns.some(({ role }) => role === 'assistant')) {
    throw rowFault('empty-response', { detail: 'missing' });
  }
  if (!turns.some(({ role, train }) => role === 'assistant' && train !== false)) {
    throw rowFault('no-target');
  }
  return kept;
}

const TASK_FIELDS = ['task', 'task_dataset'] as const;

/** The name of a record's task, and the field that holds it. */
function taskName(
  row: JsonObject,
  mapping: FieldMapping | undefined,
): { readonly task: string; readonly field: string } | undefined {
  const fields = mapping?.task === undefined ? TASK_FIELDS : [mapping.task];
  for (const field of fields) {
    const value = valueAt(row, field);
    const task = typeof value === 'string' && isWellFormed(value) ? value : '';
    if (task.trim() !== '') return { task, field };
  }
  return undefined;
}

function kindOf(value: JsonValue | undefined): DataKind | undefined {
  return value === 'knowledge' || value === 'alignment' ? value : undefined;
}

const isBlank = (value: JsonValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Fields that hold something and were not read; inside an object that was read in part, they are given by path. */
function unusedOf(row: JsonObject, read: readonly string[]): [string, JsonValue][] {
  const unused: [string, JsonValue][] = [];
  for (const name in row) {
    const value = row[name] ?? null;
    if (read.includes(name) || isBlank(value)) continue;
    const inside = isJsonObject(value) && read.some((field) => field.startsWith(`${name}.`));
    if (!inside) unused.push([name, value]);
    else {
      const held = Object.entries(value).map(([inner, one]) => [`${name}.${inner}`, one] as const);
      for (const [path, one] of held)
        if (!read.includes(path) && !isBlank(one)) unused.push([path, one]);
    }
  }
  return unused;
}

function unknownShape(row: JsonObject): RowFault {
  const fields = Object.keys(row)
    .slice(0, 12)
    .map((name) => name.slice(0, 80))
    .join(', ');
  return rowFault('unknown-shape', { fields });
}

/** A list that is a conversation counts as a row with nothing beside its turns. */
const LIST = 'turns';

/** Reads one parsed value as a record. @throws RowFault saying what is wrong with the value */
export function readRecord(value: JsonValue, options: ShapeOptions): ReadRecord {
  const { mapping, reasoning: use = 'train' } = options;
  const bare = isConversation(value);
  const row: JsonValue = bare ? { [LIST]: value } : value;
  if (!isJsonObject(row)) {
    throw rowFault('not-an-object', { found: typeName(row) });
  }
  const shape = options.shape === 'auto' ? recognizeShape(row) : options.shape;
  const known = mapping === undefined ? shape : 'mapped';
  if (known === undefined) throw unknownShape(row);
  const draft =
    known === 'mapped'
      ? readMapped(row, bare ? { turns: LIST } : (mapping ?? {}), options.answers)
      : readShape(row, known, options);
  const system =
    known === 'mapped' && mapping?.system !== undefined
      ? { messages: [], read: [] }
      : systemOf(row);
  const named = taskName(row, mapping);
  const kind = kindOf(row['kind']);
  const metric = known === 'evaluation' ? row['metric'] : undefined;
  const read = [...draft.read, ...system.read];
  const verdict =
    known === 'mcq' || known === 'evaluation' ? undefined : verdictOn(row, draft.messages, read);
  if (verdict) read.push(verdict.field);
  if (verdict?.good === false) {
    throw rowFault('no-target', { detail: 'bad', field: verdict.field });
  }
  if (named) read.push(named.field);
  if (kind) read.push('kind');
  const messages = withSystem(system.messages, draft.messages);
  const record: ChatRecord = {
    messages: checkText(checkMessages(messages).map((message) => withReasoning(message, use))),
    ...(named === undefined ? {} : { task: named.task }),
    ...(draft.choices === undefined ? {} : { answerChoices: draft.choices }),
    ...(kind === undefined ? {} : { kind }),
    ...(typeof metric === 'string' ? { metric } : {}),
  };
  const reasoned = draft.messages.filter(
    (message) => message.reasoning !== undefined || thoughtOf(message) !== undefined,
  ).length;
  const unused = [...unusedOf(row, read), ...(draft.unused ?? [])];
  return { shape: known, record, unused, reasoned, right: draft.right };
}
