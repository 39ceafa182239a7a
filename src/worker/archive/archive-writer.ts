/** Writes a run as one archive, piece by piece: curves a few megabytes at a time, branches as they are stored. */
import type { FileToArchive } from '../../formats/files/zip-writer.ts';
import type { FileStore, StoredFile } from '../../storage/files/file-store.ts';
import { readPieces } from '../../formats/files/byte-source.ts';
import type { StoredGrowth, StoredRouting, StoredRun, StoredStep } from '../../storage/stored.ts';
import type { Runs } from '../../storage/runs.ts';
import {
  bestPath,
  CHECKPOINT,
  GROWTH,
  MANIFEST,
  METRICS,
  PAIRS,
  ROUTING,
  stagePath,
  stepsPath,
  VALIDATION,
  WARD_CARD,
  writtenNumber,
} from './archive-files.ts';
import { writeManifest, type Manifest } from './archive-manifest.ts';
import { finishedPairs } from './archive-pairs.ts';
import { metricsCsv } from '../exports/export-text.ts';
import type { PairEvaluation } from '../../contract/experts.ts';
import type { RunCurves } from '../../contract/runs.ts';
import type { Task } from '../tasks/tasks.ts';

/** Length of one part of the curves; the reader holds one part at a time. */
const PART_CHARACTERS = 8_000_000;
/** Steps read from the database at once. */
const STEPS_AT_ONCE = 200;

export interface RunToArchive {
  readonly stored: StoredRun;
  readonly curves: RunCurves;
  readonly routing: StoredRouting | null;
  readonly growth: readonly StoredGrowth[];
  readonly pairs: readonly PairEvaluation[];
  readonly about: Pick<Manifest, 'base' | 'dataSets' | 'environment' | 'scores' | 'shortcuts'>;
  readonly card: string;
  readonly wardCard: string;
  /** Whether to include the branches of finished stages, and the checkpoint of an interrupted stage. */
  readonly parts: { readonly branches: boolean; readonly checkpoint: boolean };
}

const encoder = new TextEncoder();

function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, part: unknown) => (typeof part === 'number' ? writtenNumber(part) : part),
    indent,
  );
}

function text(path: string, content: string): FileToArchive {
  return { path, chunks: [encoder.encode(content)], compress: true };
}

function line({ metrics, rows }: StoredStep): string {
  return `${jsonText({ metrics, rows: [...rows] })}\n`;
}

/** The lines of all steps of a run, in parts of a few megabytes. */
async function* stepParts(runs: Runs, id: string): AsyncGenerator<readonly string[]> {
  let lines: string[] = [];
  let length = 0;
  let [stage, step] = [0, 0];
  for (;;) {
    const steps = await runs.stepsFrom(id, stage, step, STEPS_AT_ONCE);
    for (const stored of steps) {
      const written = line(stored);
      lines.push(written);
      length += written.length;
      if (length < PART_CHARACTERS) continue;
      yield lines;
      [lines, length] = [[], 0];
    }
    const last = steps.at(-1);
    if (!last || steps.length < STEPS_AT_ONCE) break;
    [stage, step] = [last.metrics.stage, last.metrics.step + 1];
  }
  if (lines.length > 0) yield lines;
}

async function* storedFile(store: FileStore, { path }: StoredFile, task: Task) {
  for await (const piece of readPieces(await store.open(path))) {
    task.check();
    yield piece;
  }
}

function seal({ bytes, sha256 }: StoredFile): { readonly bytes: number; readonly sha256: string } {
  return { bytes, sha256 };
}

/** The files of an archive in writing order; the manifest names the others and comes last. */
export async function* archivedFiles(
  runs: Runs,
  files: FileStore,
  { stored, curves, routing, growth, pairs, about, card, wardCard, parts }: RunToArchive,
  task: Task,
): AsyncGenerator<FileToArchive> {
  const { summary, tasks, fingerprint } = stored;
  const { origin: _origin, recovery: _recovery, paused: _paused, ...run } = summary;
  yield text('README.md', card);
  yield text(WARD_CARD, wardCard);
  yield text('recipe.json', jsonText(run.recipe, 2));
  yield text(METRICS, metricsCsv(curves));
  yield text(VALIDATION, jsonText(curves.validation));
  if (routing) yield text(ROUTING, jsonText(routing));
  if (growth.length > 0) yield text(GROWTH, jsonText(growth));
  const finished = finishedPairs(pairs);
  if (finished.length > 0) yield text(PAIRS, jsonText(finished));
  let steps = 0;
  let part = 0;
  for await (const lines of stepParts(runs, run.id)) {
    task.check();
    yield text(stepsPath(part), lines.join(''));
    steps += lines.length;
    part += 1;
  }
  const stages = parts.branches ? stored.stages : [];
  for (const [stage, file] of stages.entries()) {
    task.progress(stage / (stages.length + 1), { code: 'named', name: stagePath(stage) });
    yield { path: stagePath(stage), chunks: storedFile(files, file, task) };
  }
  const best = parts.branches ? (stored.best ?? []) : [];
  for (const { stage, file } of best) {
    // A best step that was the last has the bytes of its stage's end, and is read from there.
    if (file.sha256 === stages[stage]?.sha256) continue;
    yield { path: bestPath(stage), chunks: storedFile(files, file, task) };
  }
  // A checkpoint is useless without the branches of the stages before it.
  const checkpoint = parts.checkpoint && parts.branches ? stored.checkpoint : null;
  if (checkpoint) yield { path: CHECKPOINT, chunks: storedFile(files, checkpoint.file, task) };
  const manifest: Manifest = {
    run,
    tasks,
    fingerprint,
    ...about,
    steps,
    stepParts: part,
    stages: stages.map(seal),
    best: best.map(({ stage, step, loss, file }) => ({ stage, step, loss, ...seal(file) })),
    checkpoint: checkpoint && {
      ...seal(checkpoint.file),
      stage: checkpoint.stage,
      step: checkpoint.step,
    },
  };
  yield text(MANIFEST, jsonText(writeManifest(manifest), 2));
}
