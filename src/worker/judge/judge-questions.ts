/** Finds open questions in files and in rows of data sets. */
import { fault, type StudioError } from '../../faults/fault.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../formats/texts/json.ts';
import { missingField } from '../../formats/records/record-fields.ts';
import { readRecord, recognizeShape } from '../../formats/records/record-shapes.ts';
import { chunksOf } from '../data/file-chunks.ts';
import type { LeftOutRow } from '../../contract/evaluation.ts';
import {
  decideReading,
  takeRows,
  type Reading,
  type RowOutcome,
} from '../../engine/evaluation/questions/file-rows.ts';
import {
  isMultipleChoice,
  readEvaluationRow,
  rightLetters,
  type EvaluationItem,
} from '../../engine/evaluation/items.ts';
import { partsOf } from '../../engine/evaluation/shortcuts/question-parts.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing } from '../tasks/tasks.ts';
import { listed } from '../evaluation/evaluation-items.ts';
import type { FoundQuestions, JudgeQuestion } from '../../contract/judge.ts';
import type { DataRow, KnownColumns } from '../../contract/data.ts';

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

/** Reads a question and a reference: from a shape that the import knows, or from fields with usual names. */
function readQuestion(
  value: JsonValue,
  { record }: Reading,
  file: string,
): RowOutcome<JudgeQuestion> {
  const evaluated = readEvaluationRow(value);
  if (evaluated) {
    return evaluated.ok ? { ok: true, item: questionOfItem(evaluated.item) } : evaluated;
  }
  const row = isJsonObject(value) ? value : {};
  const name = textOf(row, FIELDS.task);
  const task = name === '' ? file : name;
  const description = textOf(row, FIELDS.description);
  const known = recognizeShape(row) !== undefined || !isJsonObject(value);
  const [question, reference] = [textOf(row, FIELDS.question), textOf(row, FIELDS.reference)];
  if (known || (record.mapping !== undefined && (question === '' || reference === ''))) {
    const { messages } = readRecord(value, record).record;
    const found = questionOfRow({ messages, task });
    if (found)
      return { ok: true, item: { ...found, description: found.description || description } };
  }
  const missing = question === '' ? 'question' : reference === '' ? 'reference' : null;
  if (missing === null) return { ok: true, item: { task, description, question, reference } };
  throw missingField(missing);
}

/** A question of an evaluation file. Its reference says what the right letters stand for: an open answer may give no letter. */
function questionOfItem(item: EvaluationItem): JudgeQuestion {
  const { task, prompt: question, answer, choices = [] } = item;
  const about = { task, description: '', question };
  const options = isMultipleChoice(item) ? (partsOf(question, choices)?.options ?? []) : [];
  const right = new Set(options.length > 0 ? rightLetters(item) : []);
  const named = options
    .filter(({ letter }) => right.has(letter))
    .map(({ letter, text }) => `${letter}. ${text}`);
  return { ...about, reference: named.length > 0 ? named.join('\n') : answer };
}

/** A text as it is looked for among others: case, spaces and signs do not count. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, ' ')
    .trim();
}

/** Places of the questions that stand in these data sets, word for word; sets that are gone hold none. */
export async function questionsInSets(
  { dataSets, locks }: Pick<Storage, 'dataSets' | 'locks'>,
  questions: readonly JudgeQuestion[],
  ids: readonly string[],
): Promise<number[]> {
  const places = new Map<string, number[]>();
  questions.forEach(({ question }, place) => {
    const text = plain(question);
    places.set(text, [...(places.get(text) ?? []), place]);
  });
  const known = new Set((await dataSets.list()).map(({ id }) => id));
  const seen = new Set<number>();
  for (const id of ids.filter((one) => known.has(one))) {
    await whileInUse(locks, [dataLock(id)], async () => {
      for await (const rows of dataSets.allRows(id)) {
        for (const { content, role } of rows.flatMap(({ messages }) => messages)) {
          if (role !== 'user') continue;
          for (const place of places.get(plain(content)) ?? []) seen.add(place);
        }
      }
    });
  }
  return [...seen].sort((a, b) => a - b);
}

/**
 * Open questions of a file, evenly spread where there are more than `most`, and the rows that hold none.
 * @throws StudioError `judge-questions-missing`, `judge-file-too-large`, and as readRows
 */
export async function questionsOfFile(
  file: File,
  most: number,
  known?: readonly KnownColumns[],
): Promise<FoundQuestions> {
  if (file.size > MAX_FILE_BYTES) throw tooLarge(file);
  const name = file.name.replace(/\.(?:jsonl|ndjson|json|csv|tsv|txt)(?:\.gz)?$/i, '');
  const source = { chunks: () => chunksOf(file, file.name), name: file.name, known };
  const reading = await decideReading(source);
  const take = (value: JsonValue) => readQuestion(value, reading, name);
  const found = await takeRows(source, take, breathing(null));
  if (found.items.length === 0) throw nothingThere(file.name, found.leftOut[0]);
  const questions = spread(found.items.length, most).flatMap((index) => found.items[index] ?? []);
  return { questions, leftOut: listed(found.leftOut) };
}

/** The last question of a record with its answer as the reference. */
export function questionOfRow({
  messages,
  task,
}: Pick<DataRow, 'messages' | 'task'>): JudgeQuestion | null {
  const answer = messages.findLastIndex(({ role }) => role === 'assistant');
  const asked = messages.slice(0, answer).findLastIndex(({ role }) => role === 'user');
  const [question, reference] = [messages[asked]?.content, messages[answer]?.content];
  if (answer < 0 || question === undefined || reference === undefined) return null;
  const description = messages.find(({ role }) => role === 'system')?.content ?? '';
  return { task, description, question, reference };
}

/** At most `most` indices, evenly spread over `count`. */
export function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

/** @param first the first row that holds no question, where there is one */
export function nothingThere(name: string, first?: LeftOutRow): StudioError {
  return fault(
    'judge-questions-missing',
    {
      name,
      ...(first && {
        line: first.line,
        field: first.field,
        row: first.code,
        rowData: first.data,
        said: first.reason,
      }),
    },
    { kept: 'judgements' },
  );
}

function tooLarge({ name, size }: File): StudioError {
  return fault(
    'judge-file-too-large',
    { file: name, bytes: size, most: MAX_FILE_BYTES },
    { kept: 'judgements' },
  );
}
