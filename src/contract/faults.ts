/**
 * Which faults calls may end with: codes of the catalogue, and areas of it where a call reads whatever a file holds.
 * What several calls do has its list here.
 */
import type { FaultArea, FaultAreas, FaultCode } from '../faults/catalogue.ts';

/** A fault by its code, or all faults of an area. */
export type Listed = FaultCode | FaultArea;

/** The codes of the listed faults. */
export type CodesOf<L extends Listed> = L extends FaultArea ? keyof FaultAreas[L] : L;

const list = <const L extends Listed>(...listed: readonly L[]): readonly L[] => listed;

/** Any call: the way between page and worker breaks, or storage cannot be opened, read or written. */
export const anyCall = list(
  'internal',
  'request-invalid',
  'message-unreadable',
  'worker-crashed',
  'page-not-secure',
  'storage-path',
  'storage-failed',
  'storage-full',
  'storage-newer',
  'file-missing',
);

/** The files of a model are read and checked. */
export const readingModel = list('models', 'files', 'gguf', 'weights', 'text');

/** A model of the studio is opened, which may be one of the page's own files. */
export const openingModel = list(
  ...readingModel,
  'model-missing',
  'public-file-missing',
  'public-file-damaged',
);

/** Texts become tokens, rendered by a model's template. */
export const makingTokens = list('text', 'text-stuck', 'tokeniser-crashed', 'cancelled');

/** The same for a model of the studio, which may be set aside. */
export const readingTexts = list(...openingModel, ...makingTokens, 'model-aside');

/** A state of a model is loaded: the model with what a run made of it. */
export const loadingState = list(
  ...readingTexts,
  'run-missing',
  'snapshot-missing',
  'best-missing',
  'file-damaged',
  'storage-changing',
  'recipe-invalid',
  'merge-needs-float32',
);

/** A model is planned as a recipe trains it. */
export const planning = list(...openingModel, 'recipe-invalid', 'merge-needs-float32');

/** Records of a data set are read. */
export const readingRows = list('data-set-missing', 'files');

/** The records of a run are prepared. */
export const preparing = list(...readingTexts, ...readingRows, 'training', 'storage-changing');

/** A run goes on: steps, checkpoints, ends of stages. */
export const training = list(
  ...makingTokens,
  'training',
  'files',
  'weights',
  'run-missing',
  'run-storage-full',
  'storage-cleared',
  'file-damaged',
);

/** A run takes the device and trains. */
export const startingRun = list(
  ...preparing,
  ...training,
  'run-elsewhere',
  'run-active',
  'profile-active',
);

/** The call needs the device alone, with no run on it. */
export const besideRuns = list(
  'profile-active',
  'profile-refused',
  'storage-changing',
  'cancelled',
);

/** Questions of evaluation files, or those that come with the studio, are read. */
export const readingQuestions = list(
  'files',
  'public-file-missing',
  'evaluation-empty',
  'evaluation-no-answers',
  'evaluation-too-large',
  'cancelled',
);
