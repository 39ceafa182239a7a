/** Guesses which field of a file holds which part of a record: by the names of the fields, else by their values. */
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { valueAt } from './record-fields.ts';
import { fieldsOf } from './record-mapping.ts';
import { isConversation, isPair, TURN_FIELDS } from './record-turns.ts';
import type { FieldMapping } from './record-types.ts';

interface Named {
  readonly name: string;
}

/** Names that people give to the parts of a record, best first, in lower case without separators. */
const NAMES = {
  prompt: [
    'instruction',
    'question',
    'query',
    'prompt',
    'problem',
    'ask',
    'q',
    'questions',
    'stem',
    'qtext',
    'body',
    'statement',
    'sentence1',
    'query1',
    'premise',
    '指令',
    '问题',
    '提问',
    '问句',
    '题目',
    '题干',
  ],
  response: [
    'response',
    'output',
    'target',
    'completion',
    'reply',
    'answer',
    'solution',
    'label',
    'a',
    'answers',
    'finaldecision',
    'correctanswer',
    'longanswer',
    'idealanswer',
    'exactanswer',
    'goldlabel',
    'sectiontext',
    'note',
    'summary',
    'chosen',
    'content',
    '回答',
    '回复',
    '答案',
    '答复',
    '输出',
  ],
  input: [
    'input',
    'context',
    'contexts',
    'passage',
    'text',
    'abstract',
    'document',
    'description',
    'sentence2',
    'query2',
    'hypothesis',
    'dialogue',
    'conversation',
    '输入',
    '上下文',
    '描述',
    '正文',
  ],
  system: ['system', 'systemprompt', '系统', '系统提示'],
  task: [
    'task',
    'taskdataset',
    'dataset',
    'category',
    'department',
    'subject',
    'subjectname',
    '任务',
    '类别',
    '科室',
  ],
  reasoning: [
    'reasoning',
    'reasoningcontent',
    'thinking',
    'complexcot',
    'cot',
    'chainofthought',
    'rationale',
    '推理',
    '思考过程',
  ],
  choices: ['options', 'choices', 'option', 'answerchoices', '选项', '候选'],
  answer: [
    'answer',
    'answeridx',
    'answerindex',
    'answerkey',
    'cop',
    'correct',
    'correctanswer',
    'correctoption',
    'correctindex',
    'correctid',
    'rightanswer',
    'ra',
    'gold',
    'label',
    '答案',
    '正确答案',
  ],
} as const;

/** Lists under these names hold one question, or one answer, in several wordings. */
const PHRASINGS: ReadonlySet<string> = new Set([...NAMES.prompt, ...NAMES.response]);

const plain = (name: string): string =>
  (name.split('.').at(-1) ?? name).toLowerCase().replace(/[\s_-]/g, '');

/** One column for each choice: A, B, …; opa, opb, …; option1, choice_2, 选项A. */
const OWN_CHOICE = /^(?:(?:op|option|choice|opt|选项)?([a-h]|[0-9])|(?:ending)([0-9]))$/;

/** The field that holds turns, or questions with their answers, in every row that has it. */
function guessTurns(rows: readonly JsonObject[], fields: readonly Named[]): string | undefined {
  const holds = (value: JsonValue | undefined, name: string): boolean => {
    if (isConversation(value)) return true;
    if (!Array.isArray(value) || value.length === 0) return false;
    const key = plain(name);
    const turns = value.every(isJsonObject) || !PHRASINGS.has(key);
    if (turns && value.every(isPair)) return true;
    // A list of texts, question and answer in turn, counts only under a name that says so.
    const even = value.length % 2 === 0 && value.every((text) => typeof text === 'string');
    return even && (TURN_FIELDS.has(key) || key === 'data');
  };
  return fields.find(({ name }) => {
    const values = rows
      .map((row) => valueAt(row, name))
      .filter((value) => value !== undefined && value !== null);
    return values.length > 0 && values.every((value) => holds(value, name));
  })?.name;
}

