/** Reads files of lm-eval's tasks, and builds the questions of all files of a task together. */
import { rowFault } from '../../../faults/row-fault.ts';
import { lookAt } from '../../../formats/records/record-look.ts';
import { isJsonObject } from '../../../formats/texts/json.ts';
import type { EvaluationItem } from '../items.ts';
import { takeRows, type LeftOutRow, type QuestionSource } from '../questions/file-rows.ts';
import { harnessItems } from './questions.ts';
import type { HarnessDoc, HarnessTask, Split } from './task.ts';
import { recogniseFile } from './tasks.ts';

/** Rows that decide what a file is. */
const FIRST_ROWS = 200;

/** A file of a task, read. */
export interface HarnessRows {
  readonly file: string;
  readonly task: HarnessTask;
  readonly split: Split | null;
  readonly docs: readonly HarnessDoc[];
  /** Rows of the same file that lm-eval takes examples from, where it holds the whole data set. */
  readonly examples: readonly HarnessDoc[];
  /** All rows that were read, of whatever split. */
  readonly rows: number;
  readonly leftOut: readonly LeftOutRow[];
}

/**
 * The rows of a file of one of lm-eval's tasks; null where it is none.
 * @param path its name, with its folders where they are known
 * @throws StudioError as readRows
 */
export async function readHarnessFile(
  source: QuestionSource,
  path: string,
  check?: () => Promise<void> | undefined,
): Promise<HarnessRows | null> {
  const { values } = await lookAt(source.chunks(), source.name);
  const found = recogniseFile(path, values.slice(0, FIRST_ROWS));
  if (!found) return null;
  const { task, split, published } = found;
  const { items: docs, leftOut } = await takeRows(
    source,
    (value) => {
      if (!isJsonObject(value)) throw rowFault('not-an-object', { found: typeof value });
      return { ok: true, item: task.read(published(value)) };
    },
    check,
  );
  const file = { file: source.name, task, rows: docs.length, leftOut };
  // The rule of the authors needs every row of theirs.
  const parts = leftOut.length === 0 ? task.parts?.(path, docs) : null;
  return parts
    ? { ...file, split: task.asks, docs: parts.asked, examples: parts.examples }
    : { ...file, split, docs, examples: [] };
}

/** What a file is for: its rows are asked, stand above questions as examples, or neither. */
export type HarnessRole = 'asked' | 'examples' | 'unused';

/** What one file gives to its task. */
export interface HarnessPlan {
  readonly file: HarnessRows;
  readonly role: HarnessRole;
}

/** A task with all its files. */
export interface PlannedTask {
  readonly task: HarnessTask;
  readonly files: readonly HarnessPlan[];
}

/**
 * What each file is for: the split that lm-eval asks is asked, and so is a file that names no split. Where there is
 * neither, all files but the examples are asked; where there are only examples, these are.
 */
export function planTasks(files: readonly HarnessRows[]): PlannedTask[] {
  const tasks = [...new Set(files.map(({ task }) => task))];
  return tasks.map((task) => {
    const own = files.filter((file) => file.task === task);
    const isExamples = ({ split }: HarnessRows): boolean => split === task.examples;
    const rules = [
      ({ split }: HarnessRows) => split === task.asks || split === null,
      (file: HarnessRows) => !isExamples(file),
    ];
    const asks = rules.find((rule) => own.some(rule)) ?? (() => true);
    const roleOf = (file: HarnessRows): HarnessRole => {
      if (asks(file)) return 'asked';
      return isExamples(file) ? 'examples' : 'unused';
    };
    return { task, files: own.map((file) => ({ file, role: roleOf(file) })) };
  });
}

/** The questions of a task, and how many examples each has above it. */
export interface PlannedQuestions {
  readonly task: string;
  readonly items: readonly EvaluationItem[];
  readonly shots: number;
  /** Rows that examples could be taken from. */
  readonly pool: number;
}

/**
 * The questions of all files of a task, with as many examples as there are where that is fewer than asked for. Where
 * lm-eval takes examples from another split that was not given, there are none.
 */
export function questionsOf({ task, files }: PlannedTask, shots: number): PlannedQuestions {
  const docsOf = (role: HarnessRole): HarnessDoc[] =>
    files.filter((plan) => plan.role === role).flatMap(({ file }) => file.docs);
  const docs = docsOf('asked');
  const others = docsOf('examples');
  const beside = files.flatMap(({ file, role }) => (role === 'asked' ? file.examples : []));
  const pool = task.examples === null ? docs : others.length > 0 ? others : beside;
  const given = Math.min(shots, pool.length);
  const items = harnessItems(task, docs, pool, given);
  return { task: task.name, items, shots: given, pool: pool.length };
}
