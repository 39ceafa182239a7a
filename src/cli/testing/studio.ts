/** A studio in this process that has the model and the records of the command line's tests. */
import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunState } from '../../contract/runs.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { openStudio, type Studio } from '../../worker/testing/studio.ts';

export const MODEL = 'public/models/stories260k';
const [KNOWLEDGE, ALIGNMENT] = ['test/package/numbers.jsonl', 'test/package/rooms.jsonl'] as const;
/** The same records for a command. */
export const DATA = ['--knowledge', KNOWLEDGE, '--alignment', ALIGNMENT] as const;

export const fileAt = async (path: string): Promise<File> =>
  new File([await openAsBlob(path)], path.split('/').at(-1) ?? '');

export interface FilledStudio {
  readonly client: Studio['client'];
  readonly modelId: string;
  readonly sets: readonly DataSetSummary[];
  /** The page is loaded again: a run that was under way is interrupted. */
  readonly reload: () => Promise<Studio['client']>;
  /** The state in which a run is at the moment. */
  readonly stateOf: (id: string) => Promise<RunState | undefined>;
  readonly close: () => void;
}

let count = 0;

export async function filledStudio(): Promise<FilledStudio> {
  const gpu = await openTestDevice();
  const kept = { files: memoryStore(), name: `filled-${count++}` };
  let studio = await openStudio(async () => gpu, kept);
  const { client } = studio;
  await client.call('data.import', {
    files: [await fileAt(KNOWLEDGE), await fileAt(ALIGNMENT)],
    task: 'import',
  });
  const names = await readdir(MODEL);
  const { id: modelId } = await client.call('models.import', {
    files: await Promise.all(names.map((name) => fileAt(join(MODEL, name)))),
    ...{ paths: names, name: 'stories', task: 'model' },
  });
  const sets = await client.call('data.list', {});
  for (const { id, name } of sets) {
    await client.call('data.setKind', { id, kind: name === 'numbers' ? 'knowledge' : 'alignment' });
  }
  const stateOf = async (id: string) =>
    (await studio.client.call('runs.list', {})).find((run) => run.id === id)?.state;
  const reload = async () => {
    studio.close();
    studio = await openStudio(async () => gpu, kept);
    return studio.client;
  };
  const close = (): void => {
    studio.close();
    gpu.close();
  };
  return { client, modelId, sets, reload, stateOf, close };
}
