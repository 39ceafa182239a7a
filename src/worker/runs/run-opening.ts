/** Gathers what a run needs to begin or to go on: data sets, records, sample prompts, and its place on the device. */
import type { Gpu } from '../../engine/gpu/device.ts';
import { TrainingRun } from '../../engine/training/run/run.ts';
import type { TrainingRecord } from '../../engine/training/run/data-order.ts';
import type { ResumePoint } from '../../storage/runs.ts';
import type { StoredRun } from '../../storage/stored.ts';
import { activityTeller } from './activity-teller.ts';
import { tellCompiling } from './compile-progress.ts';
import type { WorkerContext } from '../context.ts';
import type { ModelText } from '../tokens/model-text.ts';
import { prepareRecords, type PreparedRecords, type PreparedRun } from '../data/prepare.ts';
import { openInputs } from '../data/run-inputs.ts';
import type { RunRecovery, RunSummary } from '../../contract/runs.ts';
import { START_TASK } from '../../contract/events.ts';
import { reportOf } from './run-dry.ts';
import { hasOtherKernels } from './run-summary.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import { snapshotsAfter, withBest } from '../../engine/training/run/snapshots.ts';
import { chooseSamplePrompts } from './run-samples.ts';

/**
 * Opens model and data sets and puts the records in order.
 * @param begun fingerprint of the inputs of a run to resume
 * @throws StudioError for a missing model or data set, and what preparing throws
 */
export async function prepareRun(
  context: WorkerContext,
  run: Pick<RunSummary, 'modelId' | 'dataSetIds' | 'recipe' | 'createdAt'>,
  begun?: string,
): Promise<PreparedRun> {
  const inputs = await openInputs(context, run, new Date(run.createdAt));
  const records = await context.tasks.run(START_TASK, (task) => {
    const onProgress = (done: number, total: number): void =>
      task.progress(done / total, { code: 'tokenising' });
    return prepareRecords(context, inputs, { signal: task.signal, onProgress }, begun);
  });
  return { ...inputs, records };
}

/** A run whose records are in order, and its device. */
export interface RunToOpen {
  readonly stored: StoredRun;
  readonly run: PreparedRun;
  readonly gpu: Gpu;
  /** The point at which an earlier session left the run. */
  readonly from?: ResumePoint;
  /** Where it goes on by itself after it lost its device; null where a person lets it go on. */
  readonly recovery?: RunRecovery | null;
}

export interface OpenedRun {
  readonly training: TrainingRun;
  readonly texts: ModelText;
  /** The new values of the summary. */
  readonly change: Partial<RunSummary>;
}

/**
 * Puts a run on the device; for a new run, tries the fullest step and stores the sample prompts.
 * @throws StudioError what laying out, trying and uploading throw
 */
export async function openTraining(
  context: WorkerContext,
  { stored: { summary, best = [] }, run, gpu, from, recovery = null }: RunToOpen,
): Promise<OpenedRun> {
  // A run that resumes at its start is opened as new: it measures again and gets the same bits.
  const resume = from && (from.checkpoint || from.stageBranches.length > 0) ? from : undefined;
  const { model, template, recipe, records } = run;
  const { dataSets, runResults } = context.storage;
  const texts = context.tokeniser.text(model, template);
  const asked = await chooseSamplePrompts(dataSets, run, texts);
  if (asked && !resume) await runResults.beginSamples(summary.id, asked.prompts);
  // Null unless all records are tokenised: tokenising them first would keep the run waiting.
  const longest = resume ? null : await knownLongest(records);
  const bestLoss = best.find(({ stage }) => stage === resume?.stage)?.loss ?? null;
  const training = await context.tasks.run(START_TASK, (task) =>
    tellCompiling(gpu, task, () =>
      TrainingRun.create({
        ...{ gpu, recipe, config: model.config, weights: model.weights },
        precision: summary.precision ?? 'float32',
        ...{ tasks: records.tasks, records, validation: records.validation },
        ...(asked ? { samples: asked.ids } : {}),
        onActivity: activityTeller(summary.id, (event) => context.emit(event)),
        ...(resume ? { resume: { ...resume, bestLoss } } : { dryRun: { longest } }),
      }),
    ),
  );
  const { dryRun } = training;
  const otherKernels = from && hasOtherKernels(summary, model, gpu);
  const change: Partial<RunSummary> = {
    state: 'running',
    stages: training.stages.map((stage) => ({ ...stage })),
    snapshots: withBest(snapshotsAfter(recipe, from?.stageBranches.length ?? 0), best),
    adapter: adapterName(gpu.adapter),
    error: null,
    ...(from ? { recovery } : {}),
    // It goes on here; whatever comes back is another run.
    ...(summary.handedOff ? { handedOff: null } : {}),
    ...(dryRun ? { dryRun: reportOf(dryRun, longest) } : {}),
    ...(otherKernels ? { kernelsChanged: { stage: from.stage, step: from.step } } : {}),
  };
  return { training, texts, change };
}

/** The longest record if all are tokenised; null otherwise: the dry run then uses the greatest possible length. */
async function knownLongest(records: PreparedRecords): Promise<TrainingRecord | null> {
  return records.facts().tokenised === undefined ? records.longest() : null;
}
