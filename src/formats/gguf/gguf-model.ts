/** Reads a GGUF file as the parts that a Hugging Face folder holds. */
import type { ByteSource } from '../files/byte-source.ts';
import { readGgufHeader } from './gguf.ts';
import { findArchitecture, modelConfig, placeTensors, readRopeDivisors } from './gguf-config.ts';
import { GgufFacts } from './gguf-metadata.ts';
import type { ArchitectureNames } from './gguf-names.ts';
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
 * Opens a model from one GGUF file. It reads the header and no weights, and refuses what cannot be run.
 * @param known architectures that can be run
 * @throws StudioError `gguf-…`
 */
export async function openGguf(
  source: ByteSource,
  known: readonly ArchitectureNames[],
): Promise<GgufModel> {
  const names = known.map(({ name }) => name);
  const facts = new GgufFacts(source.name, await readGgufHeader(source), names);
  const architecture = findArchitecture(facts, known);
  const tensors = placeTensors(facts, architecture);
  const divisors = await readRopeDivisors(facts, (begin, end) => source.read(begin, end));
  const config = modelConfig(facts, architecture, tensors, divisors);
  // A model may have been trained with another architecture's template.
  const turnEnds = [...new Set(known.flatMap(({ gguf }) => gguf.turnEnds))];
  const { preTokenizer } = architecture.gguf;
  const tokenizer = tokenizerTexts(facts, { preTokenizer, turnEnds });
  return {
    ...tokenizer,
    weights: ggufWeights(source, tensors),
    configJson: JSON.stringify(config),
    licence: facts.text('general.license') ?? facts.text('general.license.name') ?? null,
    name: facts.text('general.name') ?? null,
  };
}
