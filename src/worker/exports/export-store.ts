/**
 * Keeps the files that were made for the page to save: each session has its own, deleted with the session or
 * with their run.
 */
import { writeFile } from '../../storage/files/file-store.ts';
import { runUseLock } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';

const FOLDER = 'exports';

/** Builds a file in storage; after a failure or Cancel the partial file is removed. */
export async function storeExport(
  { files, session }: Pick<Storage, 'files' | 'session'>,
  runId: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ name: string; blob: Blob }> {
  const path = `${FOLDER}/${session}/${runId}/${crypto.randomUUID()}/${name}`;
  await writeFile(files, path, chunks);
  return { name, blob: await files.blob(path) };
}

/** Deleted means gone: removes the files that were made of a run, whichever tab made them. */
export async function removeExports(
  { files }: Pick<Storage, 'files'>,
  runId: string,
): Promise<void> {
  for (const session of await files.list(FOLDER)) {
    await files.remove(`${FOLDER}/${session}/${runId}`);
  }
}

/** Removes the files made of a run, except while one is being made: then they go with the session that makes them. */
export async function removeUnusedExports(
  { files, locks }: Pick<Storage, 'files' | 'locks'>,
  runId: string,
): Promise<void> {
  const release = await locks.take(runUseLock(runId), 'exclusive');
  if (!release) return;
  try {
    await removeExports({ files }, runId);
  } finally {
    release();
  }
}
