/** Puts the handlers of all areas together. */
import type { Gpu } from '../engine/gpu/device.ts';
import type { PublicFiles } from '../storage/fetch.ts';
import type { StorageEstimate } from '../contract/settings.ts';
import type { Storage } from '../storage/storage.ts';
import { ablationHandlers } from './ablation/ablation.ts';
import { archiveHandlers } from './archive/archive.ts';
import { attributionHandlers } from './chat/attribution.ts';
import { chatHandlers } from './chat/chat.ts';
import type { WorkerContext } from './context.ts';
import { dataHandlers } from './data/data.ts';
import { DeviceKeeper, deviceHandlers } from './device/device.ts';
import type { Handlers } from './dispatcher.ts';
import { DownloadKeeper } from './hub/download-keeper.ts';
import { documentHandlers } from './documents/documents.ts';
import { evaluationHandlers } from './evaluation/evaluation.ts';
import { EvaluationKeeper } from './evaluation/evaluation-keeper.ts';
import { expertHandlers } from './experts/experts.ts';
import { noiseHandlers } from './experts/noise-audit.ts';
import { pairHandlers } from './experts/experts-pairs.ts';
import { exportHandlers } from './exports/exports.ts';
import { handOffHandlers } from './handoff/handoff.ts';
import { hubHandlers } from './hub/hub.ts';
import type { FinderPool } from './identifiers/finder-pool.ts';
import { identifierHandlers } from './identifiers/identifiers.ts';
import { judgeHandlers } from './judge/judge.ts';
import { memorisationHandlers } from './memorisation/memorisation.ts';
import { ModelLibrary } from './models/library.ts';
import { modelHandlers } from './models/models.ts';
import { precisionHandlers } from './models/precision.ts';
import { profileHandlers } from './device/profile.ts';
import type { WorkerEvent } from '../contract/contract.ts';
import { RunKeeper } from './runs/run-keeper.ts';
import { runHandlers } from './runs/runs.ts';
import { settingsHandlers } from './settings/settings.ts';
import { taskHandlers, Tasks } from './tasks/tasks.ts';
import { DeviceMemory } from './device/device-memory.ts';
import { TuningKeeper, tuningHandlers } from './device/tuning.ts';
import type { TokenPool } from './tokens/token-pool.ts';
import { Tokeniser } from './tokens/tokenise.ts';
import { StateShelf } from './models/state-shelf.ts';

/** What the worker needs from its environment: a browser's worker, or Node in tests. */
export interface Surroundings {
  readonly storage: Storage;
  readonly publicFiles: PublicFiles;
  readonly openDevice: () => Promise<Gpu>;
  readonly estimate: () => Promise<StorageEstimate>;
  readonly emit: (event: WorkerEvent) => void;
  readonly tokenPool: TokenPool;
  readonly finders: FinderPool;
  readonly searchThread: WorkerContext['searchThread'];
}

/** Puts the worker together: one handler for every call. */
export function createHandlers(surroundings: Surroundings): Handlers {
  const { storage, publicFiles, emit, estimate } = surroundings;
  const tasks = new Tasks(emit);
  const memory = new DeviceMemory(storage.tunings);
  const device = new DeviceKeeper(() => surroundings.openDevice(), emit, memory);
  const { tokenPool } = surroundings;
  const library = new ModelLibrary(storage.models, publicFiles, tokenPool, (model) =>
    emit({ type: 'models.changed', model }),
  );
  const shelf = new StateShelf(library, storage.runs, device, storage.locks);
  const context: WorkerContext = {
    storage,
    publicFiles,
    library,
    device,
    tokeniser: new Tokeniser(storage, tokenPool, library),
    finders: surroundings.finders,
    searchThread: surroundings.searchThread,
    tasks,
    emit,
    estimate,
  };
  const tuning = new TuningKeeper(memory, device, shelf);
  const keeper = new RunKeeper(context, shelf, tuning);
  const evaluations = new EvaluationKeeper(context, shelf);
  return {
    ...deviceHandlers(device, shelf),
    ...dataHandlers(context),
    ...modelHandlers(context, shelf),
    ...precisionHandlers(context, shelf),
    ...hubHandlers(context, new DownloadKeeper(context)),
    ...identifierHandlers(context),
    ...runHandlers(context, keeper, shelf),
    ...profileHandlers(context, keeper, shelf),
    ...tuningHandlers(context, keeper, tuning),
    ...attributionHandlers(context),
    ...expertHandlers(context, keeper, shelf),
    ...noiseHandlers(context, shelf),
    ...pairHandlers(context, shelf),
    ...chatHandlers(context, shelf),
    ...evaluationHandlers(context, evaluations),
    ...ablationHandlers(context, keeper, evaluations),
    ...exportHandlers(context, keeper, shelf),
    ...handOffHandlers(context, keeper),
    ...archiveHandlers(context, shelf),
    ...judgeHandlers(context, shelf),
    ...memorisationHandlers(context, shelf),
    ...documentHandlers(context),
    ...settingsHandlers(context),
    ...taskHandlers(tasks),
  };
}
