import type { PublicFiles } from '../storage/fetch.ts';
import type { StorageEstimate } from '../storage/quota.ts';
import type { Storage } from '../storage/storage.ts';
import type { DeviceKeeper } from './device.ts';
import type { ModelLibrary } from './library.ts';
import type { WorkerEvent } from './protocol.ts';
import type { Tasks } from './tasks.ts';
import type { Tokeniser } from './tokenise.ts';

/** What the handlers share. */
export interface WorkerContext {
  readonly storage: Storage;
  readonly publicFiles: PublicFiles;
  readonly library: ModelLibrary;
  readonly device: DeviceKeeper;
  readonly tokeniser: Tokeniser;
  readonly tasks: Tasks;
  emit(event: WorkerEvent): void;
  estimate(): Promise<StorageEstimate>;
}
