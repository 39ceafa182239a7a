/** What a run is begun or taken up with: its data sets, its records, its sample prompts, and its place on the device. */
import type { Gpu } from '../../engine/gpu/device.ts';
import { TrainingRun } from '../../engine/training/run/run.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { TrainingRecord } from '../../engine/training/run/data-order.ts';
import type { ResumePoint } from '../../storage/runs.ts';
import type { StoredRun } from '../../storage/stored.ts';
import { tellCompiling } from './compile-progress.ts';
import type { WorkerContext } from '../context.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { ModelText } from '../tokens/model-text.ts';
import { prepareRecords, type PreparedRecords } from '../data/prepare.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { START_TASK } from '../../contract/tasks.ts';
import { reportOf } from './run-dry.ts';
import { chooseSamplePrompts } from './run-samples.ts';

export interface RunInputs {
  readonly model: OpenModel;
  readonly dataSets: readonly DataSetSummary[];
  readonly prepared: PreparedRecords;
}

/**
 * Opens model and data sets and puts the records in order.
 * @param begun fingerprint of the inputs of a run to go on with
 * @param createdAt a template that writes the date gets the day on which the run began, also when it is resumed
 * @throws StudioError what is missing, and what preparing throws
 */
export async function openInputs(
  context: WorkerContext,
  modelId: string,
  dataSetIds: readonly string[],
  recipe: Recipe,
  createdAt: number,
  begun?: string,
): Promise<RunInputs> {
  const { storage, tasks, tokeniser, library } = context;
  const model = await library.open(modelId);
  const dataSets = await Promise.all(dataSetIds.map((id) => storage.dataSets.get(id)));
  const template = model.template(new Date(createdAt));
  const prepared = await tasks.run(START_TASK, (task) =>
    prepareRecords(
      storage.dataSets,
      tokeniser,
      model,
      template,
      dataSets,
      recipe,
      {
        signal: task.signal,
        onProgress: (done, total) => task.progress(done / total, { code: 'tokenising' }),
      },
      begun,
    ),
  );
  return { model, dataSets, prepared };
}

export interface OpenedRun {
  readonly training: TrainingRun;
  readonly texts: ModelText;
  /** What the summary says of it from now on. */
  readonly change: Partial<RunSummary>;
}

/**
 * Puts a run on the device: tries its fullest step where it is a new one, and keeps what it is asked.
 * @throws StudioError what laying out, trying and uploading throw
 */
export async function openTraining(
  context: WorkerContext,
  { summary, best = [] }: StoredRun,
  { model, dataSets, prepared }: RunInputs,
  gpu: Gpu,
  from?: ResumePoint,
): Promise<OpenedRun> {
  // From its start a run is opened as a new one: what was measured then is measured again, to the same bits.
  const resume = from && (from.checkpoint || from.stageBranches.length > 0) ? from : undefined;
  const { id, recipe, createdAt } = summary;
  const { dataSets: records, runResults } = context.storage;
  const texts = context.tokeniser.text(model, model.template(new Date(createdAt)));
  const asked = await chooseSamplePrompts(records, dataSets, model, texts, prepared, recipe);
  if (asked && !resume) await runResults.beginSamples(id, asked.prompts);
  // Tokenising everything first would keep the run waiting: of those known by now, the longest.
  const longest = resume ? null : await knownLongest(prepared);
  const bestLoss = best.find(({ stage }) => stage === resume?.stage)?.loss ?? null;
  const training = await context.tasks.run(START_TASK, (task) =>
    tellCompiling(gpu, task, () =>
      TrainingRun.create({
        ...{ gpu, recipe, config: model.config, weights: model.weights },
        precision: summary.precision ?? 'float32',
        ...{ tasks: prepared.tasks, records: prepared, validation: prepared.validation },
        ...(asked ? { samples: asked.ids } : {}),
        ...(resume ? { resume: { ...resume, bestLoss } } : { dryRun: { longest } }),
      }),
    ),
  );
  const { dryRun } = training;
  return { training, texts, change: dryRun ? { dryRun: reportOf(dryRun, longest) } : {} };
}

/** The longest record when all are tokenised; else the run is tried at the greatest length there can be. */
async function knownLongest(prepared: PreparedRecords): Promise<TrainingRecord | null> {
  return prepared.facts().tokenised === undefined ? prepared.longest() : null;
}
