import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../../src/formats/files/byte-source.ts';
import { parseSafetensors, type ParsedSafetensors } from '../../src/formats/weights/safetensors.ts';
import { openWeightsFolder, type WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { parseModelConfig, type ModelConfig } from '../../src/engine/model/config.ts';
import type { NamedParameters } from '../../src/engine/adapters/parameters.ts';

/** A file on disk as the engine reads files. */
export async function fileSource(path: string, name: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return {
    name,
    size,
    async read(begin, end) {
      const handle = await open(path);
      try {
        const bytes = new Uint8Array(end - begin);
        await handle.read(bytes, 0, bytes.length, begin);
        return bytes;
      } finally {
        await handle.close();
      }
    },
  };
}

export interface LoadedFolder {
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
}

/** A Hugging Face folder on disk. */
export async function openModelFolder(folder: string): Promise<LoadedFolder> {
  const files = new Map<string, ByteSource>();
  for (const name of await readdir(folder)) {
    files.set(name, await fileSource(join(folder, name), name));
  }
  const config = parseModelConfig(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  return { config, weights: await openWeightsFolder(files) };
}

export async function readGoldenTensors(path: string): Promise<ParsedSafetensors> {
  return parseSafetensors(new Uint8Array(await readFile(path)), path);
}

/** All tensors of a file as named branch parameters. */
export async function readParameters(path: string): Promise<NamedParameters> {
  const file = await readGoldenTensors(path);
  const named: NamedParameters = new Map();
  for (const [name, { shape }] of file.tensors) {
    named.set(name, { shape, data: await file.readFloat32(name) });
  }
  return named;
}
