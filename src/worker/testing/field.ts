/** Imports the models and data sets of the field inputs. */
import { readdir, readFile } from 'node:fs/promises';
import type { WorkerClient } from '../client.ts';

const FIELD = 'test/fixtures/field';

/** The files of a folder of the field inputs, by name. */
export async function fieldFiles(folder: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const names = await readdir(`${FIELD}/${folder}`);
  const read = async (name: string) =>
    [name, new Uint8Array(await readFile(`${FIELD}/${folder}/${name}`))] as const;
  return new Map(await Promise.all(names.map(read)));
}

/** Imports a model folder and gives its id. */
export async function importModelFiles(
  client: WorkerClient,
  contents: ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>,
  name = 'model',
): Promise<string> {
  const files = [...contents].map(([path, content]) => new File([content], path));
  const paths = [...contents.keys()].map((path) => `folder/${path}`);
  const { id } = await client.call('models.import', { files, paths, name, task: 'model' });
  return id;
}

/** Imports a model folder of the field inputs and gives its id. @param change other contents of some files */
export async function importFieldModel(
  client: WorkerClient,
  folder: string,
  change: Readonly<Record<string, string>> = {},
): Promise<string> {
  const files = new Map<string, string | Uint8Array<ArrayBuffer>>([
    ...(await fieldFiles(folder)),
    ...Object.entries(change),
  ]);
  return importModelFiles(client, files, folder);
}

/** Imports a file of the field inputs as a data set and gives its id. */
export async function importFieldData(client: WorkerClient, path: string): Promise<string> {
  const name = path.split('/').at(-1) ?? path;
  const file = new File([new Uint8Array(await readFile(`${FIELD}/${path}`))], name);
  const [set] = await client.call('data.import', { files: [file], task: 'data' });
  if (!set) throw new Error(`${path} gave no data set`);
  return set.id;
}
