/** `medcare resume`: goes on with an interrupted run, from its folder or from an archive. */
import { deviceOf } from '../../engine/face/gpu.ts';
import type { ResumePoint } from '../../engine/index.ts';
import { parseChoices } from '../../engine/tuning/record.ts';
import { fault } from '../../faults/fault.ts';
import { prepare } from '../run/begin.ts';
import { drive } from '../run/drive.ts';
import type { FolderState } from '../run/folder-state.ts';
import { openRun, type OpenedRun } from '../run/opened-run.ts';
import { RunFolder } from '../run/run-folder.ts';
import type { RunInputs } from '../run/run-inputs.ts';
import { sameInputs } from '../run/same-inputs.ts';
import { moment } from '../words/figures.ts';
import { handOffWords, runWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

export const resume: Command = {
  usage: 'FOLDER | ARCHIVE --model DIR --data FILE … --out DIR', // words: what is typed
  options: ['model', 'data', 'knowledge', 'alignment', 'out'],
  async run(given, shell, terminal) {
    const [place = ''] = given.arguments(['FOLDER']);
    const run = await openRun(place);
    const { state, recipe } = run.summary;
    if (state === 'done' || state === 'stopped') throw fault('run-not-resumable', { state });
    if (run.handedOff !== null) terminal.note(handOffWords().goesOnHere(moment(run.handedOff)));
    terminal.note(runWords().reading);
    const inputs = await sameInputs(given, run, shell);
    await run.check(inputs.base.model.folder.config);
    const tokenised = await prepare(inputs, terminal, new AbortController().signal);
    const gpu = await shell.openGpu();
    const folder = run.folder ?? (await adopt(run, inputs, given.needed('out')));
    const point = await pointOf(run, recipe.stages.length);
    await folder.truncate(point.at);
    await folder.change({ handedOff: null }, { error: null, state: 'interrupted' });
    // The kernels with which the run began give the same bits; today's choices may not.
    const chosen = deviceOf(gpu).withChoices(parseChoices(run.summary.kernels?.choices));
    try {
      return await drive(
        folder,
        { gpu: chosen, inputs, tokenised, resume: point.resume },
        shell,
        terminal,
      );
    } finally {
      gpu.close();
    }
  },
};

/** The run of an archive in a folder of its own. */
async function adopt(run: OpenedRun, inputs: RunInputs, out: string): Promise<RunFolder> {
  const { summary, base, dataSets, scores, archive } = run;
  const { tasks = [], fingerprint = '' } = archive?.manifest ?? {};
  const state: FolderState = {
    ...{ run: summary, base, dataSets, scores, tasks, fingerprint },
    inputs: {
      model: inputs.base.path,
      data: inputs.sets.map(({ path, kind }) => ({ path, kind })),
    },
    routing: await run.routing(),
    ...{ stages: [], best: [], checkpoint: null },
  };
  const folder = await RunFolder.create(out, state);
  await folder.rewrite(await run.steps(), await run.validation(), await run.growth());
  for (const [stage, branches] of (await run.stageBranches()).entries()) {
    await folder.saveStage(stage, branches);
  }
  for (const { stage, step, loss } of archive?.manifest.best ?? []) {
    await folder.saveBest({ stage, step, loss }, await run.bestBranches(stage));
  }
  const checkpoint = await run.checkpointData();
  if (checkpoint && run.checkpoint) await folder.saveCheckpoint(run.checkpoint, checkpoint);
  return folder;
}

/** The point from which a run goes on. */
async function pointOf(
  run: OpenedRun,
  stages: number,
): Promise<{ readonly at: { stage: number; step: number }; readonly resume: ResumePoint | null }> {
  const stageBranches = await run.stageBranches();
  const checkpoint = await run.checkpointData();
  const stage = stageBranches.length;
  if (stage >= stages) throw fault('run-not-resumable', { state: run.summary.state });
  const at = { stage, step: checkpoint ? (run.checkpoint?.step ?? 0) : 0 };
  const bestLoss = run.summary.best?.find((one) => one.stage === stage)?.loss ?? null;
  return { at, resume: { checkpoint, stageBranches, bestLoss } };
}
