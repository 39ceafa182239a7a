import { existsSync, readFileSync } from 'node:fs';
import { loadTokenizer } from '../tokenizer.ts';
import type { TextTokenizer } from '../tokenizer.ts';

/** Text of a file of the repository, by its path from the root (where the tests run). */
export function readFixture(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Loads the tokenizer of a model folder for a test. */
export function loadTestTokenizer(folder: string): TextTokenizer {
  const generation = `${folder}/generation_config.json`;
  return loadTokenizer({
    tokenizerJson: readFixture(`${folder}/tokenizer.json`),
    tokenizerConfigJson: readFixture(`${folder}/tokenizer_config.json`),
    ...(existsSync(generation) ? { generationConfigJson: readFixture(generation) } : {}),
  });
}
