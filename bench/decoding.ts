/** Greedy decoding: tokens per second, and where a step's time goes. */
import type { Gpu } from '../src/engine/gpu/device.ts';
import type { PlanProfile } from '../src/engine/gpu/profile.ts';
import { prefillRows } from '../src/engine/inference/decode-plan.ts';
import { Generator } from '../src/engine/inference/generator.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import type { WeightStorage } from '../src/engine/model/weight-storage.ts';
import { BaseModel, describeWeights } from '../src/engine/model/weights.ts';
import type { WeightsFolder } from '../src/formats/weights/weights-folder.ts';
import { randomSource } from '../src/engine/testing/numbers.ts';
import { spreadOf, type Spread } from './measure.ts';
import { countCommands } from './peers/count-commands.ts';

export interface DecodeResult {
  readonly sequences: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly dispatchesPerStep: number;
  /** Counted while one sequence is streamed; null for several, and where the driver cannot be watched. */
  readonly submissionsPerToken: number | null;
  /** Of all sequences together; the prompts' pass is left out for one sequence, included for several. */
  readonly tokensPerSecond: Spread;
  readonly millisecondsToFirst: Spread | null;
  /** Where the time of the first step after the prompts goes on the device. */
  readonly profile: PlanProfile;
}

const promptTokens = 32;
const tokens = 48;
const batch = 8;

/** Greedy decoding of the base model: one sequence streamed, and eight at a time. */
export async function measureDecoding(
  gpu: Gpu,
  config: ModelConfig,
  folder: WeightsFolder,
  options: { readonly rounds: number; readonly storage?: WeightStorage },
): Promise<DecodeResult[]> {
  const { rounds, storage } = options;
  const capacity = promptTokens + tokens + 1;
  const weights = describeWeights(config, capacity, storage);
  const base = await BaseModel.load(gpu, config, folder, { weights });
  const generators: Generator[] = [];
  const open = async (slots: number): Promise<Generator> => {
    const generator = await Generator.create(gpu, {
      config,
      weights,
      branches: null,
      slots,
      capacity,
    });
    generators.push(generator);
    return generator;
  };
  try {
    const single = await open(1);
    const several = await open(batch);
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
    // The first of each finds caches cold.
    const counted = await countCommands(async () => {
      await single.stream(prompt, settings, hooks);
    });
    const passes = Math.ceil((promptTokens - 1) / prefillRows);
    const submissionsPerToken = counted && (counted.submits - passes) / tokens;
    await several.greedy(prompts, tokens, []);
    const streamed: number[] = [];
    const toFirst: number[] = [];
    const together: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { ids, milliseconds, millisecondsToFirst } = await single.stream(
        prompt,
        settings,
        hooks,
      );
      streamed.push((1000 * (ids.length - 1)) / (milliseconds - millisecondsToFirst));
      toFirst.push(millisecondsToFirst);
      const started = performance.now();
      const answers = await several.greedy(prompts, tokens, []);
      const written = answers.reduce((sum, answer) => sum + answer.length, 0);
      together.push((1000 * written) / (performance.now() - started));
    }
    const common = { promptTokens, tokens };
    return [
      {
        sequences: 1,
        ...common,
        dispatchesPerStep: single.dispatchesPerToken,
        submissionsPerToken,
        tokensPerSecond: spreadOf(streamed),
        millisecondsToFirst: spreadOf(toFirst),
        profile: await single.profile(prompts.slice(0, 1), { rounds }),
      },
      {
        sequences: batch,
        ...common,
        dispatchesPerStep: several.dispatchesPerToken,
        submissionsPerToken: null,
        tokensPerSecond: spreadOf(together),
        millisecondsToFirst: null,
        profile: await several.profile(prompts, { rounds }),
      },
    ];
  } finally {
    for (const generator of generators) generator.release();
    base.release();
  }
}
