/** Writes what was chosen as the files that the command line takes: records by kind, questions, a recipe. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recipes, type EvaluationItem, type Recipe } from '../../src/engine/index.ts';
import { validationRows } from '../../src/engine/training/run/validation-split.ts';
import type { ChosenRecord, DemoData } from './data.ts';

/** Where the records of a run lie, by kind. */
export interface RecordFiles {
  readonly knowledge: string;
  readonly alignment: string;
}

const KINDS = ['knowledge', 'alignment'] as const;

/** How many records of each kind can be held out: what a run keeps apart is at most a quarter of a set. */
export function mostHeldOut(asked: number, trained: readonly number[]): number {
  return Math.min(asked, ...trained.map((count) => Math.floor(count / 3)));
}

/**
 * The recipe for these records, which keeps as many apart as were chosen for validation, and the records in an order
 * in which they are the very ones that it keeps apart.
 */
export function splitLike(
  recipe: Recipe,
  { records, validation }: DemoData,
): { readonly recipe: Recipe; readonly sets: readonly (readonly ChosenRecord[])[] } {
  const of = (all: readonly ChosenRecord[]) =>
    KINDS.map((kind) => all.filter(({ set }) => set.kind === kind));
  const [training, apart] = [of(records), of(validation)];
  const counts = training.map((own, i) => own.length + (apart[i]?.length ?? 0));
  const most = Math.max(...apart.map(({ length }) => length));
  const shares = apart.map(({ length }, i) => length / Math.max(1, counts[i] ?? 0));
  const { everySteps } = recipe.validation;
  const split = recipes.parse({
    ...recipe,
    validation: {
      fraction: Math.min(0.5, ...shares),
      maxRecords: KINDS.length * most,
      minRecords: most,
      everySteps: most > 0 ? everySteps : 0,
    },
  });
  const rows = validationRows(counts, split).map((own) => new Set(own));
  const sets = training.map((own, i) => placed(own, apart[i] ?? [], rows[i] ?? new Set()));
  return { recipe: split, sets };
}

/** Both lists as one, those held out at the given rows. */
function placed<T>(training: readonly T[], apart: readonly T[], rows: ReadonlySet<number>): T[] {
  const [trained, held] = [[...training], [...apart]];
  return Array.from({ length: training.length + apart.length }, (_, row) => {
    const [wanted, other] = rows.has(row) ? [held, trained] : [trained, held];
    return wanted.shift() ?? other.shift();
  }).flatMap((record) => record ?? []);
}

/** Writes records into a folder, a file for each kind. */
export async function writeRecords(
  folder: string,
  sets: readonly (readonly ChosenRecord[])[],
): Promise<RecordFiles> {
  await mkdir(folder, { recursive: true });
  const files = {
    knowledge: join(folder, 'knowledge.jsonl'),
    alignment: join(folder, 'alignment.jsonl'),
  };
  for (const [i, kind] of KINDS.entries()) {
    const rows = (sets[i] ?? []).map(({ set, record: { messages } }) => {
      return { task: set.name, messages };
    });
    await writeFile(files[kind], lines(rows));
  }
  return files;
}

/** @returns its path */
export async function writeRecipe(path: string, recipe: Recipe): Promise<string> {
  await writeFile(path, `${JSON.stringify(recipe, null, 2)}\n`);
  return path;
}

/** Writes questions in the studio's own form. @returns the path */
export async function writeQuestions(
  path: string,
  items: readonly EvaluationItem[],
): Promise<string> {
  await writeFile(path, lines(items));
  return path;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** The arguments that give these records to a command, in their order. */
export function recordArguments({ knowledge, alignment }: RecordFiles): string[] {
  return ['--knowledge', knowledge, '--alignment', alignment];
}
