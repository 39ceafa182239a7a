import { expect, test } from 'vitest';
import { defaultTraits } from '../../gpu/kernel.ts';
import { parseModelConfig, type ModelConfig } from '../../model/config.ts';
import { planMemory } from './memory.ts';
import { paperRecipe } from '../recipe/presets.ts';

/** Each dispatch costs tens of microseconds, whatever it computes, so their number per layer stays low. */

function llama(layers: number): ModelConfig {
  return parseModelConfig({
    model_type: 'llama',
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    vocab_size: 96,
    max_position_embeddings: 128,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  });
}

/** The number that one more layer adds. */
function perLayer(count: (config: ModelConfig) => number): number {
  return count(llama(3)) - count(llama(2));
}

test.each([
  ['stage 1 of the paper, forward, recomputation and backward', 'block', 0, 65],
  ['stage 1 of the paper without recomputation', 'none', 0, 49],
  ['stage 2 of the paper with recomputation', 'block', 1, 75],
] as const)('dispatches per layer, %s', (_, checkpointing, stage, most) => {
  const batch = { records: 2, microBatchTokens: 128, maxLength: 64 };
  const recipe = { ...paperRecipe(), batch, checkpointing };
  const dispatches = perLayer(
    (config) =>
      planMemory({ config, recipe, traits: defaultTraits, tasks: 1 }).stages[stage]
        ?.dispatchesPerMicroBatch ?? Number.NaN,
  );
  expect(dispatches).toBeLessThanOrEqual(most);
  expect(dispatches).toBeGreaterThan(20);
});
