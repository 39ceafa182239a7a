/** The recipe document: its schema, and what must hold across fields. */
import type { RecipeReason } from '../../../faults/catalogue/training.ts';
import { schemaReason } from '../../../faults/schema-reason.ts';
import { z } from 'zod';
import { fault, type StudioError } from '../../../faults/fault.ts';
import {
  attentionProjections,
  feedForwardProjections,
  projections,
  type Projection,
} from '../../model/projections.ts';
import { DATA_KINDS } from '../../../formats/records/record-types.ts';
import { checkpointings, productTypes } from '../../model/settings.ts';
import { TRUNCATIONS } from '../../../text/labels/truncation.ts';

export { attentionProjections, feedForwardProjections, projections, type Projection };

/**
 * A run as data: which branches each stage attaches where, which of them train, what the loss adds and
 * what happens at the end. The paper's pipeline and every ablation of it are values of this one type.
 */

const branchName = z.string().regex(/^[a-z][a-z0-9_]{0,23}$/, 'lower-case letters, digits, _');
const probability = z.number().min(0).max(0.9);
const rank = z.int().min(1).max(256);

const loraBranch = z.strictObject({
  name: branchName,
  type: z.literal('lora'),
  targets: z.array(z.enum(projections)).min(1),
  rank,
});

const mixtureBranch = z.strictObject({
  name: branchName,
  type: z.literal('mixture'),
  targets: z.array(z.enum(projections)).min(1),
  /** Rank of one expert. */
  rank,
  experts: z.int().min(2).max(64),
  /** K: how many experts each token uses. */
  active: z.int().min(1).max(8),
  routerBias: z.boolean(),
  /** Divide the K gate weights by their sum (released code) or use them as they are (eq. 5). */
  renormalise: z.boolean(),
  /** The experts that every token uses whatever the router says (figure 4 b); as many as are active. */
  forced: z.array(z.int().min(0).max(63)).min(1).max(8).optional(),
});

const branch = z.discriminatedUnion('type', [loraBranch, mixtureBranch]);

const stage = z.strictObject({
  name: z.string().min(1).max(80),
  data: z.strictObject({
    kinds: z.array(z.enum(DATA_KINDS)).min(1),
    /** Share of the records used, chosen by seed. */
    fraction: z.number().gt(0).max(1),
  }),
  epochs: z.int().min(1).max(100),
  /** Branches added before the stage; earlier ones that were not dropped or merged stay. */
  attach: z.array(branch),
  /** Names of the branches that learn; the others, like the base, do not change. */
  train: z.array(branchName).min(1),
  /** Dropout on a branch's input while this stage trains, by branch name. */
  dropout: z.record(branchName, probability),
  /** Adds weight · Σ|A_k A_dᵀ| over every linear that has both branches (eq. 10–12). */
  orthogonal: z
    .strictObject({
      between: z.tuple([branchName, branchName]),
      weight: z.number().min(0).max(1e3),
    })
    .nullable(),
  /** What happens to branches when the stage ends, in order. */
  after: z.array(
    z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('drop'), branch: branchName }),
      z.strictObject({ action: z.literal('merge'), branch: branchName }),
      /** From here on all tokens of a mixture use these experts (figure 4 b). */
      z.strictObject({
        action: z.literal('force'),
        branch: branchName,
        experts: z.array(z.int().min(0).max(63)).min(1).max(8),
      }),
    ]),
  ),
});

