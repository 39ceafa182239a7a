/** Turns a stage's branches from the recipe into what the engine lays out. */
import { fault } from '../../../faults/fault.ts';
import type { BranchPlan } from '../../branches/layout.ts';
import type { ModelWeights } from '../../model/weights.ts';
import {
  branchesByStage,
  branchScale,
  type Recipe,
  type RecipeBranch,
  type StageAct,
} from '../recipe/recipe.ts';

function branchPlan(
  recipe: Recipe,
  branch: RecipeBranch,
  trains: boolean,
  dropout: number,
): BranchPlan {
  const mixture = branch.type === 'mixture' ? branch : null;
  return {
    name: branch.name,
    type: branch.type,
    targets: branch.targets,
    rank: branch.rank,
    scale: branchScale(recipe, branch.rank),
    trains,
    dropout,
    experts: mixture?.experts ?? 0,
    active: mixture?.active ?? 0,
    routerBias: mixture?.routerBias ?? false,
    renormalise: mixture?.renormalise ?? false,
    ...(mixture?.forced ? { forced: mixture.forced } : {}),
  };
}

/**
 * How merging treats a branch for a base in this storage format: float32 weights take it in; other formats
 * would lose most of it to rounding, so the branch stays beside them, frozen, and adds the same product.
 */
export type Merging = 'into-weights' | 'beside-weights';

/** How branches merge into a base with these weights. */
export function mergingOf(weights: ModelWeights): Merging {
  const float32 = weights.layers.every(({ projections }) =>
    Object.values(projections).every(({ weight }) => weight.format === 'f32'),
  );
  return float32 ? 'into-weights' : 'beside-weights';
}

/**
 * The branches in force while a stage trains, as the engine lays them out. Where branches merge beside the
 * weights, these include the branches that earlier stages merged.
 * @throws StudioError `merge-needs-float32`
 */
export function stageBranches(
  recipe: Recipe,
  stage: number,
  merging: Merging = 'into-weights',
): BranchPlan[] {
  const description = recipe.stages[stage];
  const branches = branchesByStage(recipe)[stage];
  if (!description || !branches) throw new RangeError(`The recipe has no stage ${stage}`);
  const own = branches.map((branch) =>
    branchPlan(
      recipe,
      branch,
      description.train.includes(branch.name),
      description.dropout[branch.name] ?? 0,
    ),
  );
  if (merging === 'into-weights') return own;
  const held = mergedBefore(recipe, stage);
  for (const branch of held) checkNoDropout(branch, own, stage);
  return [...own, ...held];
}

/** Names of the branches that go into the weights when a stage ends. */
export function mergesInto(recipe: Recipe, stage: number, merging: Merging): string[] {
  if (merging === 'beside-weights') return [];
  const after = recipe.stages[stage]?.after ?? [];
  return after.flatMap(({ action, branch }) => (action === 'merge' ? [branch] : []));
}

/** The branches that are still beside the weights once a stage has ended. */
export function remainingBranches(recipe: Recipe, stage: number, merging: Merging): BranchPlan[] {
  const after = recipe.stages[stage]?.after ?? [];
  const leaves = merging === 'into-weights' ? ['drop', 'merge'] : ['drop'];
  const gone = after.flatMap(({ action, branch }) => (leaves.includes(action) ? [branch] : []));
  const kept = stageBranches(recipe, stage, merging).filter(({ name }) => !gone.includes(name));
  return withForcedRouting(kept, after);
}

/** The branches, with forced routing where a stage's end forces some experts. */
export function withForcedRouting(
  branches: readonly BranchPlan[],
  after: readonly StageAct[],
): BranchPlan[] {
  return branches.map((branch) => {
    const act = after.find(
      ({ action, branch: name }) => action === 'force' && name === branch.name,
    );
    return act?.action === 'force' ? { ...branch, forced: act.experts } : branch;
  });
}

/** Branches that the stages before `stage` merged, frozen and without dropout. */
function mergedBefore(recipe: Recipe, stage: number): BranchPlan[] {
  return recipe.stages.slice(0, stage).flatMap(({ after }, earlier) =>
    (branchesByStage(recipe)[earlier] ?? []).flatMap((branch) => {
      const merged = after.some(({ action, branch: name }) => {
        return action === 'merge' && name === branch.name;
      });
      return merged ? [branchPlan(recipe, branch, false, 0)] : [];
    }),
  );
}

/** Branches of a linear share its input and so its dropout, which merged weights must not have. */
function checkNoDropout(held: BranchPlan, own: readonly BranchPlan[], stage: number): void {
  const other = own.find(
    ({ targets, dropout }) =>
      dropout > 0 && targets.some((target) => held.targets.includes(target)),
  );
  if (!other) return;
  throw fault(
    'merge-needs-float32',
    { stage, branch: other.name, merged: held.name },
    { kept: 'recipe-and-model' },
  );
}
