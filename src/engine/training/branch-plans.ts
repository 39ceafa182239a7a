import type { BranchPlan } from '../adapters/layout.ts';
import { branchesByStage, branchScale, type Recipe, type RecipeBranch } from './recipe.ts';

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
  };
}

/** The branches in force while a stage trains, as the engine lays them out. */
export function stageBranches(recipe: Recipe, stage: number): BranchPlan[] {
  const description = recipe.stages[stage];
  const branches = branchesByStage(recipe)[stage];
  if (!description || !branches) throw new RangeError(`The recipe has no stage ${stage}`);
  return branches.map((branch) =>
    branchPlan(
      recipe,
      branch,
      description.train.includes(branch.name),
      description.dropout[branch.name] ?? 0,
    ),
  );
}
