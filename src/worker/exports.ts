import { StudioError } from '../errors.ts';
import { writeZip } from '../formats/zip-writer.ts';
import type { FileToArchive } from '../formats/zip-writer.ts';
import { writeFile } from '../storage/file-store.ts';
import { adapterFolders } from './adapter-export.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import { adaptersReadme, metricsCsv, modelCard } from './export-text.ts';
import type { GgufFormat } from './gguf-model.ts';
import { ggufFile, json, modelFolder, textFile, torchTypes } from './model-export.ts';
import type { FolderFormat, ModelToExport } from './model-export.ts';
import type { RunSummary } from './protocol.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { Task } from './tasks.ts';
import type { VariantShelf } from './variants.ts';

/** A file name that every system accepts. */
function fileName(name: string): string {
  const safe = name.normalize('NFKC').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return safe.replace(/^[-.]+|[-.]+$/g, '').slice(0, 80) || 'run';
}

export function exportHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: VariantShelf,
): Pick<Handlers, 'export.build'> {
  const { runs, dataSets, files } = context.storage;

  /** Builds a file in storage; what is there when it fails or is cancelled goes. */
  async function store(
    id: string,
    name: string,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<{ name: string; blob: Blob }> {
    const path = `exports/${id}/${crypto.randomUUID()}/${name}`;
    await writeFile(files, path, chunks);
    return { name, blob: await files.blob(path) };
  }

  async function zip(id: string, folder: string, contents: readonly FileToArchive[]) {
    const inside = contents.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
    return store(id, `${folder}.zip`, writeZip(inside));
  }

  async function dataSetNames({ dataSetIds }: RunSummary): Promise<string[]> {
    const known = new Map((await dataSets.list()).map(({ id, name }) => [id, name]));
    return dataSetIds.map((id) => known.get(id) ?? 'a data set that was removed since');
  }

  /** Uses the last state of a run, whose branches must all be in the weights. */
  async function withMerged<T>(
    run: RunSummary,
    work: (exported: ModelToExport) => Promise<T>,
  ): Promise<T> {
    const snapshot = run.snapshots.findLast(({ id }) => id !== 'base');
    if (!snapshot || snapshot.branches.length > 0) throw notMerged(snapshot?.branches ?? []);
    const variant = { modelId: run.modelId, runId: run.id, snapshot: snapshot.id };
    return shelf.use(variant, async ({ weights, model, template }) =>
      work({ weights: weights.mergedWeights, model, template }),
    );
  }

  async function folder(run: RunSummary, dtype: FolderFormat, task: Task) {
    const curves = await runs.curves(run.id);
    const dataSetList = await dataSetNames(run);
    return withMerged(run, async (exported) => {
      const base = exported.model.summary;
      const facts = { curves, dataSets: dataSetList, base, dtype: torchTypes[dtype] };
      return zip(run.id, fileName(run.name), [
        textFile('README.md', modelCard(run, facts)),
        textFile('recipe.json', json(run.recipe)),
        ...(await modelFolder(exported, { dtype, task })),
      ]);
    });
  }

  async function gguf(run: RunSummary, format: GgufFormat, task: Task) {
    return withMerged(run, async (exported) => {
      const { licence } = exported.model.summary;
      const about = {
        name: run.name,
        description: `${run.modelName}, fine-tuned with the recipe "${run.recipe.name}" in MedCare Studio. Not for clinical use.`,
        license: licence,
      };
      const name = `${fileName(run.name)}.${format}.gguf`;
      return store(run.id, name, await ggufFile(exported, { format, about, task }));
    });
  }

  async function adapters(run: RunSummary, dtype: FolderFormat) {
    const stages = await runs.readStages(run.id);
    if (stages.length === 0) throw noStageEnded();
    const folders = await adapterFolders(run.recipe, stages, run.modelName, dtype);
    const mixtures = folders.filter(({ type }) => type === 'mixture').map(({ name }) => name);
    return zip(run.id, `${fileName(run.name)}-adapters`, [
      textFile('README.md', adaptersReadme(run, mixtures)),
      textFile('recipe.json', json(run.recipe)),
      ...folders.flatMap((adapter) =>
        adapter.files.map(({ name, bytes }) => {
          return { path: `${adapter.name}/${name}`, chunks: [bytes] };
        }),
      ),
    ]);
  }

  /** Everything the studio has of a run, to be looked at elsewhere. */
  async function whole(run: RunSummary) {
    const curves = await runs.curves(run.id);
    const routing = await keeper.routing(run.id);
    const stages = await runs.readStages(run.id);
    return zip(run.id, `${fileName(run.name)}-run`, [
      textFile('run.json', json({ ...run, routing })),
      textFile('recipe.json', json(run.recipe)),
      textFile('metrics.csv', metricsCsv(curves)),
      ...stages.map((bytes, index) => {
        return { path: `branches/stage-${index + 1}.safetensors`, chunks: [bytes] };
      }),
    ]);
  }

  return {
    'export.build': (request) =>
      context.tasks.run(request.task, async (running) => {
        const { runId } = request;
        await keeper.flush(runId);
        const { summary } = await runs.get(runId);
        const name = fileName(summary.name);
        switch (request.what) {
          case 'merged':
            return folder(summary, request.dtype, running);
          case 'gguf':
            return gguf(summary, request.dtype, running);
          case 'adapters':
            return adapters(summary, request.dtype);
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
