/** The summary of a run before its first step. */
import type { RunData, RunSummary } from '../../contract/runs.ts';
import { deviceOf } from '../../engine/face/gpu.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { EngineGpu } from '../../engine/index.ts';
import { kernelsFingerprint } from '../../engine/kernels/fingerprint.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { snapshotsAfter } from '../../engine/training/run/snapshots.ts';
import { runKernels } from '../../engine/tuning/model-needs.ts';
import type { RunInputs, SetAbout } from './run-inputs.ts';

interface Beginning {
  /** Null for a run that is handed off before its first step. */
  readonly gpu: EngineGpu | null;
  readonly createdAt: number;
}

/** The start is a checkpoint without a file. */
export function newSummary(
  inputs: RunInputs<SetAbout>,
  { stages, facts }: { readonly stages: RunSummary['stages']; readonly facts: RunData },
  { gpu, createdAt }: Beginning,
): RunSummary {
  const { base, recipe, sets } = inputs;
  return {
    id: crypto.randomUUID(),
    name: recipe.name,
    modelId: base.name,
    modelName: base.name,
    dataSetIds: sets.map(() => crypto.randomUUID()),
    recipe,
    precision: base.model.precision,
    // Whatever ends it without a word leaves it like this.
    state: 'interrupted',
    stages,
    snapshots: snapshotsAfter(recipe, 0),
    ...(gpu ? onDevice(inputs, gpu) : { adapter: '' }),
    createdAt,
    updatedAt: createdAt,
    checkpoint: { stage: 0, step: 0 },
    error: null,
    data: facts,
  };
}

/** The adapter of a run, and its kernels there. */
function onDevice(
  { base, recipe }: RunInputs<SetAbout>,
  engine: EngineGpu,
): Pick<RunSummary, 'adapter' | 'kernels'> {
  const { config, weights } = base.model.folder;
  const { adapter, traits } = deviceOf(engine);
  const storage = weightStorage(weights.tensors, base.model.precision, traits);
  const fingerprint = kernelsFingerprint(runKernels({ config, recipe, traits, storage }));
  return { adapter: adapterName(adapter), kernels: { choices: traits.choices ?? {}, fingerprint } };
}
