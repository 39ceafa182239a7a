/** What a run trains on, read from the disk: model, records, recipe, with the hashes that recognise them again. */
import { inputsHash, ORDER } from '../../archive/fingerprints.ts';
import type { ArchivedDataSet } from '../../contract/run-origin.ts';
import type { Precision } from '../../engine/index.ts';
import { taskNamesOf } from '../../engine/training/run/task-names.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { openBase, type BaseModel } from '../inputs/base-model.ts';
import { readSets, type ReadSet } from '../inputs/record-files.ts';
import type { DataPlace } from '../options.ts';
import type { Shell } from '../shell.ts';

/** What a run has to know of a data set, wherever its records lie. */
export interface SetAbout extends Pick<ReadSet, 'name' | 'kind' | 'fingerprint'> {
  readonly records: { readonly length: number };
}

export interface RunInputs<Set extends SetAbout = ReadSet> {
  readonly base: BaseModel;
  readonly sets: readonly Set[];
  readonly recipe: Recipe;
  /** Tasks by which routing is counted. */
  readonly tasks: readonly string[];
  /** Hash of everything that decides what the run sees. */
  readonly fingerprint: string;
}

export interface InputPlaces {
  readonly model: string;
  readonly data: readonly DataPlace[];
  readonly recipe: Recipe;
  readonly precision?: Precision | undefined;
  /** When the run began, for templates that write the date. */
  readonly begun: number;
}

/** @throws StudioError what model or records lack */
export async function readInputs(
  { model, data, recipe, precision, begun }: InputPlaces,
  env: Shell['env'],
): Promise<RunInputs> {
  const base = await openBase(model, env, { precision, now: new Date(begun) });
  const sets = await readSets(data);
  const tasks = taskNamesOf(sets.flatMap(({ records }) => records.map(({ task }) => task)));
  const { tokenizer, model: opened } = base;
  const { source: template } = opened.chat;
  const fingerprint = inputsHash({ tokenizer, template, dataSets: sets, recipe }, ORDER);
  return { base, sets, recipe, tasks, fingerprint };
}

export function archivedSets(sets: readonly SetAbout[]): ArchivedDataSet[] {
  return sets.map(({ name, kind, records, fingerprint }) => ({
    ...{ name, kind, fingerprint },
    records: records.length,
  }));
}
