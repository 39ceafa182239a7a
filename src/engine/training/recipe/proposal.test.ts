import { describe, expect, it } from 'vitest';
import { defaultTraits } from '../../gpu/kernel.ts';
import { parseModelConfig } from '../../model/config.ts';
import { weightStorage } from '../../model/weight-storage.ts';
import { planMemory } from '../stage/memory.ts';
import { precisionNeeds } from './precision-needs.ts';
import { paperRecipe } from './presets.ts';
import { proposeTraining } from './proposal.ts';
import { withFitSettings, type FitSettings, type Recipe } from './recipe.ts';

const config = parseModelConfig({
  model_type: 'qwen2',
  hidden_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 704,
  vocab_size: 4096,
  max_position_embeddings: 4096,
  tie_word_embeddings: true,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
});
const traits = { ...defaultTraits, maxBindingBytes: 2 ** 30, maxBufferBytes: 2 ** 30 };
const tasks = 4;
const recipe: Recipe = {
  ...paperRecipe({ rank: 4, sharedExperts: 2, experts: 4, active: 2 }),
  checkpointing: 'none',
  batch: { records: 16, microBatchTokens: 2048, maxLength: 1024 },
};

function peakOf(settings: Partial<FitSettings>): number {
  const { checkpointing, batch, optimizer } = recipe;
  const full = { checkpointing, moments: optimizer.moments, ...batch, ...settings };
  return planMemory({ config, recipe: withFitSettings(recipe, full), traits, tasks }).peak;
}

const propose = (
  budget: number,
  longest: number | null = null,
  change: { recipe?: Recipe; traits?: typeof traits } = {},
) => proposeTraining({ config, recipe, traits, tasks, budget, longest, ...change });

describe('proposeTraining', () => {
  it('leaves a recipe alone that fits, to the byte', async () => {
    const peak = peakOf({});
    const fitting = await propose(peak);
    expect(fitting.current).toMatchObject({ peak, fits: true });
    expect(fitting).toMatchObject({ proposed: null, reasons: [] });
    expect(fitting.candidates).toHaveLength(1);
    expect((await propose(peak - 1)).current.fits).toBe(false);
  });

  it('first makes micro-batches smaller, as little as it must', async () => {
    const budget = peakOf({ microBatchTokens: 1500 });
    const { proposed, reasons, candidates } = await propose(budget);
    expect(proposed).toMatchObject({ checkpointing: 'none', maxLength: 1024, fits: true });
    const rows = proposed?.microBatchTokens ?? 0;
    expect(peakOf({ microBatchTokens: rows })).toBeLessThanOrEqual(budget);
    expect(peakOf({ microBatchTokens: rows + 64 })).toBeGreaterThan(budget);
    expect(reasons).toEqual([
      { kind: 'micro-batch', from: 2048, to: rows, before: peakOf({}), after: proposed?.peak },
    ]);
    expect(candidates.length).toBeLessThan(8);
  });

  it('recomputes before it goes below the longest record: the feed-forward half, then all of a block', async () => {
    const steps = ['none', 'feed-forward', 'block'] as const;
    for (const [before, after] of [steps.slice(0, 2), steps.slice(1, 3)]) {
      if (!before || !after) throw new Error('two steps each');
      const budget = peakOf({ microBatchTokens: 1024, checkpointing: before }) - 1;
      const { proposed, reasons } = await propose(budget);
      expect(proposed?.checkpointing).toBe(after);
      expect(proposed?.microBatchTokens).toBeGreaterThanOrEqual(1024);
      expect(proposed?.peak).toBeLessThanOrEqual(budget);
      expect(reasons[0]).toMatchObject({ kind: 'checkpointing', from: 'none', to: after });
      // Each reason begins where the one before it ended.
      reasons.slice(1).forEach((reason, i) => expect(reason.before).toBe(reasons[i]?.after));
      expect(reasons.at(-1)?.after).toBe(proposed?.peak);
    }
  });

  it('gives recomputing back where a smaller micro-batch pays for it', async () => {
    const thrifty: Recipe = {
      ...recipe,
      checkpointing: 'block',
      batch: { records: 16, microBatchTokens: 4096, maxLength: 512 },
    };
    const budget = peakOf({ microBatchTokens: 640 });
    const { proposed, reasons } = await propose(budget, null, { recipe: thrifty });
    expect(proposed?.checkpointing).toBe('none');
    expect(proposed?.microBatchTokens).toBeGreaterThanOrEqual(512);
    expect(reasons.map(({ kind }) => kind)).toEqual(['micro-batch', 'checkpointing']);
    expect(reasons[1]?.after).toBeGreaterThan(reasons[1]?.before ?? 0);
  });

  it('goes below a well used device only for records that are known to be short', async () => {
    const budget = peakOf({ microBatchTokens: 300, checkpointing: 'block' });
    const known = await propose(budget, 100);
    expect(known.proposed).toMatchObject({ checkpointing: 'block', maxLength: 1024 });
    expect(known.proposed?.microBatchTokens).toBeGreaterThanOrEqual(100);
    expect(known.reasons.map(({ kind }) => kind)).not.toContain('length');
  });

  it('rounds the moments before it cuts records', async () => {
    const budget = peakOf({ microBatchTokens: 1024, checkpointing: 'block' }) - 1;
    const { proposed, reasons } = await propose(budget);
    expect(proposed).toMatchObject({ moments: '8-bit', checkpointing: 'block', maxLength: 1024 });
    expect(proposed?.microBatchTokens).toBeGreaterThanOrEqual(1024);
    expect(reasons.at(-1)).toMatchObject({ kind: 'moments', from: 'float32', to: '8-bit' });
    expect(reasons.at(-1)?.after).toBe(proposed?.peak);
  });

  it('cuts records last, and says to what length', async () => {
    const budget = peakOf({
      ...{ microBatchTokens: 300, maxLength: 300, checkpointing: 'block', moments: '8-bit' },
    });
    const { proposed, reasons } = await propose(budget);
    expect(proposed).toMatchObject({ checkpointing: 'block', moments: '8-bit' });
    expect(proposed?.maxLength).toBe(proposed?.microBatchTokens);
    expect(proposed?.maxLength).toBeGreaterThanOrEqual(256);
    expect(proposed?.maxLength).toBeLessThan(512);
    expect(reasons.at(-1)).toMatchObject({ kind: 'length', from: 1024, to: proposed?.maxLength });
  });

  it('proposes nothing where nothing fits', async () => {
    const none = await propose(1e6);
    expect(none).toMatchObject({ proposed: null, reasons: [] });
    expect(Math.min(...none.candidates.map(({ peak }) => peak))).toBeGreaterThan(1e6);
    expect(none.candidates.every(({ fits }) => !fits)).toBe(true);
  });

  it('makes room for the limits of a device too', async () => {
    const [first] = planMemory({ config, recipe, traits, tasks }).stages;
    const narrow = { ...traits, maxBindingBytes: (first?.largestBinding.bytes ?? 0) - 4 };
    const { current, proposed } = await propose(1e12, null, { traits: narrow });
    expect(current.fits).toBe(false);
    expect(current.obstacles).not.toEqual([]);
    expect(proposed).toMatchObject({ fits: true, obstacles: [], checkpointing: 'none' });
    expect(proposed?.microBatchTokens).toBeGreaterThan(1024);
  });

  it('lets others in between the plans', async () => {
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    const options = { config, recipe, traits, tasks, budget: 1e6, longest: null, pause };
    const { candidates } = await proposeTraining(options);
    expect(pauses).toBe(candidates.length);
  });
});

