/** The engine in Node: a device from the npm package `webgpu`, folders on disk. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportedFile } from '../face/export.ts';
import { openGpu as openAny, type EngineGpu, type OpenGpuOptions } from '../face/gpu.ts';
import { createNodeGpu } from './dawn.ts';

export { openFolder } from './folder.ts';

/**
 * Opens the best adapter that the system's drivers offer; with Vulkan, `VK_ICD_FILENAMES` in the environment names
 * another driver. Needs the npm package `webgpu`. Close it when the work is done: the process then ends by itself.
 * @throws StudioError `adapter-missing`, `device-refused`
 */
export async function openGpu(options: Omit<OpenGpuOptions, 'gpu'> = {}): Promise<EngineGpu> {
  return openAny({ ...options, gpu: await createNodeGpu() });
}

/** Writes files, such as an export's, below a folder, which is created if missing. */
export async function writeFiles(
  folder: string,
  files: Iterable<ExportedFile> | AsyncIterable<ExportedFile>,
): Promise<void> {
  for await (const { path, chunks } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    const file = await open(target, 'w');
    try {
      for await (const chunk of chunks) await file.write(chunk);
    } finally {
      await file.close();
    }
  }
}
