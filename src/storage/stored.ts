/** Records as the database and run folders hold them. */
import type { DataSetSummary } from '../contract/data.ts';
import type { PairEvaluation } from '../contract/experts.ts';
import type { HubFile, ModelOrigin } from '../contract/hub.ts';
import type { ModelSummary } from '../contract/models.ts';
import type {
  BestStep,
  RunSamples,
  RunSummary,
  Snapshot,
  ValidationPoint,
} from '../contract/runs.ts';
import type { EvaluationItem } from '../engine/evaluation/items.ts';
import type { FaultDescription } from '../faults/catalogue.ts';
import type { StoredFile } from './files/file-store.ts';

export type { StoredGrowth, StoredRouting, StoredStep } from '../archive/run-parts.ts';

export interface StoredDataSet {
  readonly summary: DataSetSummary;
}

export interface StoredModel {
  readonly summary: ModelSummary;
  /** Path inside the model's folder → the stored file. Empty for built-in models. */
  readonly files: readonly { readonly name: string; readonly file: StoredFile }[];
}

/** A stored download: its files lie in the folder of the model that it will become. */
export interface StoredDownload {
  /** Also the id of the model, once all files are there. */
  readonly id: string;
  readonly origin: ModelOrigin;
  readonly licence: string;
  readonly createdAt: number;
  readonly files: readonly {
    readonly file: HubFile;
    /** Path inside the model's folder. */
    readonly name: string;
    readonly etag: string | null;
    /** Set once the file is whole and matches what the hub states. */
    readonly stored: StoredFile | null;
  }[];
  /** Why the download stopped; null while it runs or is paused. */
  readonly error: FaultDescription | null;
}

export interface StoredCheckpoint {
  readonly file: StoredFile;
  readonly stage: number;
  /** Optimiser steps of that stage already taken. */
  readonly step: number;
}

export interface StoredRun {
  readonly summary: RunSummary;
  /** Tasks by which routing is counted; fixed at the start. */
  readonly tasks: readonly string[];
  /** SHA-256 over records, model and template, so that a resumed run sees the same inputs as before. */
  readonly fingerprint: string;
  readonly checkpoint: StoredCheckpoint | null;
  /** Branch parameters at the end of each finished stage. */
  readonly stages: readonly StoredFile[];
  /** Branch parameters at the best step of each stage for which one was looked for. */
  readonly best?: readonly StoredBest[];
}

/** The branches that gave the lowest validation loss of a stage. */
export interface StoredBest extends BestStep {
  readonly file: StoredFile;
  readonly snapshot: Snapshot;
}

export type StoredValidation = ValidationPoint;

/** The prompts of a run with every set of answers to them, in the order of training. */
export type StoredSamples = RunSamples;

/** Holds the items too, so that it can be resumed without their files. */
export interface StoredPairEvaluation {
  readonly evaluation: PairEvaluation;
  readonly items: readonly EvaluationItem[];
}

/** Questions of one or more evaluations, under their SHA-256. */
export interface StoredItems {
  readonly items: readonly EvaluationItem[];
}

export type AnswerKey = [evaluationId: string, place: number];
