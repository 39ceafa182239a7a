/** What the database holds, and the upgrades between its versions. */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { ItemAnswer } from '../engine/evaluation/items.ts';
import type { StoredGrid } from '../contract/ablation.ts';
import type { EvaluationSummary } from '../contract/evaluation.ts';
import type { NoiseAudit } from '../contract/experts.ts';
import type {
  StoredDataSet,
  StoredDownload,
  StoredGrowth,
  StoredPairEvaluation,
  AnswerKey,
  StoredItems,
  StoredModel,
  StoredRouting,
  StoredRun,
  StoredStep,
  StoredValidation,
  StoredSamples,
} from './stored.ts';

/** Run, stage, step: the order of the key is the order of training. */
export type StepKey = [runId: string, stage: number, step: number];
/** Two snapshots may be measured at one step: before and after a branch is dropped. */
export type ValidationKey = [...StepKey, snapshot: string];

export type DocumentKey = [kind: string, id: string];

/** What IndexedDB holds: small, structured things. Large ones are files (file-store.ts). */
export interface StudioSchema extends DBSchema {
  dataSets: { key: string; value: StoredDataSet };
  models: { key: string; value: StoredModel };
  runs: { key: string; value: StoredRun };
  steps: { key: StepKey; value: StoredStep };
  validation: { key: ValidationKey; value: StoredValidation };
  routing: { key: string; value: StoredRouting };
  downloads: { key: string; value: StoredDownload };
  /** By device; whoever reads a value checks it. */
  tunings: { key: string; value: object };
  growth: { key: StepKey; value: StoredGrowth };
  /** By kind and id; whoever reads a document checks it. */
  documents: { key: DocumentKey; value: object };
  /** By run and evaluation. */
  pairScores: { key: [runId: string, id: string]; value: StoredPairEvaluation };
  evaluations: { key: string; value: EvaluationSummary };
  evaluationItems: { key: string; value: StoredItems };
  evaluationAnswers: { key: AnswerKey; value: ItemAnswer };
  grids: { key: string; value: StoredGrid };
  /** By run. */
  samples: { key: string; value: StoredSamples };
  /** By run. */
  noiseAudits: { key: string; value: NoiseAudit };
}

export type Connection = IDBPDatabase<StudioSchema>;

export type Upgrade = IDBPTransaction<StudioSchema, StoreNames<StudioSchema>[], 'versionchange'>;

/** One step of the schema's history; the version is the number of steps. Steps are never edited. */
export type Migration = (database: Connection, transaction: Upgrade) => void | Promise<void>;

export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore('dataSets');
    database.createObjectStore('models');
    database.createObjectStore('runs');
    database.createObjectStore('steps');
    database.createObjectStore('validation');
    database.createObjectStore('routing');
  },
  (database) => {
    database.createObjectStore('downloads');
  },
  (database) => {
    database.createObjectStore('tunings');
  },
  (database) => {
    database.createObjectStore('growth');
    database.createObjectStore('pairScores');
  },
  (database) => {
    database.createObjectStore('documents');
  },
  (database) => {
    database.createObjectStore('evaluations');
    database.createObjectStore('evaluationItems');
    database.createObjectStore('evaluationAnswers');
    database.createObjectStore('grids');
  },
  (database) => {
    database.createObjectStore('samples');
  },
  (database) => {
    database.createObjectStore('noiseAudits');
  },
];