/** What the names of the fields suggest; parts that no name suggests are absent. */
export function guessMapping(
  rows: readonly JsonObject[],
  fields: readonly Named[],
): Partial<FieldMapping> {
  const turns = guessTurns(rows, fields);
  const taken = new Set<string>();
  const take = (names: readonly string[]): string | undefined => {
    for (const wanted of names) {
      const found = fields.find(({ name }) => !taken.has(name) && plain(name) === wanted);
      if (!found) continue;
      taken.add(found.name);
      return found.name;
    }
    return undefined;
  };
  if (turns !== undefined) {
    taken.add(turns);
    const [input, system, task] = [take(NAMES.input), take(NAMES.system), take(NAMES.task)];
    return {
      turns,
      ...(input === undefined ? {} : { input }),
      ...(system === undefined ? {} : { system }),
      ...(task === undefined ? {} : { task }),
    };
  }
  const list = take(NAMES.choices);
  const own = fields.map(({ name }) => name).filter((name) => OWN_CHOICE.test(plain(name)));
  // "q" and "a" alone are a question and an answer.
  const choices = list === undefined ? (own.length >= 2 ? own : undefined) : [list];
  if (list === undefined) for (const name of choices ?? []) taken.add(name);
  const answer = choices && take(NAMES.answer);
  const prompt = take(NAMES.prompt);
  const response = answer === undefined ? take(NAMES.response) : undefined;
  const input = take(NAMES.input);
  const system = take(NAMES.system);
  const task = take(NAMES.task);
  const reasoning = response === undefined ? undefined : take(NAMES.reasoning);
  return {
    ...(prompt === undefined && input !== undefined ? { prompt: input } : {}),
    ...(prompt === undefined ? {} : { prompt, ...(input === undefined ? {} : { input }) }),
    ...(response === undefined ? {} : { response }),
    ...(system === undefined ? {} : { system }),
    ...(task === undefined ? {} : { task }),
    ...(choices === undefined ? {} : { choices }),
    ...(answer === undefined ? {} : { answer }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

/** A field whose values are texts that differ from row to row; `length` is their mean length. */
interface TextField {
  readonly name: string;
  readonly length: number;
}

/** From this mean length on a text is more than a name or a label; a Chinese character counts as two. */
const PROSE = 24;

const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/gu;
/** Numbers, dates, addresses and names of records: one word with a digit or a colon in it. */
const NO_TEXT = /^\S*[\d:]\S*$/u;

function textField(rows: readonly JsonObject[], name: string): TextField | undefined {
  const values = rows
    .map((row) => valueAt(row, name))
    .filter((value) => value !== undefined && value !== null && value !== '');
  const texts = values
    .filter((value) => typeof value === 'string')
    .filter((text) => !NO_TEXT.test(text.trim()));
  const usual = texts.length * 2 > rows.length && texts.length >= values.length * 0.8;
  if (!usual || new Set(texts).size * 2 <= texts.length) return undefined;
  const wide = (text: string): number => text.match(WIDE)?.length ?? 0;
  const units = texts.reduce((sum, text) => sum + text.length + wide(text), 0);
  return { name, length: units / texts.length };
}

const longest = (fields: readonly TextField[]): string | undefined =>
  fields.reduce<TextField | undefined>(
    (best, field) => (best === undefined || field.length > best.length ? field : best),
    undefined,
  )?.name;

/**
 * A guess by names, with the parts that it lacks by values: of the fields that hold texts the first asks and the last
 * answers, and the longest one belongs to whatever names gave. Nothing is added where no field holds more than words.
 */
export function likelyMapping(
  rows: readonly JsonObject[],
  fields: readonly Named[],
  guess: Partial<FieldMapping>,
): Partial<FieldMapping> {
  const { prompt, turns, response, answer } = guess;
  const answered = response !== undefined || answer !== undefined;
  if (turns !== undefined || (prompt !== undefined && answered)) return guess;
  const taken = fieldsOf(guess);
  const texts = fields
    .filter(({ name }) => !taken.includes(name))
    .flatMap(({ name }) => textField(rows, name) ?? []);
  if (!texts.some(({ length }) => length >= PROSE)) return guess;
  if (prompt !== undefined || answered) {
    const found = longest(texts);
    if (found === undefined) return guess;
    return prompt === undefined ? { ...guess, prompt: found } : { ...guess, response: found };
  }
  const [first, ...others] = texts;
  const last = others.pop();
  if (first === undefined || last === undefined) return guess;
  const [between] = others.length === 1 ? others : [];
  const input = between && guess.input === undefined ? { input: between.name } : {};
  return { ...guess, prompt: first.name, ...input, response: last.name };
}
