/** Writes a run as one archive, piece by piece: curves a few megabytes at a time, branches as they are stored. */
import type { PairEvaluation } from '../contract/experts.ts';
import type { RunCurves, RunSummary } from '../contract/runs.ts';
import type { Note } from '../faults/catalogue.ts';
import { readPieces, type ByteSource } from '../formats/files/byte-source.ts';
import type { FileSeal } from '../formats/files/sealer.ts';
import type { FileToArchive } from '../formats/files/zip-writer.ts';
import {
  ANSWERS,
  bestPath,
  CHECKPOINT,
  GROWTH,
  jsonText,
  MANIFEST,
  METRICS,
  PAIRS,
  ROUTING,
  stagePath,
  stepsPath,
  VALIDATION,
  WARD_CARD,
} from './archive-files.ts';
import { stepLine } from './archive-curves.ts';
import { writeManifest, type Manifest } from './archive-manifest.ts';
import { archivedMemory } from './archive-memory.ts';
import { finishedPairs } from './archive-pairs.ts';
import { writeAnswers, type AnswerEnds } from './archive-answers.ts';
import { metricsCsv } from './cards/export-text.ts';
import type { StoredGrowth, StoredRouting, StoredStep } from './run-parts.ts';

/** Length of one part of the curves; the reader holds one part at a time. */
const PART_CHARACTERS = 8_000_000;

/** A file of a run: its seal, and how it is opened when its turn comes. */
export interface SealedFile extends FileSeal {
  readonly open: () => Promise<ByteSource>;
}

/** What may end the writing of an archive, and hears how far it is. */
export interface ArchiveWatch {
  /** Throws where it shall end. */
  check(): void;
  progress(fraction: number, note: Note): void;
}

export interface RunToArchive {
  readonly summary: RunSummary;
  /** Tasks by which routing is counted. */
  readonly tasks: readonly string[];
  /** Hash of everything that decides what the run sees. */
  readonly fingerprint: string;
  /** Every step with its records, in order, some at a time. */
  readonly steps: AsyncIterable<readonly StoredStep[]> | Iterable<readonly StoredStep[]>;
  /** Branches at the end of each stage that ended. */
  readonly stages: readonly SealedFile[];
  /** Branches at the best step of stages. */
  readonly best: readonly {
    readonly stage: number;
    readonly step: number;
    readonly loss: number;
    readonly file: SealedFile;
  }[];
  /** The point within a stage from which it goes on; useless without the branches of the stages before it. */
  readonly checkpoint: {
    readonly stage: number;
    readonly step: number;
    readonly file: SealedFile;
  } | null;
  readonly curves: RunCurves;
  readonly routing: StoredRouting | null;
  readonly growth: readonly StoredGrowth[];
  readonly pairs: readonly PairEvaluation[];
  /** How sample answers ended; empty where nothing is known. */
  readonly answers: readonly AnswerEnds[];
  readonly about: Pick<Manifest, 'base' | 'dataSets' | 'environment' | 'scores' | 'shortcuts'>;
  readonly card: string;
  readonly wardCard: string;
}

const encoder = new TextEncoder();

function text(path: string, content: string): FileToArchive {
  return { path, chunks: [encoder.encode(content)], compress: true };
}

/** The lines of all steps of a run, in parts of a few megabytes. */
async function* stepParts(batches: RunToArchive['steps']): AsyncGenerator<readonly string[]> {
  let lines: string[] = [];
  let length = 0;
  for await (const steps of batches) {
    for (const stored of steps) {
      const written = stepLine(stored);
      lines.push(written);
      length += written.length;
      if (length < PART_CHARACTERS) continue;
      yield lines;
      [lines, length] = [[], 0];
    }
  }
  if (lines.length > 0) yield lines;
}

async function* pieces({ open }: SealedFile, watch: ArchiveWatch): AsyncGenerator<Uint8Array> {
  for await (const piece of readPieces(await open())) {
    watch.check();
    yield piece;
  }
}

function seal({ bytes, sha256 }: FileSeal): FileSeal {
  return { bytes, sha256 };
}

/** The files of an archive in writing order; the manifest names the others and comes last. */
export async function* archivedFiles(
  archived: RunToArchive,
  watch: ArchiveWatch,
): AsyncGenerator<FileToArchive> {
  const { summary, tasks, fingerprint, stages, best, checkpoint, curves, about } = archived;
  const { origin: _origin, recovery: _recovery, paused: _paused, ...rest } = summary;
  const { handedOff: _handedOff, memorisation, ...others } = rest;
  const run = { ...others, ...(memorisation && { memorisation: archivedMemory(memorisation) }) };
  yield text('README.md', archived.card);
  yield text(WARD_CARD, archived.wardCard);
  yield text('recipe.json', jsonText(run.recipe, 2));
  yield text(METRICS, metricsCsv(curves));
  yield text(VALIDATION, jsonText(curves.validation));
  yield* results(archived);
  let steps = 0;
  let part = 0;
  for await (const lines of stepParts(archived.steps)) {
    watch.check();
    yield text(stepsPath(part), lines.join(''));
    steps += lines.length;
    part += 1;
  }
  for (const [stage, file] of stages.entries()) {
    watch.progress(stage / (stages.length + 1), { code: 'named', name: stagePath(stage) });
    yield { path: stagePath(stage), chunks: pieces(file, watch) };
  }
  for (const { stage, file } of best) {
    // A best step that was the last has the bytes of its stage's end, and is read from there.
    if (file.sha256 === stages[stage]?.sha256) continue;
    yield { path: bestPath(stage), chunks: pieces(file, watch) };
  }
  if (checkpoint) yield { path: CHECKPOINT, chunks: pieces(checkpoint.file, watch) };
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

/** Routing, growth, scores by forced pair and ends of sample answers, where there are any. */
function* results({ routing, growth, pairs, answers }: RunToArchive): Generator<FileToArchive> {
  if (routing) yield text(ROUTING, jsonText(routing));
  if (growth.length > 0) yield text(GROWTH, jsonText(growth));
  const finished = finishedPairs(pairs);
  if (finished.length > 0) yield text(PAIRS, jsonText(finished));
  if (answers.length > 0) yield text(ANSWERS, jsonText(writeAnswers(answers)));
}
