/** Reads the records that a run trains on: files of any shape that the studio reads, in the order of the command line. */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import type { ImportProblem } from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import {
  identityLine,
  normalRecord,
  setNameOf,
  type NormalRecord,
} from '../../formats/records/normal-record.ts';
import { guessKind, importRecords } from '../../formats/records/records.ts';
import type { ChatRecord, DataKind } from '../../formats/records/record-types.ts';
import type { DataPlace } from '../options.ts';
import { inFile } from '../system-fault.ts';

/** The records of one file. */
export interface ReadSet {
  readonly path: string;
  readonly name: string;
  readonly kind: DataKind;
  readonly records: readonly NormalRecord[];
  /** SHA-256 of the normalised records. */
  readonly fingerprint: string;
  readonly problems: readonly ImportProblem[];
}

const DATA_FILE = /\.(?:jsonl|ndjson|json|csv|tsv)(?:\.gz)?$/i;
/** Records from which the kind of a set is guessed, as the studio does. */
export const GUESSED_FROM = 4000;

/** @throws StudioError `path-missing`, `data-none`, and what a file is that holds no records */
export async function readSets(places: readonly DataPlace[]): Promise<ReadSet[]> {
  const sets: ReadSet[] = [];
  for (const file of await dataFiles(places)) {
    sets.push(
      await readSet(file).catch((thrown: unknown) => {
        throw inFile(thrown, file.path);
      }),
    );
  }
  return sets;
}

/** The files of all places, in their order. @throws StudioError `path-missing`, `data-none` */
export async function dataFiles(places: readonly DataPlace[]): Promise<DataPlace[]> {
  const files: DataPlace[] = [];
  for (const place of places) files.push(...(await filesOf(place)));
  return files;
}

/** The files of a place; a folder's kind is in its name where it is called knowledge or alignment. */
async function filesOf({ path, kind }: DataPlace): Promise<DataPlace[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fault('path-missing', { path }, { cause });
  });
  if (!found.isDirectory()) return [{ path: resolve(path), kind }];
  const names = (await readdir(path, { recursive: true })).filter((name) => DATA_FILE.test(name));
  if (names.length === 0) throw fault('data-none', { path });
  return names.sort().map((name) => ({
    path: resolve(join(path, name)),
    kind: kind ?? kindOf(join(path, name)),
  }));
}

function kindOf(path: string): DataKind | null {
  const folders = path.split(sep).slice(0, -1);
  return (['knowledge', 'alignment'] as const).find((kind) => folders.includes(kind)) ?? null;
}

async function readSet({ path, kind }: DataPlace): Promise<ReadSet> {
  const fileName = basename(path);
  const name = setNameOf(fileName);
  const records: NormalRecord[] = [];
  const looked: ChatRecord[] = [];
  const problems: ImportProblem[] = [];
  const sealer = new Sealer();
  const encoder = new TextEncoder();
  const file = await openAsBlob(path);
  for await (const batch of importRecords(file.stream(), { fileName })) {
    for (const imported of batch.records) {
      if (looked.length < GUESSED_FROM) looked.push(imported.record);
      const normal = normalRecord(imported, name);
      records.push(normal);
      sealer.update(encoder.encode(identityLine(normal)));
    }
    problems.push(...batch.problems);
  }
  if (records.length === 0) throw fault('data-none', { path });
  const { sha256: fingerprint } = sealer.seal();
  return { path, name, kind: kind ?? guessKind(looked), records, fingerprint, problems };
}
