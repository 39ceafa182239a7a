import type { Tensor } from '../engine/gpu/tensor.ts';
import { StudioError } from '../errors.ts';
import { writeZip } from '../formats/archive.ts';
import type { FileToArchive } from '../formats/archive.ts';
import { isJsonObject, parseJson } from '../formats/json.ts';
import { safetensorsFileSize, streamSafetensors } from '../formats/safetensors-writer.ts';
import { readPieces, writeFile } from '../storage/file-store.ts';
import { adapterFolders } from './adapter-export.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import { adaptersReadme, metricsCsv, modelCard } from './export-text.ts';
import type { OpenModel } from './library.ts';
import type { RunSummary } from './protocol.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { Task } from './tasks.ts';
import type { LoadedVariant, VariantShelf } from './variants.ts';

type Dtype = 'F32' | 'BF16';

/** Files of a model folder that an export passes on unchanged. */
const PASSED_ON = ['generation_config.json', 'tokenizer.json', 'special_tokens_map.json'];
const TORCH_TYPES: Readonly<Record<Dtype, string>> = { F32: 'float32', BF16: 'bfloat16' };

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A file name that every system accepts. */
function fileName(name: string): string {
  const safe = name.normalize('NFKC').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return safe.replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || 'run';
}

async function readJson(model: OpenModel, name: string): Promise<Record<string, unknown>> {
  const source = model.files.get(model.weights.root + name);
  if (!source) return {};
  const text = new TextDecoder().decode(await source.read(0, source.size));
  const value = parseJson(text, { name });
  return isJsonObject(value) ? { ...value } : {};
}

export function exportHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: VariantShelf,
): Pick<Handlers, 'export.build'> {
  const { runs, dataSets, files } = context.storage;

  /** Builds a zip in storage; what is there when it fails or is cancelled goes. */
  async function zip(
    id: string,
    name: string,
    contents: Iterable<FileToArchive> | AsyncIterable<FileToArchive>,
  ): Promise<{ name: string; blob: Blob }> {
    const path = `exports/${id}/${crypto.randomUUID()}/${name}`;
    await writeFile(files, path, writeZip(contents));
    return { name, blob: await files.blob(path) };
  }

  async function dataSetNames({ dataSetIds }: RunSummary): Promise<string[]> {
    const known = new Map((await dataSets.list()).map(({ id, name }) => [id, name]));
    return dataSetIds.map((id) => known.get(id) ?? 'a data set that was removed since');
  }

  async function merged(run: RunSummary, dtype: Dtype, task: Task) {
    const snapshot = run.snapshots.findLast(({ id }) => id !== 'base');
    if (!snapshot || snapshot.branches.length > 0) throw notMerged(snapshot?.branches ?? []);
    const curves = await runs.curves(run.id);
    const card = modelCard(run, curves, await dataSetNames(run), TORCH_TYPES[dtype]);
    const folder = fileName(run.name);
    const variant = { modelId: run.modelId, runId: run.id, snapshot: snapshot.id };
    return shelf.use(variant, async (loaded) =>
      zip(run.id, `${folder}.zip`, [
        textFile(`${folder}/README.md`, card),
        textFile(`${folder}/recipe.json`, json(run.recipe)),
        ...(await modelFiles(folder, loaded, dtype)),
        { path: `${folder}/model.safetensors`, chunks: weightsOf(loaded, dtype, task) },
      ]),
    );
  }

  async function adapters(run: RunSummary, dtype: Dtype) {
    const stages = await runs.readStages(run.id);
    if (stages.length === 0) throw noStageEnded();
    const folders = await adapterFolders(run.recipe, stages, run.modelName, dtype);
    const mixtures = folders.filter(({ type }) => type === 'mixture').map(({ name }) => name);
    const root = `${fileName(run.name)}-adapters`;
    return zip(run.id, `${root}.zip`, [
      textFile(`${root}/README.md`, adaptersReadme(run, mixtures)),
      textFile(`${root}/recipe.json`, json(run.recipe)),
      ...folders.flatMap((folder) =>
        folder.files.map(({ name, bytes }) => {
          return { path: `${root}/${folder.name}/${name}`, chunks: [bytes] };
        }),
      ),
    ]);
  }

  /** Everything the studio has of a run, to be looked at elsewhere. */
  async function whole(run: RunSummary) {
    const curves = await runs.curves(run.id);
    const routing = await keeper.routing(run.id);
    const stages = await runs.readStages(run.id);
    const root = fileName(run.name);
    return zip(run.id, `${root}-run.zip`, [
      textFile(`${root}/run.json`, json({ ...run, routing })),
      textFile(`${root}/recipe.json`, json(run.recipe)),
      textFile(`${root}/metrics.csv`, metricsCsv(curves)),
      ...stages.map((bytes, index) => {
        return { path: `${root}/branches/stage-${index + 1}.safetensors`, chunks: [bytes] };
      }),
    ]);
  }

  return {
    'export.build': ({ runId, what, dtype, task }) =>
      context.tasks.run(task, async (running) => {
        await keeper.flush(runId);
        const { summary } = await runs.get(runId);
        const name = fileName(summary.name);
        switch (what) {
          case 'merged':
            return merged(summary, dtype, running);
          case 'adapters':
            return adapters(summary, dtype);
          case 'run':
            return whole(summary);
          case 'metrics': {
            const text = metricsCsv(await runs.curves(runId));
            return { name: `${name}-metrics.csv`, blob: new Blob([text], { type: 'text/csv' }) };
          }
          case 'recipe': {
            const blob = new Blob([json(summary.recipe)], { type: 'application/json' });
            return { name: `${name}-recipe.json`, blob };
          }
        }
      }),
  };
}

