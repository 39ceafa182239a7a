/** Stores what tuning found, by device. */
import type { StudioDatabase } from './database.ts';

/** The results of tuning, by device. They are only stored here; whoever reads them checks them. */
export class Tunings {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** Null where nothing is kept for this device. */
  async get(device: string): Promise<unknown> {
    return (await this.#database.get('tunings', device)) ?? null;
  }

  async put(device: string, record: object): Promise<void> {
    await this.#database.put('tunings', record, device);
  }

  async remove(device: string): Promise<void> {
    await this.#database.delete('tunings', device);
  }
}
