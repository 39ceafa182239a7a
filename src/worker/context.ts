/** What all handlers share. */
import type { PublicFiles } from '../storage/fetch.ts';
import type { StorageEstimate } from '../contract/settings.ts';
import type { Storage } from '../storage/storage.ts';
import type { DeviceKeeper } from './device/device.ts';
import type { FinderPool } from './identifiers/finder-pool.ts';
import type { ModelLibrary } from './models/library.ts';
import type { WorkerEvent } from '../contract/contract.ts';
import type { SearchChannel } from './search/searcher.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Tokeniser } from './tokens/tokenise.ts';

/** What the handlers share. */
export interface WorkerContext {
  readonly storage: Storage;
  readonly publicFiles: PublicFiles;
  readonly library: ModelLibrary;
  readonly device: DeviceKeeper;
  readonly tokeniser: Tokeniser;
  readonly finders: FinderPool;
  /** Starts a thread that searches records; null where there is none. */
  readonly searchThread: (() => SearchChannel) | null;
  readonly tasks: Tasks;
  readonly emit: (event: WorkerEvent) => void;
  readonly estimate: () => Promise<StorageEstimate>;
}
