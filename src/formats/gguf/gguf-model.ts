/** A GGUF file as the parts of a Hugging Face folder. */
import type { ByteSource } from '../files/byte-source.ts';
import { readGgufHeader } from './gguf.ts';
import { checkArchitecture, modelConfig, placeTensors, readRopeDivisors } from './gguf-config.ts';
import { GgufFacts } from './gguf-metadata.ts';
import { tokenizerTexts } from './gguf-tokenizer.ts';
import type { TokenizerTexts } from './gguf-tokenizer.ts';
import { ggufWeights } from './gguf-weights.ts';
import type { WeightsFolder } from '../weights/weights-folder.ts';

export interface GgufModel extends TokenizerTexts {
  readonly weights: WeightsFolder;
  readonly configJson: string;
  /** Licence and name as the file states them. */
  readonly licence: string | null;
  readonly name: string | null;
}

/**
 * Opens a model from one GGUF file (qwen2, qwen3, llama or mistral). The header is read, weights are not;
 * what cannot be run is named here.
 * @throws StudioError `gguf-…`
 */
export async function openGguf(source: ByteSource): Promise<GgufModel> {
  const facts = new GgufFacts(source.name, await readGgufHeader(source));
  const architecture = checkArchitecture(facts);
  const tensors = placeTensors(facts, architecture);
  const divisors = await readRopeDivisors(facts, (begin, end) => source.read(begin, end));
  const config = modelConfig(facts, architecture, tensors, divisors);
  const tokenizer = tokenizerTexts(facts, architecture);
  return {
    ...tokenizer,
    weights: ggufWeights(source, tensors),
    configJson: JSON.stringify(config),
    licence: facts.text('general.license') ?? facts.text('general.license.name') ?? null,
    name: facts.text('general.name') ?? null,
  };
}
