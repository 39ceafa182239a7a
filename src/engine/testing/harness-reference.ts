/** What lm-eval asked and scored on the small files of test/fixtures/lm-eval, for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetLines } from '../../formats/parquet/parquet-lines.ts';
import { readHarnessFile, type HarnessRows } from '../evaluation/harness/files.ts';

const HARNESS_FOLDER = 'test/fixtures/lm-eval';

/** One question as lm-eval asked it. */
export interface AskedItem {
  readonly id: number;
  readonly context: string;
  readonly continuations: readonly string[];
  readonly target: number | string;
  readonly doc_hash: string;
  readonly prompt_hash: string;
  readonly target_hash: string;
}

export interface ScoredItem {
  readonly id: number;
  readonly lls: readonly number[];
  readonly acc: number;
  readonly acc_norm?: number;
}

interface OfTask<Item> {
  readonly task: string;
  readonly shots: number;
  readonly items: readonly Item[];
}

export interface ScoredTask extends OfTask<ScoredItem> {
  readonly scores: Readonly<Record<string, number>>;
}

function lines<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(HARNESS_FOLDER, name))).toString('utf8');
  // The fixtures are lm-eval's own; the tests compare every value of them.
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** Every prompt, by task and number of examples. */
export const askedByHarness = (): OfTask<AskedItem>[] => lines('asked.jsonl.gz');

/** What lm-eval scored with a model. */
export const scoredByHarness = (model: string): ScoredTask[] => lines(`${model}.jsonl.gz`);

/** The files of questions, with their folders. */
function harnessFiles(folder = 'data'): string[] {
  return readdirSync(join(HARNESS_FOLDER, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? harnessFiles(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );
}

/** Every file of questions, read. */
export async function readHarnessFixtures(): Promise<HarnessRows[]> {
  const read: HarnessRows[] = [];
  for (const path of harnessFiles()) {
    const raw = new Uint8Array(readFileSync(join(HARNESS_FOLDER, path)));
    const bytes = path.endsWith('.parquet') ? await parquetLines(raw, path) : raw;
    const rows = await readHarnessFile({ chunks: () => [bytes], name: path }, path);
    if (!rows) throw new Error(`${path} is not recognised`);
    read.push(rows);
  }
  return read;
}
