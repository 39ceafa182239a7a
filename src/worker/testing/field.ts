import { readdir, readFile } from 'node:fs/promises';
import type { WorkerClient } from '../client.ts';

const FIELD = 'test/fixtures/field';

/** A model folder of the field inputs, imported; its id. @param change other contents of some files */
export async function importFieldModel(
  client: WorkerClient,
  folder: string,
  change: Readonly<Record<string, string>> = {},
): Promise<string> {
  const names = await readdir(`${FIELD}/${folder}`);
  const files = await Promise.all(
    names.map(async (name) => {
      const content = change[name] ?? new Uint8Array(await readFile(`${FIELD}/${folder}/${name}`));
      return new File([content], name);
    }),
  );
  const paths = names.map((name) => `folder/${name}`);
  const { id } = await client.call('model.import', { files, paths, name: folder, task: 'model' });
  return id;
}

/** A file of the field inputs as a data set; its id. */
export async function importFieldData(client: WorkerClient, path: string): Promise<string> {
  const name = path.split('/').at(-1) ?? path;
  const file = new File([new Uint8Array(await readFile(`${FIELD}/${path}`))], name);
  const [set] = await client.call('data.import', { files: [file], task: 'data' });
  if (!set) throw new Error(`${path} gave no data set`);
  return set.id;
}
