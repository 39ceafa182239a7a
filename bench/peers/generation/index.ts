/** Prefill and decoding of a small Llama, by every contestant that can. */
import type { Gpu } from '../../../src/engine/gpu/device.ts';
import { parameterCount } from '../../../src/engine/model/weights.ts';
import type { OrtModule } from '../ort.ts';
import { contest, type GenerationResult, type WriterContestant } from './contest.ts';
import { firstLetterId, randomWeights, smallLlama, type NamedWeights } from './model.ts';
import { ortWriter } from './ort.ts';
import { ourWriter } from './ours.ts';

const promptTokens = 128;
const tokens = 24;
const capacity = 256;

/** Prefill and decoding of the small Llama by everyone who can. */
export async function measureGeneration(
  gpu: Gpu,
  loadOrt: () => Promise<OrtModule>,
  others: (model: NamedWeights, capacity: number) => readonly WriterContestant[],
  settings: { readonly rounds: number; readonly peers: readonly string[] },
  log: (line: string) => void,
): Promise<GenerationResult> {
  const config = smallLlama();
  const model = randomWeights(config);
  const { vocabularySize, hiddenSize, layers, keyValueHeads, headSize } = config;
  // Letters: a library that takes text alone gets the same ids.
  const letter = (i: number): number => (i * 7919) % 26;
  const prompt = Uint32Array.from({ length: promptTokens }, (_, i) => firstLetterId + letter(i));
  const { rounds, peers } = settings;
  const all = [
    ourWriter(gpu, model, capacity),
    ortWriter(loadOrt, model, capacity, 'fused'),
    ortWriter(loadOrt, model, capacity, 'plain'),
    ...others(model, capacity),
  ];
  const wanted = all.filter(
    ({ name }) =>
      name === 'ours' || peers.length === 0 || peers.some((peer) => name.startsWith(peer)),
  );
  const parameters = parameterCount(config);
  const cache = 2 * layers * keyValueHeads * headSize * (promptTokens + tokens / 2);
  return {
    model: 'Llama, D 256, L 4, H 8, FF 768, V 512',
    parameters,
    promptTokens,
    tokens,
    rounds,
    bytesPerToken: 4 * (parameters - vocabularySize * hiddenSize + cache),
    contestants: await contest(wanted, prompt, tokens, rounds, log),
  };
}
