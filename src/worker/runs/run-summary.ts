import type { Gpu } from '../../engine/gpu/device.ts';
import { kernelsFingerprint } from '../../engine/tuning/record.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { adapterName } from '../device/adapter-name.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { PreparedRecords } from '../data/prepare.ts';
import type { RunSummary } from '../../contract/runs.ts';

export interface NewRun {
  readonly name: string;
  readonly modelId: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
}

/** What a run says of itself before its first step. */
export function newSummary(
  input: NewRun & { readonly id: string },
  { summary: { id: modelId, name: modelName, precision } }: OpenModel,
  prepared: PreparedRecords,
  gpu: Gpu,
  now: number,
): RunSummary {
  const { recipe, dataSetIds } = input;
  return {
    id: input.id,
    name: input.name.trim() === '' ? recipe.name : input.name.trim(),
    modelId,
    modelName,
    dataSetIds: [...dataSetIds],
    recipe,
    precision,
    state: 'preparing',
    stages: [],
    snapshots: [],
    adapter: adapterName(gpu.adapter),
    kernels: { choices: gpu.traits.choices ?? {}, fingerprint: kernelsFingerprint() },
    createdAt: now,
    updatedAt: now,
    // Its initial values follow from the recipe's seed: the start is a checkpoint that takes no file.
    checkpoint: { stage: 0, step: 0 },
    error: null,
    data: prepared.facts(),
  };
}

/** Whether the kernels of this build are not those that a run was recorded with; unknown ones count as the same. */
export function hasOtherKernels({ kernels }: Pick<RunSummary, 'kernels'>): boolean {
  return kernels !== undefined && kernels.fingerprint !== kernelsFingerprint();
}
