/** A browser profile as one file: every record of the database, every private file. */
import 'fake-indexeddb/auto';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { openDB } from 'idb';
import { readWhole, writeFile } from '../../src/storage/files/file-store.ts';
import type { FileStore } from '../../src/storage/files/file-store.ts';

/** The number arrays that records hold, by the name under which they are written. */
const arrays = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array, Float64Array };

interface WrittenStore {
  readonly name: string;
  readonly rows: readonly (readonly [key: unknown, value: unknown])[];
}

/** A value as JSON that loses nothing: number arrays, numbers that JSON has none of, undefined. */
function written(value: unknown): unknown {
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  for (const [name, kind] of Object.entries(arrays)) {
    if (!(value instanceof kind)) continue;
    const { buffer, byteOffset, byteLength } = value;
    return { [`$${name}`]: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
  }
  if (Array.isArray(value)) return value.map(written);
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new Error(`a record holds a ${value.constructor.name}, which cannot be written yet`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, written(part)]));
}

function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(read);
  if ('$undefined' in value) return undefined;
  if ('$number' in value) return Number(value.$number);
  for (const [name, kind] of Object.entries(arrays)) {
    const encoded: unknown = (value as Record<string, unknown>)[`$${name}`];
    if (typeof encoded === 'string')
      return new kind(new Uint8Array(Buffer.from(encoded, 'base64')).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, read(part)]));
}

/** Paths of all files of a store. */
export async function pathsOf(files: FileStore, folder = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const below = await pathsOf(files, path);
    found.push(...(below.length > 0 ? below : [path]));
  }
  return found;
}

/** Every record of a database, store by store. */
export async function recordsOf(name: string): Promise<{
  readonly version: number;
  readonly stores: readonly WrittenStore[];
}> {
  const database = await openDB(name);
  const names = [...database.objectStoreNames];
  // One transaction: all records are of one moment.
  const transaction = database.transaction(names, 'readonly');
  const stores = await Promise.all(
    names.map(async (store): Promise<WrittenStore> => {
      const rows = transaction.objectStore(store);
      const [keys, values] = await Promise.all([rows.getAllKeys(), rows.getAll()]);
      return { name: store, rows: keys.map((key, i) => [written(key), written(values[i])]) };
    }),
  );
  const { version } = database;
  database.close();
  return { version, stores };
}

/** The profile as it is at this moment. Files come after the records: what a record names must be there. */
export async function packProfile(name: string, files: FileStore): Promise<Uint8Array> {
  const entries: Record<string, Uint8Array> = {
    'database.json': strToU8(JSON.stringify(await recordsOf(name), null, 1)),
  };
  for (const path of await pathsOf(files)) entries[`files/${path}`] = await readWhole(files, path);
  // A date that changes would make every packing another file.
  return zipSync(entries, { level: 9, mtime: new Date(2026, 0, 1) });
}

/** Puts a profile where a studio finds it that is opened with this name and these files. */
export async function unpackProfile(
  packed: Uint8Array,
  name: string,
  files: FileStore,
): Promise<void> {
  const { 'database.json': records, ...rest } = unzipSync(packed);
  if (!records) throw new Error('a profile has a database.json');
  const { version, stores } = JSON.parse(strFromU8(records)) as Awaited<
    ReturnType<typeof recordsOf>
  >;
  const database = await openDB(name, version, {
    upgrade: (fresh) => {
      for (const store of stores) fresh.createObjectStore(store.name);
    },
  });
  for (const store of stores) {
    const transaction = database.transaction(store.name, 'readwrite');
    for (const [key, value] of store.rows) {
      await transaction.store.put(read(value), read(key) as IDBValidKey);
    }
    await transaction.done;
  }
  database.close();
  for (const [path, bytes] of Object.entries(rest)) {
    await writeFile(files, path.replace(/^files\//, ''), [bytes]);
  }
}
