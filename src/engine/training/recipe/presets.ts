/** The recipes that come with the studio: the paper's, and the quick one. */
import {
  attentionProjections as attention,
  feedForwardProjections as feedForward,
} from '../../model/projections.ts';
import type { Recipe, RecipeBranch, RecipeStage } from './recipe.ts';

/** Sizes of the paper's branches: expert rank r, shared experts s, experts E, active K. */
export interface BranchSizes {
  readonly rank: number;
  readonly sharedExperts: number;
  readonly experts: number;
  readonly active: number;
}

const paperSizes: BranchSizes = { rank: 16, sharedExperts: 2, experts: 8, active: 2 };

function lora(sizes: BranchSizes): RecipeBranch {
  return { name: 'lora', type: 'lora', targets: [...attention], rank: sizes.rank };
}

function aggregator(name: string, sizes: BranchSizes): RecipeBranch {
  const rank = sizes.rank * sizes.sharedExperts;
  return { name, type: 'lora', targets: [...feedForward], rank };
}

function noiseAggregator(sizes: BranchSizes): RecipeBranch {
  return {
    name: 'na',
    type: 'mixture',
    targets: [...feedForward],
    rank: sizes.rank,
    experts: sizes.experts,
    active: sizes.active,
    routerBias: true,
    renormalise: true,
  };
}

/** Stage 1, miscellaneous knowledge aggregation (§3.2–3.3). */
function knowledgeAggregation(sizes: BranchSizes): RecipeStage {
  return {
    name: 'Knowledge aggregation',
    data: { kinds: ['knowledge', 'alignment'], fraction: 1 },
    epochs: 1,
    attach: [lora(sizes), aggregator('ka', sizes), noiseAggregator(sizes)],
    train: ['lora', 'ka', 'na'],
    dropout: { lora: 0.05 },
    orthogonal: null,
    after: [
      { action: 'drop', branch: 'na' },
      { action: 'merge', branch: 'lora' },
    ],
  };
}

/** Stage 2, downstream alignment (§3.4). */
function downstreamAlignment(sizes: BranchSizes): RecipeStage {
  return {
    name: 'Downstream alignment',
    data: { kinds: ['alignment'], fraction: 1 },
    epochs: 3,
    attach: [aggregator('align', sizes)],
    train: ['ka', 'align'],
    dropout: { ka: 0.05, align: 0.05 },
    orthogonal: { between: ['ka', 'align'], weight: 1 },
    after: [
      { action: 'merge', branch: 'ka' },
      { action: 'merge', branch: 'align' },
    ],
  };
}

/** The paper's pipeline with the released code's settings: the default recipe. */
export function paperRecipe(sizes: BranchSizes = paperSizes): Recipe {
  return {
    format: 'medcare-recipe',
    version: 1,
    name: 'MedCare (paper)',
    seed: 42,
    alpha: 2 * sizes.rank,
    scalingRank: sizes.rank,
    scaling: 'alpha/r',
    initialisation: 'uniform',
    stages: [knowledgeAggregation(sizes), downstreamAlignment(sizes)],
    optimizer: {
      learningRate: 2e-4,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: 1,
      warmupRatio: 0.03,
      schedule: 'cosine',
      moments: 'float32',
    },
    batch: { records: 128, microBatchTokens: 3072, maxLength: 3072 },
    labels: 'assistant',
    truncation: 'prompt-middle',
    checkpointing: 'block',
    products: 'float32',
    validation: { fraction: 0.02, maxRecords: 200, minRecords: 8, everySteps: 20 },
    samples: { prompts: 3, everySteps: 20, maxTokens: 64 },
    checkpointEverySteps: 20,
  };
}

/** Small branches and batches, a higher rate: shows the whole path on a small model in minutes. */
export function quickRecipe(): Recipe {
  const sizes: BranchSizes = { rank: 4, sharedExperts: 2, experts: 4, active: 2 };
  const recipe = paperRecipe(sizes);
  const [first, second] = recipe.stages;
  if (!first || !second) throw new Error('the paper has two stages');
  return {
    ...recipe,
    name: 'Quick look',
    stages: [first, { ...second, epochs: 1 }],
    optimizer: { ...recipe.optimizer, learningRate: 2e-3 },
    batch: { records: 16, microBatchTokens: 1024, maxLength: 256 },
    checkpointing: 'none',
    validation: { fraction: 0.05, maxRecords: 48, minRecords: 8, everySteps: 10 },
    samples: { prompts: 2, everySteps: 0, maxTokens: 24 },
    checkpointEverySteps: 5,
  };
}

/** The paper's branches and rates with shorter records and smaller moments, for GPUs with little memory. */
export function smallGpuRecipe(): Recipe {
  const recipe = paperRecipe();
  return {
    ...recipe,
    name: 'Small GPU',
    optimizer: { ...recipe.optimizer, moments: '8-bit' },
    batch: { records: 128, microBatchTokens: 1024, maxLength: 1024 },
    checkpointing: 'block',
  };
}

export const presetNames = ['quick', 'paper', 'small-gpu'] as const;
export type PresetName = (typeof presetNames)[number];

/** The unchanged preset of this name. */
export function presetRecipe(name: PresetName): Recipe {
  if (name === 'paper') return paperRecipe();
  return name === 'quick' ? quickRecipe() : smallGpuRecipe();
}
