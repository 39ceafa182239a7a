import type { Gpu } from '../src/engine/gpu/device.ts';
import { VariantModel } from '../src/engine/inference/variant.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import type { WeightsFolder } from '../src/formats/weights-folder.ts';
import { randomSource } from '../test/gpu/numbers.ts';
import { spreadOf, type Spread } from './measure.ts';

export interface DecodeResult {
  readonly sequences: number;
  readonly promptTokens: number;
  readonly tokens: number;
  /** Of all sequences together, the prompt's pass left out where tokens are streamed. */
  readonly tokensPerSecond: Spread;
  readonly millisecondsToFirst: Spread | null;
}

const promptTokens = 32;
const tokens = 48;
const batch = 8;

/** Greedy decoding of the base model: one sequence streamed, and eight at a time. */
export async function measureDecoding(
  gpu: Gpu,
  config: ModelConfig,
  weights: WeightsFolder,
  rounds: number,
): Promise<DecodeResult[]> {
  const context = promptTokens + tokens + 1;
  const model = await VariantModel.load({ gpu, config, weights, run: null, context });
  try {
    const next = randomSource(11);
    const prompts = Array.from({ length: batch }, () =>
      Uint32Array.from({ length: promptTokens }, () => Math.floor(next() * config.vocabularySize)),
    );
    const prompt = prompts[0] ?? new Uint32Array(1);
    const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 0 };
    const hooks = {
      stopIds: [],
      maxTokens: tokens,
      onToken: () => undefined,
      stopped: () => false,
    };
    // The first of each compiles.
    await model.stream(prompt, settings, hooks);
    await model.generateBatch(prompts, tokens, []);
    const streamed: number[] = [];
    const toFirst: number[] = [];
    const together: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { ids, milliseconds, millisecondsToFirst } = await model.stream(
        prompt,
        settings,
        hooks,
      );
      streamed.push((1000 * (ids.length - 1)) / (milliseconds - millisecondsToFirst));
      toFirst.push(millisecondsToFirst);
      const started = performance.now();
      const answers = await model.generateBatch(prompts, tokens, []);
      const written = answers.reduce((sum, answer) => sum + answer.length, 0);
      together.push((1000 * written) / (performance.now() - started));
    }
    return [
      {
        sequences: 1,
        promptTokens,
        tokens,
        tokensPerSecond: spreadOf(streamed),
        millisecondsToFirst: spreadOf(toFirst),
      },
      {
        sequences: batch,
        promptTokens,
        tokens,
        tokensPerSecond: spreadOf(together),
        millisecondsToFirst: null,
      },
    ];
  } finally {
    model.release();
  }
}
