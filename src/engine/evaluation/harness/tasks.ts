/** The tasks of lm-eval that the studio asks as lm-eval does, and how a file of one is recognised. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../formats/texts/json.ts';
import { careqa } from './careqa.ts';
import { ceval, cmmlu } from './chinese-exams.ts';
import { headqa } from './headqa.ts';
import { medmcqa } from './medmcqa.ts';
import { medqa, medqaOfAuthors } from './medqa.ts';
import { pubmedqa } from './pubmedqa.ts';
import type { HarnessFamily, HarnessTask, Split } from './task.ts';

const families: readonly HarnessFamily[] = [
  medqa,
  medqaOfAuthors,
  medmcqa,
  pubmedqa,
  careqa,
  headqa,
  cmmlu,
  ceval,
];

/** The version of lm-eval with which prompts and scores agree. */
export const HARNESS_VERSION = '0.4.13';

export const harnessTasks: readonly HarnessTask[] = [
  ...new Set(families.flatMap(({ tasks }) => tasks)),
];

export function harnessTask(name: string): HarnessTask | null {
  return harnessTasks.find((task) => task.name === name) ?? null;
}

/** A file of a task. */
export interface HarnessFile {
  readonly task: HarnessTask;
  readonly published: (row: JsonObject) => JsonObject;
  /** Which part of the data set it is, where its name says so. */
  readonly split: Split | null;
}

const WORDS: readonly (readonly [RegExp, Split])[] = [
  [/(?:^|[/_.-])train(?=[/_.-]|$)/u, 'train'],
  [/(?:^|[/_.-])(?:val|valid|validation)(?=[/_.-]|$)/u, 'validation'],
  [/(?:^|[/_.-])dev(?=[/_.-]|$)/u, 'dev'],
  [/(?:^|[/_.-])test(?=[/_.-]|$)/u, 'test'],
];

/** The part of a data set that a path names; its last word counts. */
export function splitIn(path: string): Split | null {
  const name = path.toLowerCase().replace(/\.(?:jsonl?|csv|parquet|gz)+$/u, '');
  for (const part of name.split('/').reverse()) {
    const found = WORDS.find(([pattern]) => pattern.test(part));
    if (found) return found[1];
  }
  return null;
}

/** The task whose file this is, by the columns of its first rows and its name; null where it is none. */
export function recogniseFile(path: string, rows: readonly JsonValue[]): HarnessFile | null {
  const objects = rows.filter(isJsonObject);
  const [first] = objects;
  if (!first || objects.length < rows.length) return null;
  const family = families.find(({ columns }) =>
    objects.every((row) => columns.every((column) => row[column] !== undefined)),
  );
  const text = JSON.stringify(objects.slice(0, 20));
  const about = { path: path.toLowerCase(), text, rows: objects };
  const task = family?.choose(about) ?? null;
  if (!family || !task) return null;
  const published = family.published?.(objects) ?? ((row: JsonObject) => row);
  const split = splitIn(path);
  // "dev" is a split of its own only where there is also one for validation.
  const own = split === 'dev' && task.examples !== 'dev' ? 'validation' : split;
  return { task, published, split: own };
}
