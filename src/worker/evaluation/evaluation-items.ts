/** Collects the questions of an evaluation: from files, or those that come with the studio. */
import { groupByTask, type EvaluationItem } from '../../engine/evaluation/items.ts';
import { offerUnsure } from '../../engine/evaluation/questions/unsure-option.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import type { WorkerContext } from '../context.ts';
import { chunksOf } from '../data/file-chunks.ts';
import type { KnownColumns } from '../../contract/data.ts';
import type {
  EvaluationSettings,
  LeftOutRows,
  LeftOutRow,
  QuestionPreview,
} from '../../contract/evaluation.ts';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import {
  readQuestionFiles,
  type QuestionReading,
  type ReadFiles,
} from '../../engine/evaluation/questions/question-files.ts';
import { breathing, type Task } from '../tasks/tasks.ts';
import { listSamples, SAMPLES } from '../data/samples.ts';

const MAX_FILE_BYTES = 64_000_000;
/** Most rows listed; the others are only counted. */
const MOST_LISTED = 100;
const LONGEST_REASON = 300;
/** Characters of a question that is shown as an example. */
const MOST_SHOWN = 600;

/** The questions that come with the studio. */
export async function sampleItems(files: PublicFiles): Promise<EvaluationItem[]> {
  const found: (readonly EvaluationItem[])[] = [];
  for (const { file, use } of await listSamples(files)) {
    if (use !== 'evaluation') continue;
    const bytes = await files.read(`${SAMPLES}/${file}`);
    const { items, leftOut } = await readQuestionFile({ chunks: () => [bytes], name: file });
    const [fault] = leftOut;
    if (fault) throw new RangeError(`${file}, line ${fault.line}: ${fault.reason}`);
    found.push(items);
  }
  return found.flat();
}

/** Files of questions, and the mappings that a person chose for their columns. */
export interface QuestionFiles {
  readonly files: readonly File[];
  readonly columns?: readonly KnownColumns[] | undefined;
}

/** A set of questions with its identifying hash. */
export interface Questions {
  readonly items: readonly EvaluationItem[];
  /** SHA-256 of the items. */
  readonly itemsId: string;
  readonly files: readonly string[];
  /** Unknown for questions that earlier versions stored. */
  readonly leftOut: LeftOutRows | undefined;
}

/**
 * Reads the questions of these files, or the studio's samples where there are none, and notes the rows left out.
 * @throws StudioError `evaluation-too-large`, `evaluation-empty`, `evaluation-no-answers`, `cancelled`, and what
 *   reading throws
 */
export async function readQuestions(
  publicFiles: PublicFiles,
  { files, columns }: QuestionFiles,
  task: Pick<Task, 'check'> | null,
  how: QuestionReading = {},
): Promise<ReadFiles> {
  if (files.length === 0) {
    return { items: await sampleItems(publicFiles), leftOut: [], mappings: [], known: [] };
  }
  const tooLong = files.find(({ size }) => size > MAX_FILE_BYTES);
  if (tooLong) throw tooLarge(tooLong);
  const sources = files.map((file) => ({
    ...{ chunks: () => chunksOf(file, file.name), name: file.name, known: columns },
    path: file.webkitRelativePath || file.name,
  }));
  const all = await readQuestionFiles(sources, how, breathing(task));
  if (all.items.length === 0) throw nothingToAsk(files, all.leftOut);
  return all;
}

/** What files would ask, task by task. @throws StudioError as readQuestions */
export async function previewQuestions(
  publicFiles: PublicFiles,
  source: QuestionFiles,
  how?: QuestionReading,
): Promise<QuestionPreview> {
  const read = await readQuestions(publicFiles, source, null, how);
  const { items: all, leftOut, mappings, known } = read;
  const tasks = groupByTask(all).map(({ task, kind, metric, items }) => {
    const [first] = items;
    return {
      ...{ task, kind, metric, items: items.length },
      prompt: (first?.prompt ?? '').slice(0, MOST_SHOWN),
      answer: (first?.answer ?? '').slice(0, MOST_SHOWN),
    };
  });
  return { tasks, leftOut: leftOut.length, mappings, known };
}

/** Reads the questions and stores them. @throws StudioError as readQuestions */
export async function storeQuestions(
  { publicFiles, storage }: Pick<WorkerContext, 'publicFiles' | 'storage'>,
  source: QuestionFiles,
  {
    maxItems,
    unsure = false,
    ...how
  }: Pick<EvaluationSettings, 'maxItems' | 'unsure'> & QuestionReading,
  task: Task | null = null,
): Promise<Questions> {
  const { files } = source;
  const all = await readQuestions(publicFiles, source, task, how);
  const limited = limitItems(all.items, maxItems);
  const items = unsure ? offerUnsure(limited) : limited;
  const itemsId = sealOf(items);
  task?.check();
  await storage.evaluations.putItems(itemsId, items);
  return { items, itemsId, files: files.map(({ name }) => name), leftOut: listed(all.leftOut) };
}

/** The rows left out, as they are stored. */
export function listed(rows: readonly LeftOutRow[]): LeftOutRows {
  const first = rows.slice(0, MOST_LISTED);
  return {
    count: rows.length,
    listed: first.map((row) => ({ ...row, reason: row.reason.slice(0, LONGEST_REASON) })),
  };
}

/** Why files without a single question that can be scored give no scores. */
function nothingToAsk(files: readonly File[], rows: readonly LeftOutRow[]): StudioError {
  const names = files.map(({ name }) => name).join(', ');
  const [first] = rows;
  if (first && rows.every(({ code }) => code === 'no-answer' || code === 'empty-response')) {
    return fault(
      'evaluation-no-answers',
      { files: names, count: rows.length, field: first.field },
      { kept: 'earlier-results' },
    );
  }
  return fault(
    'evaluation-empty',
    first
      ? {
          count: rows.length,
          file: first.file,
          line: first.line,
          field: first.field,
          row: first.code,
          rowData: first.data,
          said: first.reason,
        }
      : { count: 0 },
    { kept: 'earlier-results' },
  );
}

function tooLarge({ name, size }: File): StudioError {
  return fault(
    'evaluation-too-large',
    { file: name, bytes: size, most: MAX_FILE_BYTES },
    { kept: 'earlier-results' },
  );
}

/** SHA-256 of a value as JSON. */
export function sealOf(value: unknown): string {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(JSON.stringify(value)));
  return sealer.seal().sha256;
}
