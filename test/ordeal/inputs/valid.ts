/** Valid files of every kind that the studio reads, from which damaged ones are made. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runArchive } from '../../../e2e/run-archive.ts';
import { folderModel } from '../../hub/test-hub.ts';

export interface ValidFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A folder of a model or an adapter, by path. */
export type Folder = Readonly<Record<string, Uint8Array>>;

export interface ValidInputs {
  readonly records: readonly ValidFile[];
  readonly evaluations: readonly ValidFile[];
  readonly models: readonly Folder[];
  readonly adapters: readonly Folder[];
  readonly ggufs: readonly ValidFile[];
  readonly archive: ValidFile;
  readonly recipe: string;
}

const FIELD = 'test/fixtures/field';
/** Of long files a beginning says as much, and is read a hundred times sooner. */
const ENOUGH_LINES = 30;

async function file(path: string): Promise<ValidFile> {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    bytes: new Uint8Array(await readFile(path)),
  };
}

async function beginning(path: string): Promise<ValidFile> {
  const { name, bytes } = await file(path);
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, ENOUGH_LINES);
  return { name, bytes: new TextEncoder().encode(lines.join('\n')) };
}

/** Paths below the fixtures from the field that end so. */
async function fieldPaths(ending: RegExp): Promise<string[]> {
  const names = await readdir(FIELD, { recursive: true });
  return names
    .filter((name) => ending.test(name))
    .map((name) => join(FIELD, name))
    .sort();
}

async function folder(path: string): Promise<Folder> {
  return (await folderModel('valid/model', path)).files;
}

export async function validInputs(): Promise<ValidInputs> {
  const samples = (await readdir('public/samples'))
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  const evaluations = samples.filter((name) => name.includes('.evaluation.'));
  const records = samples.filter((name) => !name.includes('.evaluation.'));
  // Those of the field that belong to a folder of a model have a configuration beside them.
  const fieldRecords = (await fieldPaths(/\.(jsonl|json|csv)$/)).filter(
    (path) => !/(config|tokenizer|index)\.json$|_config\.json$/.test(path),
  );
  const modelPaths = (await fieldPaths(/(^|\/)config\.json$/)).map((path) =>
    path.slice(0, path.lastIndexOf('/')),
  );
  const adapterPaths = (await fieldPaths(/adapter_config\.json$/)).map((path) =>
    path.slice(0, path.lastIndexOf('/')),
  );
  const archive = await runArchive();
  return {
    records: await Promise.all([
      ...records.map((name) => beginning(`public/samples/${name}`)),
      ...fieldRecords.map(file),
    ]),
    evaluations: await Promise.all([
      ...evaluations.map((name) => beginning(`public/samples/${name}`)),
      ...(await fieldPaths(/36-.*\.jsonl$/)).map(file),
      file('e2e/fixtures/children.evaluation.jsonl'),
    ]),
    models: await Promise.all(modelPaths.map(folder)),
    adapters: await Promise.all(adapterPaths.map(folder)),
    ggufs: [await file('test/fixtures/gguf/stories260k.f16.gguf')],
    archive,
    recipe: await readFile('test/fixtures/exports/recipe.json', 'utf8'),
  };
}
