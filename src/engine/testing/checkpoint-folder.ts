/** Reads configuration and weights of a folder on disk, for tests that need no tokenizer. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWeightsFolder, type WeightsFolder } from '../../formats/weights/weights-folder.ts';
import { withParts } from '../model/fused-weights.ts';
import { parseModelConfig, type ModelConfig } from '../model/config.ts';
import { openFolder } from '../node/folder.ts';

export interface CheckpointFolder {
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
}

/** A Hugging Face folder on disk, of which only config.json and the weights are read. */
export async function openCheckpoint(folder: string): Promise<CheckpointFolder> {
  const config = parseModelConfig(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  return { config, weights: withParts(await openWeightsFolder(await openFolder(folder)), config) };
}
