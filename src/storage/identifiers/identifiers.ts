/** Keeps what was found in a data set, and what a person decided of each finding, beside its records. */
import type { DataSets } from '../data-sets.ts';
import { identifiersLock } from '../lock-names.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { DecisionsBefore } from '../../contract/identifiers.ts';
import { alone, type Locks } from '../locks.ts';
import { readWhole, writeFile, type FileStore } from '../files/file-store.ts';
import { FindingTable, FindingWriter } from './finding-table.ts';

const findingsPath = (id: string): string => `data/${id}/identifiers.bin`;
const decisionsPath = (id: string): string => `data/${id}/identifiers-decided.bin`;

export class Identifiers {
  readonly #files: FileStore;
  readonly #locks: Locks;
  readonly #dataSets: DataSets;
  /** The table that was read last; a person looks at one set at a time. */
  #table: { readonly id: string; readonly at: number; readonly table: FindingTable } | null = null;

  constructor(files: FileStore, locks: Locks, dataSets: DataSets) {
    this.#files = files;
    this.#locks = locks;
    this.#dataSets = dataSets;
  }

  /** Begins to write the findings of a set; those of an earlier search must have been dropped. */
  writer(id: string): Promise<FindingWriter> {
    return FindingWriter.create(this.#files, findingsPath(id));
  }

  /** Forgets what was found and decided. @throws StudioError `data-set-missing` */
  async drop(id: string): Promise<void> {
    // The entry first: without it nobody reads the files.
    await this.#dataSets.setIdentifiers(id, null);
    await this.#files.remove(findingsPath(id));
    await this.#files.remove(decisionsPath(id));
  }

  /** What was found. @throws StudioError `data-set-missing`, `identifiers-not-looked` */
  async table(id: string): Promise<FindingTable> {
    const { identifiers } = await this.#dataSets.get(id);
    if (!identifiers) throw fault('identifiers-not-looked', { id }, { kept: 'data-set' });
    const known = this.#table;
    if (known?.id === id && known.at === identifiers.at) return known.table;
    const table = new FindingTable(await readWhole(this.#files, findingsPath(id)));
    this.#table = { id, at: identifiers.at, table };
    return table;
  }

  /** A number of DECISIONS for each finding. */
  async decisions(id: string, count: number): Promise<Uint8Array<ArrayBuffer>> {
    const names = await this.#files.list(`data/${id}`);
    if (!names.includes('identifiers-decided.bin')) return new Uint8Array(count);
    const stored = await readWhole(this.#files, decisionsPath(id));
    return stored.length === count ? stored : new Uint8Array(count);
  }

  /** Sets decisions, of which there are `count`, to numbers of DECISIONS; gives those before. */
  decide(
    id: string,
    count: number,
    places: Uint32Array,
    to: (i: number) => number,
  ): Promise<DecisionsBefore> {
    return alone(this.#locks, identifiersLock(id), elsewhere, async () => {
      const decided = await this.decisions(id, count);
      const before = Uint8Array.from(places, (place) => decided[place] ?? 0);
      places.forEach((place, i) => {
        if (place < count) decided[place] = to(i);
      });
      await writeFile(this.#files, decisionsPath(id), [decided]);
      return { places, before };
    });
  }
}

function elsewhere(): StudioError {
  return fault('storage-changing', {}, { kept: 'stored-before' });
}
