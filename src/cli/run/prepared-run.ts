/** A run whose records were prepared: its inputs, its counts and its records, of which nothing but lists is in memory. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputsHash, ORDER } from '../../archive/fingerprints.ts';
import {
  INDEX,
  parseIndex,
  type PreparedIndex,
  type PreparedSet,
  type PreparedWith,
} from '../../archive/prepared/prepared-index.ts';
import { preparedRecords, type PreparedRecords } from '../../archive/prepared/prepared-records.ts';
import type { RunData, RunSummary } from '../../contract/runs.ts';
import { fileSource } from '../../engine/node/folder.ts';
import { encodingRules } from '../../engine/training/run/encoding-rules.ts';
import { stageSize } from '../../engine/training/run/data-order.ts';
import { taskNames } from '../../engine/training/run/task-names.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { fault } from '../../faults/fault.ts';
import type { BaseModel } from '../inputs/base-model.ts';
import { Reasons } from '../prepare/batch.ts';
import type { RunInputs, SetAbout } from './run-inputs.ts';

export interface PreparedRun {
  readonly inputs: RunInputs<SetAbout>;
  readonly stages: RunSummary['stages'];
  readonly facts: RunData;
  readonly records: readonly PreparedRecords[];
}

/** A folder of prepared records. */
export interface PreparedFolder {
  readonly path: string;
  readonly index: PreparedIndex;
}

/** What decides how the records of a run become tokens, by hashes. */
export function preparedWith(
  { model, tokenizer }: BaseModel,
  recipe: Recipe,
): Omit<PreparedWith, 'date'> {
  const template = createHash('sha256').update(model.chat.source).digest('hex');
  return { tokenizer, template, rules: encodingRules(model.folder.config, recipe) };
}

/** @throws StudioError `path-missing`, `prepared-invalid`, `json-…` */
export async function openPrepared(path: string): Promise<PreparedFolder> {
  const place = join(path, INDEX);
  const text = await readFile(place, 'utf8').catch((cause: unknown) => {
    throw fault('path-missing', { path: place }, { cause });
  });
  return { path, index: parseIndex(text, INDEX) };
}

/** @throws StudioError `prepared-other`, `prepared-invalid`, `targets-missing` */
export async function preparedRun(
  { path, index }: PreparedFolder,
  base: BaseModel,
  recipe: Recipe,
): Promise<PreparedRun> {
  const { sets } = index;
  checkMadeWith(path, index, preparedWith(base, recipe));
  const tasks = taskNames(countsOf(sets));
  const places = new Map(tasks.map((task, at) => [task, at]));
  const last = Math.max(0, tasks.length - 1);
  const records = await Promise.all(
    sets.map((set) => {
      const taskOf = Uint32Array.from(set.tasks, ([name]) => places.get(name) ?? last);
      return preparedRecords(set, (name) => fileSource(join(path, name), name), taskOf);
    }),
  );
  const about = sets.map(({ name, kind, fingerprint, records: length }) => ({
    ...{ name, kind, fingerprint },
    records: { length },
  }));
  const { source: template } = base.model.chat;
  const hashed = { tokenizer: base.tokenizer, template, dataSets: about, recipe };
  const fingerprint = inputsHash(hashed, ORDER);
  return {
    inputs: { base, sets: about, recipe, tasks, fingerprint },
    records,
    ...countsOfRun(index, recipe, records),
  };
}

/** Records of each task over all sets; what a set counts together comes last. */
function countsOf(sets: readonly PreparedSet[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tasks } of sets) {
    for (const [name, own] of tasks) counts.set(name, (counts.get(name) ?? 0) + own);
  }
  return counts;
}

function checkMadeWith(
  path: string,
  { tokenizer, template, rules }: PreparedWith,
  due: Omit<PreparedWith, 'date'>,
): void {
  if (tokenizer !== due.tokenizer) throw fault('prepared-other', { path, reason: 'tokenizer' });
  if (template !== due.template) throw fault('prepared-other', { path, reason: 'template' });
  const same = (['labels', 'reasoning', 'truncation', 'maxLength'] as const).every(
    (of) => rules[of] === due.rules[of],
  );
  if (!same) throw fault('prepared-other', { path, reason: 'rules' });
}

/** What becomes of the records, and how many steps they make. */
function countsOfRun(
  { sets, rules: { maxLength } }: PreparedIndex,
  recipe: Recipe,
  records: readonly PreparedRecords[],
): Pick<PreparedRun, 'stages' | 'facts'> {
  const counts = { training: 0, validation: 0, withoutTargets: 0 };
  const cut = { truncated: 0, validationTruncated: 0 };
  const split = validationRows(
    sets.map(({ records: count }) => count),
    recipe,
  );
  const reasons = new Reasons();
  for (const [at, { lengths, cuts }] of records.entries()) {
    const apart = new Set(split[at]);
    for (const [row, length] of lengths.entries()) {
      if (length === 0) counts.withoutTargets += 1;
      else counts[apart.has(row) ? 'validation' : 'training'] += 1;
    }
    for (const row of cuts) cut[apart.has(row) ? 'validationTruncated' : 'truncated'] += 1;
    reasons.add(sets[at]?.leftOut ?? []);
  }
  if (counts.training + counts.validation === 0) {
    const { withoutTargets: all } = counts;
    throw fault('targets-missing', { records: all, truncated: cut.truncated, maxLength });
  }
  const eligible = (kinds: readonly string[]): number =>
    sets.reduce(
      (sum, { kind, records: count }, at) =>
        kinds.includes(kind) ? sum + count - (split[at]?.length ?? 0) : sum,
      0,
    );
  const stages = recipe.stages.map(({ name, data }, stage) => ({
    ...{ name, stepsDone: 0 },
    ...stageSize(recipe, stage, eligible(data.kinds)),
  }));
  return { stages, facts: { maxLength, ...counts, ...cut, leftOut: reasons.list } };
}
