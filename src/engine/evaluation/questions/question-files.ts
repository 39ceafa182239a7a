/** Reads all files of an evaluation together: those of lm-eval's tasks belong to each other, any other stands alone. */
import { parquetLines } from '../../../formats/parquet/parquet-lines.ts';
import type { FieldMapping } from '../../../formats/records/record-types.ts';
import { joinBytes } from '../../../formats/texts/text-lines.ts';
import type { EvaluationItem } from '../items.ts';
import {
  planTasks,
  questionsOf,
  readHarnessFile,
  type HarnessRole,
  type HarnessRows,
  type PlannedTask,
} from '../harness/files.ts';
import type { Split } from '../harness/task.ts';
import type { ClosedAnswers, KnownTasks } from '../settings.ts';
import type { LeftOutRow, QuestionSource } from './file-rows.ts';
import { readQuestionFile } from './question-file.ts';

/** A file of questions, and where it lies. */
export interface QuestionFile extends QuestionSource {
  /** Its name with the folders that are known. */
  readonly path: string;
}

/** How files are read as questions. */
export interface QuestionReading {
  /** A few short answers that recur in records are labels unless told otherwise. */
  readonly closed?: ClosedAnswers | undefined;
  /** As lm-eval asks them, unless told otherwise. */
  readonly known?: KnownTasks | undefined;
  /** Examples above each question of lm-eval's tasks. */
  readonly shots?: number | undefined;
}

/** A file of one of lm-eval's tasks, and what it is for. */
export interface KnownFile {
  readonly file: string;
  readonly task: string;
  readonly split: Split | null;
  readonly role: HarnessRole;
  readonly rows: number;
  /** All rows of the file: more than `rows` where it holds the whole data set, of which only a part counts. */
  readonly whole: number;
  /** Examples that each question of the task has above it. */
  readonly shots: number;
  /** The split that lm-eval asks. */
  readonly asks: Split;
  /** The split that lm-eval takes examples from; null where it takes them from the questions. */
  readonly examples: Split | null;
}

export interface ReadFiles {
  readonly items: readonly EvaluationItem[];
  readonly leftOut: readonly LeftOutRow[];
  /** Which column was read as what, by file; null where the shape of the rows says it. */
  readonly mappings: readonly (FieldMapping | null)[];
  readonly known: readonly KnownFile[];
}

/**
 * The questions of these files in their order; a task of lm-eval stands where its first file does.
 * @param check throws to stop; called now and then
 * @throws StudioError as readRows, `parquet-unreadable`
 */
export async function readQuestionFiles(
  files: readonly QuestionFile[],
  { closed, known = 'harness', shots = 0 }: QuestionReading,
  check?: () => Promise<void> | undefined,
): Promise<ReadFiles> {
  const parts: (HarnessRows | readonly EvaluationItem[])[] = [];
  const leftOut: (readonly LeftOutRow[])[] = [];
  const mappings: (FieldMapping | null)[] = [];
  for (const file of files) {
    const source = await asText(file);
    const rows = known === 'harness' ? await readHarnessFile(source, file.path, check) : null;
    const read = rows
      ? { items: rows, leftOut: rows.leftOut, mapping: null }
      : await readQuestionFile(source, check, closed);
    parts.push(read.items);
    leftOut.push(read.leftOut);
    mappings.push(read.mapping);
  }
  const plans = planTasks(parts.filter(isOfTask));
  const asked = plans.map((plan) => ({ plan, questions: questionsOf(plan, shots) }));
  const items = parts.map((part) => {
    if (!isOfTask(part)) return part;
    const own = asked.find(({ plan }) => plan.files[0]?.file === part);
    return own?.questions.items ?? [];
  });
  return {
    items: items.flat(),
    leftOut: leftOut.flat(),
    mappings,
    known: asked.flatMap(({ plan, questions }) => aboutFiles(plan, questions.shots)),
  };
}

const isOfTask = (part: HarnessRows | readonly EvaluationItem[]): part is HarnessRows =>
  'docs' in part;

function aboutFiles({ task, files }: PlannedTask, shots: number): KnownFile[] {
  return files.map(({ file, role }) => ({
    ...{ file: file.file, task: task.name, split: file.split, role, rows: file.docs.length },
    ...{ whole: file.rows, shots, asks: task.asks, examples: task.examples },
  }));
}

const PARQUET = [0x50, 0x41, 0x52, 0x31];

/** The file itself, or the rows of a Parquet file as lines of JSON. */
async function asText(source: QuestionFile): Promise<QuestionSource> {
  const { chunks, name, known } = source;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks()) {
    if (parts.length === 0 && !PARQUET.every((byte, i) => chunk[i] === byte)) return source;
    parts.push(new Uint8Array(chunk));
  }
  if (parts.length === 0) return source;
  const bytes = await parquetLines(joinBytes(parts), name);
  return { chunks: () => [bytes], name, known };
}
