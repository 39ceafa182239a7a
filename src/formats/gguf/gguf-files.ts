/** Finds a GGUF file among dropped files, and gives its texts as the files of a folder. */
import { fault } from '../../faults/fault.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import type { GgufModel } from './gguf-model.ts';

/**
 * The GGUF file among dropped files; undefined where they are a folder with safetensors or include no GGUF file.
 * @throws StudioError `gguf-several`
 */
export function ggufAmong(files: ReadonlyMap<string, ByteSource>): ByteSource | undefined {
  const paths = [...files.keys()];
  if (paths.some((path) => /\.safetensors$/i.test(path))) return undefined;
  // An image projector and an importance matrix are no models.
  const found = paths.filter((path) => /\.gguf$/i.test(path) && !/mmproj|imatrix/i.test(path));
  if (found.length > 1) {
    throw fault(
      'gguf-several',
      { files: found.slice(0, 20), count: found.length },
      { kept: 'models' },
    );
  }
  return files.get(found[0] ?? '');
}

/** The parts of a GGUF file besides its weights, as the files of a Hugging Face folder. */
export function textsOfGguf(model: GgufModel): Map<string, ByteSource> {
  const { configJson, tokenizerJson, tokenizerConfigJson, generationConfigJson } = model;
  const texts = new Map([
    ['config.json', configJson],
    ['tokenizer.json', tokenizerJson],
    ['tokenizer_config.json', tokenizerConfigJson],
  ]);
  if (generationConfigJson !== null) texts.set('generation_config.json', generationConfigJson);
  const encoder = new TextEncoder();
  return new Map(
    [...texts].map(([name, text]) => [name, memorySource(name, encoder.encode(text))]),
  );
}
