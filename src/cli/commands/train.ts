/** `medcare train`: a recipe on records, into a new folder. */
import { archivedSets, readInputs, type RunInputs } from '../run/run-inputs.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { deviceOf } from '../../engine/face/gpu.ts';
import type { EngineGpu } from '../../engine/index.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import { kernelsFingerprint } from '../../engine/kernels/fingerprint.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { snapshotsAfter } from '../../engine/training/run/snapshots.ts';
import { runKernels } from '../../engine/tuning/model-needs.ts';
import { readRecipe } from '../inputs/recipe-file.ts';
import { prepare } from '../run/begin.ts';
import { drive } from '../run/drive.ts';
import { RunFolder } from '../run/run-folder.ts';
import type { TokenisedRun } from '../run/tokenised.ts';
import { stagesOf } from '../run/training.ts';
import { runWords } from '../words/report-words.ts';
import type { Command } from './command.ts';
import { precisionOf } from './precision.ts';

export const trainRecipe: Command = {
  usage: 'RECIPE|paper|quick|small-gpu --model DIR --data FILE … --out DIR', // words: what is typed
  options: ['model', 'data', 'knowledge', 'alignment', 'out', 'name', 'precision'],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['RECIPE']);
    const model = given.needed('model');
    const out = given.needed('out');
    if (given.data.length === 0) throw given.missing('data');
    const precision = precisionOf(given);
    const recipe = await readRecipe(place);
    terminal.note(runWords().reading);
    const begun = Date.now();
    const inputs = await readInputs(
      { model, data: given.data, recipe, precision, begun },
      shell.env,
    );
    const tokenised = await prepare(inputs, terminal, new AbortController().signal);
    const gpu = await shell.openGpu();
    const { base, sets, tasks, fingerprint } = inputs;
    const summary = newSummary(inputs, tokenised, gpu, begun);
    const folder = await RunFolder.create(out, {
      ...{ tasks, fingerprint, base: base.base, dataSets: archivedSets(sets) },
      run: { ...summary, name: given.text('name') ?? recipe.name },
      inputs: { model, data: sets.map(({ path, kind }) => ({ path, kind })) },
      ...{ routing: null, scores: [], stages: [], best: [], checkpoint: null },
    });
    try {
      return await drive(folder, { gpu, inputs, tokenised, resume: null }, shell, terminal);
    } finally {
      gpu.close();
    }
  },
};

/** The summary of a run before its first step; the start is a checkpoint without a file. */
function newSummary(
  inputs: RunInputs,
  { places, facts }: TokenisedRun,
  engine: EngineGpu,
  createdAt: number,
): RunSummary {
  const { base, recipe, sets } = inputs;
  const { config, weights } = base.model.folder;
  const { precision } = base.model;
  const gpu = deviceOf(engine);
  const { traits } = gpu;
  const storage = weightStorage(weights.tensors, precision, traits);
  const fingerprint = kernelsFingerprint(runKernels({ config, recipe, traits, storage }));
  return {
    id: crypto.randomUUID(),
    name: recipe.name,
    modelId: base.name,
    modelName: base.name,
    dataSetIds: sets.map(() => crypto.randomUUID()),
    recipe,
    precision,
    // Whatever ends it without a word leaves it like this.
    state: 'interrupted',
    stages: stagesOf(inputs, places),
    snapshots: snapshotsAfter(recipe, 0),
    adapter: adapterName(gpu.adapter),
    kernels: { choices: traits.choices ?? {}, fingerprint },
    createdAt,
    updatedAt: createdAt,
    checkpoint: { stage: 0, step: 0 },
    error: null,
    data: facts,
  };
}
