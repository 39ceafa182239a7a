/** Looks at the beginning of a file: its fields, the shape they make, and what they may mean. */
import { isJsonObject } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { valueAt } from './record-fields.ts';
import { lookAt, mcqReading, reasonedIn } from './record-look.ts';
import type { McqReading } from './record-look.ts';
import { importRecords } from './records.ts';
import { recognizeShape } from './record-shapes.ts';
import { isConversation, isPair, TURN_FIELDS } from './record-turns.ts';
import type {
  ChatRecord,
  FieldMapping,
  ImportProblem,
  ReadingChoices,
  RecordShape,
} from './record-types.ts';
import type { Chunks, RecordLayout, TextEncodingName } from './rows.ts';

const MAX_FIELDS = 100;
const SAMPLES = 3;
const SAMPLE_LENGTH = 200;

export interface FieldSample {
  /** Name of a column, or of a JSON field (`a.b`: field b inside field a). */
  readonly name: string;
  /** A few different values, as text, cut where they are long. */
  readonly samples: readonly string[];
}

export interface FileInspection {
  readonly layout: RecordLayout;
  readonly encoding: TextEncodingName;
  /** Number of values that were looked at, and of those with a known shape. */
  readonly values: number;
  readonly recognised: number;
  readonly shape: RecordShape | null;
  readonly fields: readonly FieldSample[];
  /** What the names of the fields suggest; parts that no name suggests are absent. */
  readonly guess: Partial<FieldMapping>;
  /** How the right options are named, where rows of a known shape have options. */
  readonly answers: McqReading | null;
  /** Number of answers with reasoning beside them, among rows of a known shape. */
  readonly reasoned: number;
}

/** A record as the import reads it, or why it reads none. */
export type TriedRecord = { readonly line: number } & (
  | { readonly record: ChatRecord; readonly right?: readonly string[] }
  | { readonly fault: Pick<ImportProblem, 'code' | 'reason' | 'data'> }
);

/** The first records of a file, and facts that only all the rows that were looked at show. */
export interface TriedFile {
  readonly tried: readonly TriedRecord[];
  /** How this mapping names the right options. */
  readonly answers: McqReading | null;
  readonly reasoned: number;
}

/** Fields of a row; fields inside an object are given by their path. */
function pathsOf(row: JsonObject): string[] {
  return Object.entries(row).flatMap(([name, value]) =>
    isJsonObject(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
  );
}

function asText(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SAMPLE_LENGTH ? `${text.slice(0, SAMPLE_LENGTH)}…` : text;
}

function fieldSamples(rows: readonly JsonObject[]): FieldSample[] {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const name of pathsOf(row)) {
      const known = found.get(name) ?? new Set<string>();
      if (!found.has(name) && found.size >= MAX_FIELDS) continue;
      found.set(name, known);
      const value = valueAt(row, name);
      const blank = value === undefined || value === null || value === '';
      if (!blank && known.size < SAMPLES) known.add(asText(value));
    }
  }
  return [...found].map(([name, samples]) => ({ name, samples: [...samples] }));
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
function guessTurns(
  rows: readonly JsonObject[],
  fields: readonly FieldSample[],
): string | undefined {
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

function guessMapping(
  rows: readonly JsonObject[],
  fields: readonly FieldSample[],
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

/** What a file seems to hold, from its first rows. @throws StudioError as readRows */
export async function inspectRecords(chunks: Chunks, fileName: string): Promise<FileInspection> {
  const look = await lookAt(chunks, fileName);
  const { rows, about, values } = look;
  const shapes = new Map<RecordShape, number>();
  for (const value of values) {
    const shape = isConversation(value) ? 'messages' : isJsonObject(value) && recognizeShape(value);
    if (shape) shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [most] = [...shapes].sort(([, a], [, b]) => b - a);
  const fields = fieldSamples(rows);
  return {
    layout: about.layout,
    encoding: about.encoding,
    values: values.filter((value) => isJsonObject(value) || isConversation(value)).length,
    recognised: [...shapes.values()].reduce((sum, count) => sum + count, 0),
    shape: most?.[0] ?? null,
    fields,
    guess: guessMapping(rows, fields),
    answers: mcqReading(rows) ?? null,
    reasoned: reasonedIn(values),
  };
}

/** The first records as the import makes them. @throws StudioError as importRecords */
export async function tryRecords(
  chunks: () => Chunks,
  options: ReadingChoices & { readonly fileName: string; readonly mapping?: FieldMapping },
  count: number,
): Promise<TriedFile> {
  const { fileName, mapping } = options;
  const tried: TriedRecord[] = [];
  for await (const { records, problems } of importRecords(chunks(), options)) {
    const listed = problems.filter(({ kept }) => kept !== true);
    const found = [
      ...records.map(({ line, record, right }) => ({ line, record, ...(right && { right }) })),
      ...listed.map(({ line, code, reason, data }) => ({ line, fault: { code, reason, data } })),
    ];
    tried.push(...found.sort((a, b) => a.line - b.line));
    if (tried.length >= count) break;
  }
  const { rows, values } = await lookAt(chunks(), fileName);
  const answers = mcqReading(rows, mapping) ?? null;
  return { tried: tried.slice(0, count), answers, reasoned: reasonedIn(values, mapping) };
}
