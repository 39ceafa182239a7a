/** Loads files of the repository for tests. */
import { existsSync, readFileSync } from 'node:fs';
import { loadTokenizer } from '../tokenizer/tokenizer.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** Text of a file of the repository, by its path from the root (where the tests run). */
export function readFixture(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Loads the tokenizer of a model folder for a test. */
export function loadTestTokenizer(folder: string): TextTokenizer {
  const read = (name: string): string | undefined =>
    existsSync(`${folder}/${name}`) ? readFixture(`${folder}/${name}`) : undefined;
  const texts = {
    tokenizerConfigJson: read('tokenizer_config.json'),
    chatTemplateJinja: read('chat_template.jinja'),
    generationConfigJson: read('generation_config.json'),
    configJson: read('config.json'),
    specialTokensMapJson: read('special_tokens_map.json'),
    addedTokensJson: read('added_tokens.json'),
  };
  const given = Object.entries(texts).filter(([, text]) => text !== undefined);
  return loadTokenizer({
    tokenizerJson: readFixture(`${folder}/tokenizer.json`),
    ...Object.fromEntries(given),
  });
}