describe('precisionNeeds', () => {
  const tensors = (dtype: 'BF16' | 'F32') =>
    new Map(
      [
        'model.embed_tokens',
        ...['q', 'k', 'v', 'o'].flatMap((p) => namesOf(`self_attn.${p}_proj`)),
        ...['gate', 'up', 'down'].flatMap((p) => namesOf(`mlp.${p}_proj`)),
      ].map((name) => [`${name}.weight`, { dtype, shape: [1, 1] }] as const),
    );
  function namesOf(module: string): string[] {
    return Array.from({ length: config.layers }, (_, layer) => `model.layers.${layer}.${module}`);
  }

  it('tells formats, exactness and planned bytes of every precision', async () => {
    const folder = tensors('BF16');
    const all = await precisionNeeds({ config, tensors: folder, recipe, traits, tasks });
    const facts = all.map(({ precision, formats, exact }) => [
      precision,
      formats.map(({ format }) => format).join(),
      exact,
    ]);
    expect(facts).toEqual([
      ['stored', 'bf16', true],
      ['float32', 'f32', true],
      ['16-bit', 'bf16', true],
      ['8-bit', 'q8_0', false],
      ['4-bit', 'q4_0', false],
    ]);
    for (const { precision, peak, weightBytes, obstacles, chat } of all) {
      const storage = weightStorage(folder, precision, traits);
      const plan = planMemory({ config, recipe, traits, tasks, storage });
      expect({ peak, obstacles }).toEqual({ peak: plan.peak, obstacles: plan.obstacles });
      expect(weightBytes).toBe(plan.stages[0]?.bytes.weights);
      expect(chat.total).toBeGreaterThan(chat.weights + chat.cache);
      expect(chat.context).toBe(2048);
      // Keys and values of 4 layers, 2,048 tokens, 2 heads of 64, in 4 or 2 bytes.
      const bytes = precision === 'float32' ? 4 : 2;
      expect(chat.cache).toBe(2 * 4 * 2048 * 2 * 64 * bytes);
    }
  });

  it('knows float32 files as they are from those that lose digits', async () => {
    const all = await precisionNeeds({ config, tensors: tensors('F32'), recipe, traits, tasks });
    expect(all.map(({ exact }) => exact)).toEqual([true, true, false, false, false]);
    expect(all[2]?.formats[0]).toMatchObject({ format: 'f16', bitsPerWeight: 16 });
  });

  it('tells of a recipe that only float32 can do, format by format', async () => {
    const [first, second] = recipe.stages;
    if (!first || !second) throw new Error('two stages');
    const align = second.attach.map((branch) => ({ ...branch, targets: ['q' as const] }));
    const odd: Recipe = {
      ...recipe,
      stages: [
        first,
        { ...second, attach: align, orthogonal: null, dropout: { ka: 0.05, align: 0.05 } },
      ],
    };
    const all = await precisionNeeds({
      config,
      tensors: tensors('BF16'),
      recipe: odd,
      traits,
      tasks,
    });
    expect(all.map(({ peak }) => peak !== null)).toEqual([false, true, false, false, false]);
    expect(all[3]?.obstacles).toHaveLength(1);
    expect(all[3]?.weightBytes).toBeGreaterThan(0);
  });
});
