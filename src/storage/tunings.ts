/** Stores what tuning found, by device. */
import type { StudioDatabase } from './database.ts';

/** What tuning found, by device. Who reads it checks it: this only keeps it. */
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
