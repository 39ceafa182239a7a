import type { Gpu } from '../engine/gpu/device.ts';
import type { PublicFiles } from '../storage/fetch.ts';
import type { StorageEstimate } from '../storage/quota.ts';
import type { Storage } from '../storage/storage.ts';
import { ablationHandlers } from './ablation.ts';
import { archiveHandlers } from './archive.ts';
import { chatHandlers } from './chat.ts';
import type { WorkerContext } from './context.ts';
import { dataHandlers } from './data.ts';
import { DeviceKeeper, deviceHandlers } from './device.ts';
import type { Handlers } from './dispatcher.ts';
import { DownloadKeeper } from './download-keeper.ts';
import { evaluateHandlers } from './evaluate.ts';
import { EvaluationKeeper } from './evaluation-keeper.ts';
import { expertHandlers } from './experts.ts';
import { exportHandlers } from './exports.ts';
import { hubHandlers } from './hub.ts';
import { judgeHandlers } from './judge.ts';
import { ModelLibrary } from './library.ts';
import { modelHandlers } from './models.ts';
import { precisionHandlers } from './precision.ts';
import { profileHandlers } from './profile.ts';
import type { WorkerEvent } from './protocol.ts';
import { RunKeeper } from './run-keeper.ts';
import { runHandlers } from './runs.ts';
import { Tasks } from './tasks.ts';
import { storedChoices, TuningKeeper, tuningHandlers } from './tuning.ts';
import type { TokenPool } from './token-pool.ts';
import { Tokeniser } from './tokenise.ts';
import { VariantShelf } from './variants.ts';

/** What the worker needs of the place it runs in: a browser's worker, or Node in tests. */
export interface Surroundings {
  readonly storage: Storage;
  readonly publicFiles: PublicFiles;
  readonly openDevice: () => Promise<Gpu>;
  readonly estimate: () => Promise<StorageEstimate>;
  readonly emit: (event: WorkerEvent) => void;
  readonly tokenPool: TokenPool;
}

/** Puts the worker together: one handler for every call. */
export function createHandlers(surroundings: Surroundings): Handlers {
  const { storage, publicFiles, emit, estimate } = surroundings;
  const tasks = new Tasks(emit);
  const device = new DeviceKeeper(
    () => surroundings.openDevice(),
    emit,
    (adapter) => storedChoices(storage.tunings, adapter),
  );
  const { tokenPool } = surroundings;
  const library = new ModelLibrary(storage.models, publicFiles, tokenPool, (model) =>
    emit({ type: 'model.changed', model }),
  );
  const shelf = new VariantShelf(library, storage.runs, device, storage.locks);
  const context: WorkerContext = {
    storage,
    publicFiles,
    library,
    device,
    tokeniser: new Tokeniser(storage, tokenPool, library),
    tasks,
    emit,
    estimate,
  };
  const tuning = new TuningKeeper(storage.tunings, device, shelf);
  const keeper = new RunKeeper(context, shelf, tuning);
  const evaluations = new EvaluationKeeper(context, shelf);
  return {
    ...deviceHandlers(device),
    ...dataHandlers(context),
    ...modelHandlers(context, shelf),
    ...precisionHandlers(context, shelf),
    ...hubHandlers(context, new DownloadKeeper(context)),
    ...runHandlers(context, keeper, shelf),
    ...profileHandlers(context, keeper, shelf),
    ...tuningHandlers(context, keeper, tuning),
    ...expertHandlers(context, keeper, shelf),
    ...chatHandlers(context, shelf),
    ...evaluateHandlers(context, evaluations),
    ...ablationHandlers(context, keeper, evaluations),
    ...exportHandlers(context, keeper, shelf),
    ...archiveHandlers(context, shelf),
    ...judgeHandlers(context, shelf),
    'task.cancel': async ({ task }) => {
      tasks.cancel(task);
      return null;
    },
    'storage.estimate': () => estimate(),
  };
}
