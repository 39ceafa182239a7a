/** Open questions out of JSONL files and out of rows of data sets. */
import { StudioError } from '../errors.ts';
import { isJsonObject, parseJson } from '../formats/json.ts';
import type { JsonObject } from '../formats/json.ts';
import type { JudgeQuestion } from './judge-protocol.ts';
import type { DataRow } from './protocol.ts';

const MAX_FILE_BYTES = 64_000_000;
const FIELDS = {
  question: ['question', 'prompt', 'input', 'instruction'],
  reference: ['reference', 'reference_solution', 'answer', 'target', 'output', 'response'],
  task: ['task', 'task_dataset', 'task_type'],
  description: ['description', 'task_description', 'system'],
} as const;

function textOf(item: JsonObject, names: readonly string[]): string {
  for (const name of names) {
    const value = item[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return '';
}

/** One line: a question and a reference under any of their usual names. */
function readQuestion(line: string, file: string, number: number): JudgeQuestion {
  const item = parseJson(line, { name: `${file}:${number}` });
  if (!isJsonObject(item)) throw badQuestion(file, number, 'question');
  const [question, reference] = [textOf(item, FIELDS.question), textOf(item, FIELDS.reference)];
  if (question === '') throw badQuestion(file, number, 'question');
  if (reference === '') throw badQuestion(file, number, 'reference');
  const task = textOf(item, FIELDS.task);
  return {
    task: task === '' ? file.replace(/\.(?:jsonl|ndjson|json)$/i, '') : task,
    description: textOf(item, FIELDS.description),
    question,
    reference,
  };
}

/** @throws StudioError `judge-question` naming line and field, `judge-questions-missing`, `judge-file-too-large` */
export async function questionsOfFile(file: File, most: number): Promise<JudgeQuestion[]> {
  if (file.size > MAX_FILE_BYTES) throw tooLarge(file);
  const lines = (await file.text()).split(/\r?\n/);
  const numbered = lines.map((line, index) => ({ line, number: index + 1 }));
  const filled = numbered.filter(({ line }) => line.trim() !== '');
  if (filled.length === 0) throw nothingThere(file.name);
  return spread(filled.length, most).flatMap((index) => {
    const found = filled[index];
    return found ? [readQuestion(found.line, file.name, found.number)] : [];
  });
}

/** The last question of a record with its answer as the reference. */
export function questionOfRow({ messages, task }: DataRow): JudgeQuestion | null {
  const answer = messages.findLastIndex(({ role }) => role === 'assistant');
  const asked = messages.slice(0, answer).findLastIndex(({ role }) => role === 'user');
  const [question, reference] = [messages[asked]?.content, messages[answer]?.content];
  if (answer < 0 || question === undefined || reference === undefined) return null;
  const description = messages.find(({ role }) => role === 'system')?.content ?? '';
  return { task, description, question, reference };
}

/** At most so many indices, evenly spread over `count`. */
export function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

function badQuestion(file: string, line: number, field: string): StudioError {
  return new StudioError({
    code: 'judge-question',
    message: `Line ${line} of ${file} is no open question: it has no ${field}.`,
    kept: 'Answers and judgements so far.',
    remedy:
      'Each line needs question and reference; task and description may be given (prompt, input, answer, target and output are understood as well).',
    data: { file, line, field },
  });
}

export function nothingThere(name: string): StudioError {
  return new StudioError({
    code: 'judge-questions-missing',
    message: `${name} holds no open question.`,
    kept: 'Answers and judgements so far.',
    remedy: 'Choose a JSONL file with question and reference on each line, or a data set.',
    data: { name },
  });
}

function tooLarge({ name, size }: File): StudioError {
  return new StudioError({
    code: 'judge-file-too-large',
    message: `${name} has ${size} bytes; at most ${MAX_FILE_BYTES} are read.`,
    kept: 'Answers and judgements so far.',
    remedy: 'Take a part of the file.',
    data: { file: name, bytes: size, most: MAX_FILE_BYTES },
  });
}
