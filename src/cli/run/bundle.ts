/** A run as a bundle for the Python trainer: from its inputs before the first step, or as a folder or an archive holds it. */
import process from 'node:process';
import type { RunToArchive, SealedFile } from '../../archive/archive-writer.ts';
import { baseOfBundle } from '../../archive/hand-off/base-files.ts';
import type { RunToHandOff } from '../../archive/hand-off/run-to-hand-off.ts';
import type { RecordsToHandOff } from '../../archive/hand-off/record-file.ts';
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { countTargets } from '../../engine/model/packing.ts';
import { fault } from '../../faults/fault.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import type { OpenedRun } from './opened-run.ts';
import { archivedSets, type RunInputs, type SetAbout } from './run-inputs.ts';
import type { TokenisedRun } from './tokenised.ts';

/** What a run has done so far. */
type Progress = Pick<
  RunToArchive,
  'steps' | 'stages' | 'best' | 'checkpoint' | 'curves' | 'routing' | 'growth'
>;

const NOTHING_YET: Progress = {
  ...{ steps: [], stages: [], best: [], checkpoint: null, routing: null, growth: [] },
  curves: { steps: [], validation: [] },
};

/** @param under the run that is under way; null for one that has not begun */
export async function bundleOf(
  summary: RunSummary,
  inputs: RunInputs<SetAbout>,
  records: readonly RecordsToHandOff[],
  under: OpenedRun | null,
): Promise<Omit<RunToHandOff, 'withRecords'>> {
  const { base, sets, recipe, tasks, fingerprint } = inputs;
  const { folder, precision } = base.model;
  const { config, weights } = folder;
  const environment = {
    studio: STUDIO_VERSION,
    browser: `medcare, Node ${process.version}`, // words: names of programs
    archivedAt: Date.now(),
  };
  return {
    run: {
      ...{ summary, tasks, fingerprint, pairs: [], answers: [], card: '', wardCard: '' },
      ...(under ? await progressOf(under) : NOTHING_YET),
      about: {
        ...{ base: base.base, dataSets: archivedSets(sets), environment },
        ...{ scores: under?.scores ?? [], shortcuts: [] },
      },
    },
    leavesGaps: false,
    ...(await baseOfBundle(
      { name: base.name, config, tensors: weights.tensors, precision, files: base.files },
      recipe,
    )),
    records,
  };
}

/** @throws StudioError `run-not-resumable` for a run that has nothing left to train */
async function progressOf(run: OpenedRun): Promise<Progress> {
  const { state, best = [] } = run.summary;
  if (state === 'done' || state === 'stopped') throw fault('run-not-resumable', { state });
  const [steps, validation] = [await run.steps(), await run.validation()];
  const checkpoint = await run.checkpointData();
  return {
    steps: [steps],
    stages: (await run.stageBranches()).map(inMemory),
    best: await Promise.all(
      best.map(async (one) => ({ ...one, file: inMemory(await run.bestBranches(one.stage)) })),
    ),
    checkpoint:
      checkpoint && run.checkpoint ? { ...run.checkpoint, file: inMemory(checkpoint) } : null,
    curves: { steps: steps.map(({ metrics }) => metrics), validation },
    routing: await run.routing(),
    growth: await run.growth(),
  };
}

function inMemory(bytes: Uint8Array): SealedFile {
  const sealer = new Sealer();
  sealer.update(bytes);
  return { ...sealer.seal(), open: () => Promise.resolve(memorySource('branches', bytes)) };
}

/** The records by data set; rarer tasks are counted together, under the last name. */
export function recordsOf({ records }: TokenisedRun, tasks: readonly string[]): RecordsToHandOff[] {
  const indices = new Map(tasks.map((task, index) => [task, index]));
  const other = Math.max(0, tasks.length - 1);
  return records.map(({ name, records: tokenised }) => ({
    lengths: Uint32Array.from(tokenised, (record) =>
      countTargets(record) > 0 ? record.ids.length : 0,
    ),
    tasks: Uint32Array.from(tokenised, ({ task = name }) => indices.get(task) ?? other),
    read: async (rows) => rows.flatMap((row) => tokenised[row] ?? []),
  }));
}
