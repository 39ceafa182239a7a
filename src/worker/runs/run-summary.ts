/** The summary of a run before its first step. */
import type { Gpu } from '../../engine/gpu/device.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { runKernels } from '../../engine/tuning/model-needs.ts';
import { kernelsFingerprint } from '../../engine/kernels/fingerprint.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { PreparedRun } from '../data/prepare.ts';
import type { RunSummary } from '../../contract/runs.ts';

export interface NewRun {
  readonly name: string;
  readonly modelId: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
}

/** The summary of a run before its first step. */
export function newSummary(
  input: NewRun & Pick<RunSummary, 'id' | 'createdAt'>,
  { model, records }: PreparedRun,
  /** Null for a run that is handed off before its first step. */
  gpu: Gpu | null,
): RunSummary {
  const { recipe, dataSetIds, createdAt } = input;
  const { id: modelId, name: modelName, precision } = model.summary;
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
    ...(gpu ? onDevice(recipe, model, gpu) : { adapter: '' }),
    createdAt,
    updatedAt: createdAt,
    // Initial values follow from the recipe's seed, so the start is a checkpoint without a file.
    checkpoint: { stage: 0, step: 0 },
    error: null,
    data: records.facts(),
  };
}

function onDevice(
  recipe: Recipe,
  model: OpenModel,
  { adapter, traits }: Gpu,
): Pick<RunSummary, 'adapter' | 'kernels'> {
  const fingerprint = fingerprintOf(recipe, model, traits);
  return { adapter: adapterName(adapter), kernels: { choices: traits.choices ?? {}, fingerprint } };
}

/** The fingerprint of the kernels that a run's plans name. */
function fingerprintOf(
  recipe: Recipe,
  { config, weights, summary }: OpenModel,
  traits: Gpu['traits'],
): string {
  const storage = weightStorage(weights.tensors, summary.precision, traits);
  return kernelsFingerprint(runKernels({ config, recipe, traits, storage }));
}

/** Whether a run's kernels in this build differ from the recorded ones; unknown ones count as the same. */
export function hasOtherKernels(
  { kernels, recipe }: Pick<RunSummary, 'kernels' | 'recipe'>,
  model: OpenModel,
  gpu: Gpu,
): boolean {
  return kernels !== undefined && kernels.fingerprint !== fingerprintOf(recipe, model, gpu.traits);
}
