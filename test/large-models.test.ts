/** What the studio says of the paper's large models on cards of usual sizes: fits as it is, fits with changes, refused. */
import { expect, test } from 'vitest';
import { publishedConfig, type PublishedModel } from '../bench/models.ts';
import { virtualCheckpoint } from '../bench/virtual-checkpoint.ts';
import { defaultTraits } from '../src/engine/gpu/kernel.ts';
import { weightStorage, type Precision } from '../src/engine/model/weight-storage.ts';
import { paperRecipe } from '../src/engine/training/recipe/presets.ts';
import { proposeTraining } from '../src/engine/training/recipe/proposal.ts';

/** The limits that Chrome gives on cards of these sizes. */
const traits = {
  ...defaultTraits,
  software: false,
  maxBindingBytes: 2 ** 31 - 4,
  maxBufferBytes: 2 ** 32,
};
/** What is left of a card's memory beside the desktop and the browser. */
const share = 0.9;

const cards: readonly (readonly [PublishedModel, Precision, number, string])[] = [
  ['qwen1.5-1.8b', '4-bit', 8, 'as it is'],
  ['qwen1.5-7b', '4-bit', 12, 'smaller micro-batches'],
  ['qwen1.5-7b', '4-bit', 16, 'as it is'],
  ['qwen1.5-7b', '8-bit', 12, 'refused'],
  ['qwen1.5-14b', '4-bit', 12, 'refused'],
  ['qwen1.5-14b', '4-bit', 16, 'smaller micro-batches, moments in 8 bits'],
  ['qwen1.5-14b', '4-bit', 24, 'as it is'],
];

test.each(cards)('%s in %s with %i GB: %s', async (model, precision, gigabytes, said) => {
  const config = publishedConfig(model);
  const { tensors } = await virtualCheckpoint(config);
  const recipe = paperRecipe();
  const budget = share * gigabytes * 1e9;
  const storage = weightStorage(tensors, precision, traits);
  const options = { config, recipe, traits, tasks: 1, storage, budget, longest: 512 };
  const { current, proposed, candidates } = await proposeTraining(options);
  // Whatever does not fit does so for its bytes: no limit of the device is in the way.
  expect(candidates.flatMap(({ obstacles }) => obstacles)).toEqual([]);
  const found = proposed ?? current;
  if (said === 'refused') {
    expect(found.fits).toBe(false);
    expect(Math.min(...candidates.map(({ peak }) => peak))).toBeGreaterThan(budget);
    return;
  }
  expect(found.peak).toBeLessThanOrEqual(budget);
  // No record is cut.
  expect(found.maxLength).toBe(recipe.batch.maxLength);
  expect(proposed === null).toBe(said === 'as it is');
  expect(found.microBatchTokens < recipe.batch.microBatchTokens).toBe(said !== 'as it is');
  expect(found.moments).toBe(said.includes('8 bits') ? '8-bit' : 'float32');
});
