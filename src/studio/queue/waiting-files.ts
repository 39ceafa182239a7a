/** Keeps a person's own question files while their measurement waits, so that it survives a reload. */
import { fault } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';

const kind = 'waiting-files';

/** The files of measurements that were asked since the page was opened. */
const here = new Map<string, readonly File[]>();

/** Keeps the files of a measurement in this browser; where that fails, they last until the page is left. */
export async function keepFiles(id: string, files: readonly File[]): Promise<void> {
  here.set(id, files);
  await worker.call('documents.put', { kind, id, value: { files } }).catch(() => undefined);
}

/** @throws StudioError `file-missing` where not all files are there */
export async function readFiles(id: string, names: readonly string[]): Promise<readonly File[]> {
  const known = here.get(id);
  if (known || names.length === 0) return known ?? [];
  const stored = await worker.call('documents.list', { kind });
  const { files } = (stored.find((one) => one.id === id)?.value ?? {}) as { files?: unknown };
  const found: unknown[] = Array.isArray(files) ? files : [];
  return names.map((name, index) => {
    const file = found[index];
    if (file instanceof File) return file;
    throw fault('file-missing', { path: name }, { kept: 'stored' });
  });
}

/** Removes the files of a measurement that waits no more. */
export async function forgetFiles(id: string): Promise<void> {
  here.delete(id);
  await worker.call('documents.remove', { kind, id }).catch(() => undefined);
}

/** Removes files whose measurement is in the queue no more. */
export async function forgetOtherFiles(ids: readonly string[]): Promise<void> {
  const stored = await worker.call('documents.list', { kind }).catch(() => []);
  for (const { id } of stored) if (!ids.includes(id)) await forgetFiles(id);
}
