/** Stores an opened archive as a run of the studio, whole or not at all. */
import { damagedArchive, invalidArchive, MANIFEST } from '../../archive/archive-files.ts';
import type { Manifest } from '../../archive/archive-manifest.ts';
import type { OpenArchive } from '../../archive/archive-reader.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { bestSnapshot, snapshotsAfter, withBest } from '../../engine/training/run/snapshots.ts';
import { type ByteSource, readPieces } from '../../formats/files/byte-source.ts';
import { writeFile, type FileStore, type StoredFile } from '../../storage/files/file-store.ts';
import type { ExpertResults } from '../../storage/expert-results.ts';
import type { RunResults } from '../../storage/run-results.ts';
import type { Runs } from '../../storage/runs.ts';
import type { StoredBest, StoredRun } from '../../storage/stored.ts';
import type { Task } from '../tasks/tasks.ts';

/** Fields that the machine that opens an archive adds to the run. */
export type Linked = Pick<RunSummary, 'modelId' | 'dataSetIds' | 'origin'>;

/** The parts of the storage that hold a run. */
export interface ArchiveStorage {
  readonly runs: Runs;
  readonly files: FileStore;
  readonly experts: ExpertResults;
  readonly runResults: RunResults;
}

/** The branch files of an archive, as they are stored. */
interface StoredBranches {
  readonly stages: readonly StoredFile[];
  readonly best: readonly StoredBest[];
  readonly checkpoint: StoredRun['checkpoint'];
}

/**
 * Stores an opened archive as a run. The run is entered last: until then it is invisible, and if anything
 * fails, all of it is removed again.
 * @throws StudioError `run-archive-damaged`, `storage-…`, `cancelled`, or what reading throws
 */
export async function storeArchive(
  { runs, files, experts, runResults }: ArchiveStorage,
  archive: OpenArchive,
  linked: Linked,
  task: Task,
): Promise<RunSummary> {
  const { manifest } = archive;
  const { id } = manifest.run;
  // Removes what an interrupted attempt left.
  await runs.remove(id);
  try {
    const branches = await storeBranches(files, archive, task);
    await storeResults({ runs, experts, runResults }, archive, task);
    const summary = arrived(manifest, branches, linked);
    const { tasks, fingerprint } = manifest;
    const { stages, best, checkpoint } = branches;
    await runs.create({
      ...{ summary, tasks, fingerprint, checkpoint, stages },
      ...(best.length > 0 ? { best } : {}),
    });
    return summary;
  } catch (error) {
    await runs.remove(id);
    throw error;
  }
}

/** @throws StudioError `run-archive-damaged` where a file differs from the one that the manifest names */
async function storeBranches(
  files: FileStore,
  { manifest, ...archive }: OpenArchive,
  task: Task,
): Promise<StoredBranches> {
  const { run } = manifest;
  const last = archive.checkpoint ? [archive.checkpoint] : [];
  const sources = [...archive.stages, ...archive.best, ...last];
  const total = sources.reduce((sum, { size }) => sum + size, 1);
  let done = 0;
  const store = async (name: string, source: ByteSource, due?: string): Promise<StoredFile> => {
    const pieces = async function* () {
      for await (const piece of readPieces(source)) {
        task.check();
        yield piece;
        done += piece.byteLength;
        task.progress(done / total, { code: 'named', name: source.name });
      }
    };
    const file = await writeFile(files, `runs/${run.id}/${name}.safetensors`, pieces());
    if (due !== undefined && file.sha256 !== due) throw damagedArchive(source.name);
    return file;
  };
  const stages: StoredFile[] = [];
  for (const [stage, source] of archive.stages.entries()) {
    stages.push(await store(`stage-${stage}-archive`, source, manifest.stages[stage]?.sha256));
  }
  const best: StoredBest[] = [];
  for (const [index, source] of archive.best.entries()) {
    const about = manifest.best[index];
    if (!about) throw invalidArchive(MANIFEST, 'best', { reason: 'missing' });
    const { stage, step, loss, sha256 } = about;
    const file = await store(`best-${stage}-archive`, source, sha256);
    best.push({ stage, step, loss, file, snapshot: bestSnapshot(run.recipe, stage, step) });
  }
  if (!archive.checkpoint || !manifest.checkpoint) return { stages, best, checkpoint: null };
  const { stage, step, sha256 } = manifest.checkpoint;
  const file = await store('checkpoint-archive', archive.checkpoint, sha256);
  return { stages, best, checkpoint: { file, stage, step } };
}

/** Stores curves, routing, growth, scores by forced pair, and how sample answers ended. */
async function storeResults(
  { runs, experts, runResults }: Omit<ArchiveStorage, 'files'>,
  archive: OpenArchive,
  task: Task,
): Promise<void> {
  const { id } = archive.manifest.run;
  for await (const steps of archive.steps()) {
    task.check();
    await runs.appendCurves(id, steps, []);
  }
  await runs.appendCurves(id, [], await archive.validation());
  const routing = await archive.routing();
  if (routing) await runs.saveRouting(id, routing);
  for (const growth of await archive.growth()) await experts.putGrowth(id, growth);
  for (const evaluation of await archive.pairs()) {
    await experts.addPairs({ evaluation: { ...evaluation, runId: id }, items: [] });
  }
  const answers = await archive.answers();
  if (answers.length === 0) return;
  await runResults.beginSamples(id, []);
  for (const point of answers) await runResults.addSamples(id, { ...point, answers: [] });
}

/** The summary for this studio: only states whose branches came along, and a checkpoint only if it can resume. */
function arrived(
  { run }: Manifest,
  { stages: { length: stages }, best, checkpoint }: StoredBranches,
  linked: Linked,
): RunSummary {
  const { best: _measured, ...rest } = run;
  const usable = new Set(run.snapshots.map(({ id }) => id));
  const begins = stages === 0 && run.checkpoint?.stage === 0 && run.checkpoint.step === 0;
  const goesOn = checkpoint !== null || begins || (stages > 0 && stages < run.recipe.stages.length);
  const place = checkpoint
    ? { stage: checkpoint.stage, step: checkpoint.step }
    : { stage: stages, step: 0 };
  const interrupted = run.state === 'interrupted' || run.state === 'failed';
  return {
    ...rest,
    ...(best.length > 0
      ? { best: best.map(({ stage, step, loss }) => ({ stage, step, loss })) }
      : {}),
    ...linked,
    snapshots: withBest(
      snapshotsAfter(run.recipe, stages).filter(({ id }) => usable.has(id)),
      best,
    ),
    checkpoint: interrupted && run.checkpoint && goesOn ? place : null,
  };
}