function textFile(path: string, text: string): FileToArchive {
  return { path, chunks: [new TextEncoder().encode(text)], compress: true };
}

/** Configuration and tokenizer as they have to be beside the exported weights. */
async function modelFiles(
  folder: string,
  { model, template }: LoadedVariant,
  dtype: Dtype,
): Promise<FileToArchive[]> {
  const config = await readJson(model, 'config.json');
  const typed = 'dtype' in config ? { dtype: TORCH_TYPES[dtype] } : {};
  const named = { ...config, ...typed, torch_dtype: TORCH_TYPES[dtype] };
  // The template that was trained with goes along, whoever it came from.
  const tokenizerConfig = await readJson(model, 'tokenizer_config.json');
  const taught = { ...tokenizerConfig, chat_template: template.source };
  const passedOn = PASSED_ON.flatMap((name): FileToArchive[] => {
    const source = model.files.get(model.weights.root + name);
    if (!source) return [];
    return [{ path: `${folder}/${name}`, chunks: readPieces(source), compress: true }];
  });
  return [
    textFile(`${folder}/config.json`, json(named)),
    textFile(`${folder}/tokenizer_config.json`, json(taught)),
    ...passedOn,
  ];
}

/** The weights file, tensor by tensor from the device. */
function weightsOf(
  { weights }: LoadedVariant,
  dtype: Dtype,
  task: Task,
): AsyncGenerator<Uint8Array> {
  const byName = new Map<string, Tensor>(weights.tensors.map((tensor) => [tensor.label, tensor]));
  const declarations = [...byName].map(([name, { shape }]) => ({ name, dtype, shape }));
  const metadata = new Map([['format', 'pt']]);
  const total = safetensorsFileSize(declarations, metadata);
  let read = 0;
  return streamSafetensors(
    declarations,
    async (name) => {
      task.check();
      task.progress(Math.min(1, read / total), `Writing ${name}`);
      const tensor = byName.get(name);
      const values = tensor ? await weights.readTensor(tensor) : new Float32Array();
      read += values.length * (dtype === 'F32' ? 4 : 2);
      return values;
    },
    metadata,
  );
}

function notMerged(branches: readonly string[]): StudioError {
  return new StudioError({
    code: 'model-not-merged',
    message:
      branches.length === 0
        ? 'This run has no trained model yet.'
        : `The last state of this run still has branches beside the weights: ${branches.join(', ')}.`,
    kept: 'The run and its branches.',
    remedy:
      branches.length === 0
        ? 'Let at least one stage end, or stop the run and keep what it has.'
        : 'Export the adapters instead, or run a recipe that merges all of them.',
    data: { branches: [...branches] },
  });
}

function noStageEnded(): StudioError {
  return new StudioError({
    code: 'stage-missing',
    message: 'No stage of this run has ended yet, so there are no adapters to export.',
    kept: 'The run as it is.',
    remedy: 'Wait for the stage to end, or stop the run and keep what it has.',
  });
}
