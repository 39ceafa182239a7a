/** A run to look at and to use, from its folder or from an archive: what it is, and the branches of its states. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { damagedArchive } from '../../archive/archive-files.ts';
import { checkArchive, openArchive, type OpenArchive } from '../../archive/archive-reader.ts';
import type { StoredGrowth, StoredRouting, StoredStep } from '../../archive/run-parts.ts';
import type { ArchivedBase, ArchivedDataSet, ArchivedScore } from '../../contract/run-origin.ts';
import type { RunSummary, ValidationPoint } from '../../contract/runs.ts';
import type { ModelConfig } from '../../engine/model/config.ts';
import { fileSource } from '../../engine/node/folder.ts';
import {
  bestSnapshot,
  bestStageOf,
  snapshotsAfter,
  withBest,
} from '../../engine/training/run/snapshots.ts';
import { fault } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { Sealer, type FileSeal } from '../../formats/files/sealer.ts';
import { RunFolder } from './run-folder.ts';

export interface OpenedRun {
  readonly summary: RunSummary;
  readonly base: ArchivedBase;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly scores: readonly ArchivedScore[];
  /** Stages whose branches are here. */
  readonly stages: number;
  readonly checkpoint: { readonly stage: number; readonly step: number } | null;
  /** When it was handed off, in milliseconds, if it waits since; an archive does not say it. */
  readonly handedOff: number | null;
  validation(): Promise<readonly ValidationPoint[]>;
  steps(): Promise<readonly StoredStep[]>;
  growth(): Promise<readonly StoredGrowth[]>;
  routing(): Promise<StoredRouting | null>;
  /** Branches at the end of each stage that ended. @throws StudioError `run-archive-damaged` */
  stageBranches(): Promise<Uint8Array[]>;
  bestBranches(stage: number): Promise<Uint8Array>;
  checkpointData(): Promise<Uint8Array | null>;
  /** Checks everything against the base model. @throws StudioError `run-archive-invalid`, `safetensors-…` */
  check(config: ModelConfig | null): Promise<void>;
  /** The folder that it lies in; null for an archive. */
  readonly folder: RunFolder | null;
  /** What only an archive holds besides. */
  readonly archive: OpenArchive | null;
}

/** @throws StudioError `path-missing`, `run-folder-missing`, and what an archive lacks */
export async function openRun(path: string): Promise<OpenedRun> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fault('path-missing', { path }, { cause });
  });
  if (found.isDirectory()) return fromFolder(await RunFolder.open(path));
  return fromArchive(await openArchive(await fileSource(path, basename(path))));
}

function fromFolder(folder: RunFolder): OpenedRun {
  const { run, base, dataSets, scores, stages, best, checkpoint, routing } = folder.state;
  return {
    ...{ summary: run, base, dataSets, scores, folder, archive: null },
    stages: stages.length,
    checkpoint: run.checkpoint,
    handedOff: folder.state.handedOff ?? null,
    validation: async () => (await folder.curves()).validation,
    steps: () => folder.steps(),
    growth: () => folder.growth(),
    routing: () => Promise.resolve(routing),
    stageBranches: () => Promise.all(stages.map((file) => folder.read(file))),
    bestBranches: (stage) => {
      const step = best.find((one) => one.stage === stage);
      if (!step) throw fault('best-missing', { id: run.id, stage });
      return folder.read(step.file);
    },
    checkpointData: async () => checkpoint && folder.read(checkpoint.file),
    check: () => Promise.resolve(),
  };
}

function fromArchive(archive: OpenArchive): OpenedRun {
  const { manifest, stages, best, checkpoint } = archive;
  const { run, base, dataSets, scores } = manifest;
  const known = manifest.best.map(({ stage, step }) => ({
    stage,
    snapshot: bestSnapshot(run.recipe, stage, step),
  }));
  const snapshots = withBest(snapshotsAfter(run.recipe, stages.length), known);
  return {
    ...{ summary: { ...run, snapshots }, base, dataSets, scores, folder: null, archive },
    stages: stages.length,
    checkpoint: manifest.checkpoint ?? run.checkpoint,
    handedOff: null,
    validation: () => archive.validation(),
    steps: async () => {
      const all: StoredStep[] = [];
      for await (const some of archive.steps()) all.push(...some);
      return all;
    },
    growth: () => archive.growth(),
    routing: () => archive.routing(),
    stageBranches: () =>
      Promise.all(stages.map((source, stage) => sealed(source, manifest.stages[stage]))),
    bestBranches: (stage) => {
      const index = manifest.best.findIndex((one) => one.stage === stage);
      const source = best[index];
      if (!source) throw fault('best-missing', { id: run.id, stage });
      return sealed(source, manifest.best[index]);
    },
    checkpointData: async () =>
      checkpoint && manifest.checkpoint ? sealed(checkpoint, manifest.checkpoint) : null,
    check: (config) => checkArchive(archive, config),
  };
}

/** The bytes of a file of an archive. Archives of the earliest layout state no hash. */
async function sealed(source: ByteSource, due: FileSeal | undefined): Promise<Uint8Array> {
  const bytes = await source.read(0, source.size);
  const sealer = new Sealer();
  sealer.update(bytes);
  if (due && sealer.seal().sha256 !== due.sha256) throw damagedArchive(source.name);
  return bytes;
}

/** The branches from which a state of the run is made. */
export async function branchesOf(run: OpenedRun, state: string): Promise<readonly Uint8Array[]> {
  const stages = await run.stageBranches();
  const best = bestStageOf(state);
  return best === null ? stages : [...stages.slice(0, best), await run.bestBranches(best)];
}