export const recipeSchema = z.strictObject({
  format: z.literal('medcare-recipe'),
  version: z.literal(1),
  name: z.string().min(1).max(120),
  seed: z.int().min(0).max(0xffffffff),
  /** α and the rank r that `alpha/r` divides it by. */
  alpha: z.number().gt(0).max(1e4),
  scalingRank: rank,
  /** `alpha/r`: one scale for every branch (released code); `alpha/rank`: by the branch's own rank (eq. 13). */
  scaling: z.enum(['alpha/r', 'alpha/rank']),
  /** Distribution of the initial A: uniform in ±1/√d_in, or normal with that standard deviation. */
  initialisation: z.enum(['uniform', 'gaussian']),
  /** An empty list leaves the base model as it is: the row with which the others are compared. */
  stages: z.array(stage).max(4),
  optimizer: z.strictObject({
    learningRate: z.number().gt(0).max(1e12),
    beta1: z.number().min(0).lt(1),
    beta2: z.number().min(0).lt(1),
    epsilon: z.number().gt(0).max(1),
    weightDecay: z.number().min(0).max(1),
    /** Global-norm clip; 0 turns it off. */
    clipNorm: z.number().min(0).max(1e6),
    warmupRatio: z.number().min(0).max(1),
    schedule: z.enum(['cosine', 'constant']),
    /** The format of both moments: `8-bit` takes a quarter of the memory and rounds at random. */
    moments: z.enum(['float32', '8-bit']).default('float32'),
  }),
  batch: z.strictObject({
    /** Records per optimiser step. */
    records: z.int().min(1).max(65536),
    /** Tokens per micro-batch: the rows every kernel works on at once. */
    microBatchTokens: z.int().min(16).max(65536),
    /** The most tokens that a record keeps. */
    maxLength: z.int().min(8).max(65536),
  }),
  labels: z.enum(['assistant', 'released']),
  /** What a longer record loses; a recipe without it cuts off the end, as in the versions before this field. */
  truncation: z.enum(TRUNCATIONS).optional(),
  /** Puts back and trains reasoning that a chat template cuts off an answer; else trains the rendered text. */
  reasoning: z.literal('keep').optional(),
  /** What the backward pass recomputes instead of keeping: nothing, the feed-forward half or a whole block. */
  checkpointing: z.enum(checkpointings),
  /** What the products with frozen weights multiply while training; validation and samples multiply float32. */
  products: z.enum(productTypes).default('float32'),
  /** Share of each data set kept for validation, and how often it is measured (0: only at stage ends). */
  validation: z.strictObject({
    fraction: z.number().min(0).max(0.5),
    maxRecords: z.int().min(0).max(100000),
    /** Kept apart of each set where the share gives fewer; absent in recipes of earlier versions: none. */
    minRecords: z.int().min(0).max(1000).optional(),
    everySteps: z.int().min(0).max(1e6),
  }),
  /** Greedy answers to the first validation prompts; they do not affect the training. */
  samples: z
    .strictObject({
      /** 0 turns them off. */
      prompts: z.int().min(0).max(8),
      /** Optimiser steps between them (0: only at the start and where stages end). */
      everySteps: z.int().min(0).max(1e6),
      maxTokens: z.int().min(1).max(512),
    })
    .optional(),
  /** Optimiser steps between checkpoints. */
  checkpointEverySteps: z.int().min(1).max(1e6),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeStage = Recipe['stages'][number];
export type RecipeBranch = RecipeStage['attach'][number];
export type StageAct = RecipeStage['after'][number];

/** Branches in force during each stage, after checking that the document makes sense as a whole. */
export function branchesByStage(recipe: Recipe): RecipeBranch[][] {
  let current: RecipeBranch[] = [];
  return recipe.stages.map((stage, index) => {
    const where = `stages[${index}]`;
    for (const added of stage.attach) {
      if (current.some(({ name }) => name === added.name)) {
        throw invalidRecipe(`${where}.attach`, { reason: 'attached-twice', branch: added.name });
      }
      if (added.type === 'mixture' && added.active > added.experts) {
        throw invalidRecipe(`${where}.attach`, { reason: 'too-many-active', branch: added.name });
      }
      if (added.type === 'mixture' && added.forced) {
        checkForced(added, added.forced, `${where}.attach`);
      }
      current = [...current, added];
    }
    const present = new Set(current.map(({ name }) => name));
    const named = [
      ...stage.train,
      ...Object.keys(stage.dropout),
      ...(stage.orthogonal?.between ?? []),
      ...stage.after.map(({ branch: name }) => name),
    ];
    for (const name of named) {
      if (!present.has(name)) throw invalidRecipe(where, { reason: 'not-attached', branch: name });
    }
    for (const projection of projections) {
      checkProjection(current, stage, projection, where);
    }
    const during = current;
    for (const act of stage.after) {
      const { action, branch: name } = act;
      const affected = current.find((candidate) => candidate.name === name);
      if (!affected) throw invalidRecipe(`${where}.after`, { reason: 'ended-twice', branch: name });
      if (action === 'merge' && affected.type === 'mixture') {
        throw invalidRecipe(`${where}.after`, { reason: 'mixture-merged', branch: name });
      }
      if (action === 'force') {
        if (affected.type !== 'mixture') {
          throw invalidRecipe(`${where}.after`, { reason: 'not-a-mixture', branch: name });
        }
        checkForced(affected, act.experts, `${where}.after`);
        const forced = { ...affected, forced: act.experts };
        current = current.map((candidate) => (candidate === affected ? forced : candidate));
      } else current = current.filter((candidate) => candidate !== affected);
    }
    return during;
  });
}

function checkForced(
  { name, experts, active }: Extract<RecipeBranch, { type: 'mixture' }>,
  forced: readonly number[],
  where: string,
): void {
  const distinct = new Set(forced);
  if (distinct.size === active && forced.every((expert) => expert < experts)) {
    if (distinct.size === forced.length) return;
  }
  throw invalidRecipe(where, { reason: 'forced-experts', branch: name, experts, active });
}

function checkProjection(
  branches: readonly RecipeBranch[],
  stage: RecipeStage,
  projection: Projection,
  where: string,
): void {
  const here = branches.filter(({ targets }) => targets.includes(projection));
  if (here.filter(({ type }) => type === 'mixture').length > 1) {
    throw invalidRecipe(where, { reason: 'two-mixtures', projection });
  }
  const rates = new Set(here.map(({ name }) => stage.dropout[name] ?? 0));
  if (rates.size > 1) {
    throw invalidRecipe(`${where}.dropout`, { reason: 'dropout-rates', projection });
  }
}

function invalidRecipe(path: string, why: RecipeReason): StudioError {
  return fault('recipe-invalid', { path, ...why }, { kept: 'recipe-before' });
}

/**
 * A recipe from untrusted JSON.
 * @throws StudioError `recipe-invalid` naming the first field that is wrong
 */
export function parseRecipe(json: unknown): Recipe {
  const parsed = recipeSchema.safeParse(json);
  if (!parsed.success) {
    const { path, why } = schemaReason(parsed.error, json);
    throw invalidRecipe(path, why);
  }
  branchesByStage(parsed.data);
  return parsed.data;
}

/** Scale of a branch: α/r for all (released code) or α/rank by its own rank (eq. 13). */
export function branchScale(recipe: Recipe, branchRank: number): number {
  return recipe.alpha / (recipe.scaling === 'alpha/r' ? recipe.scalingRank : branchRank);
}

export type Moments = Recipe['optimizer']['moments'];

/**
 * The part of a recipe that decides its memory but not its branches, data or rates. Micro-batches and
 * recomputing give the same losses; moments in 8 bits round at random; a shorter `maxLength` costs data.
 */
export interface FitSettings {
  readonly microBatchTokens: number;
  readonly maxLength: number;
  readonly checkpointing: Recipe['checkpointing'];
  readonly moments: Moments;
}

/** The recipe with other settings for its memory. */
export function withFitSettings(recipe: Recipe, settings: FitSettings): Recipe {
  const { microBatchTokens, maxLength, checkpointing, moments } = settings;
  return {
    ...recipe,
    checkpointing,
    optimizer: { ...recipe.optimizer, moments },
    batch: { ...recipe.batch, microBatchTokens, maxLength },
  };
}
