/** Writes a file whole: it is on the disk before it takes the place of an earlier one. */
import { open, rename, rm } from 'node:fs/promises';
import { Sealer, type FileSeal } from '../../formats/files/sealer.ts';

export async function writeWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<FileSeal> {
  const sealer = new Sealer();
  const part = `${path}.part`;
  const file = await open(part, 'w');
  try {
    for await (const chunk of chunks) {
      sealer.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(part, path);
  return sealer.seal();
}
