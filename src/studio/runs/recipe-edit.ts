/**
 * Edits a recipe so that its parts still agree: a removed branch disappears wherever it is mentioned, and a
 * renamed one is renamed everywhere. Pure; every function returns a new document.
 */
import type { Projection, Recipe, RecipeBranch, RecipeStage } from '../../contract/recipe.ts';
import { feedForwardProjections, type StageAct } from '../../engine/training/recipe/recipe.ts';

/** A place in a recipe, as keys and indices: `stages.0.epochs` is ['stages', '0', 'epochs']. */
export function pathKeys(path: string): string[] {
  return path.split('.');
}

/** The value at a path; undefined where there is none. */
export function readPath(document: unknown, path: string): unknown {
  let value = document;
  for (const key of pathKeys(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The document with another value at a path that exists in it; other parts are shared, not copied. */
export function writePath(document: unknown, path: string, value: unknown): unknown {
  const write = (node: unknown, keys: readonly string[]): unknown => {
    const [key, ...rest] = keys;
    if (key === undefined) return value;
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) {
      return node.map((item: unknown, index) => (String(index) === key ? write(item, rest) : item));
    }
    const entries = node as Readonly<Record<string, unknown>>;
    return { ...entries, [key]: write(Object.hasOwn(entries, key) ? entries[key] : {}, rest) };
  };
  return write(document, pathKeys(path));
}

/** Whether two values have the same content. */
export function equalValues(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) => Object.hasOwn(other, key) && equalValues(readPath(one, key), readPath(other, key)),
    )
  );
}

/** Branches in force during each stage, first attached first; without checks, for display. */
export function presentBranches(recipe: Recipe): RecipeBranch[][] {
  let current: RecipeBranch[] = [];
  return recipe.stages.map((stage) => {
    current = [...current, ...stage.attach];
    const during = current;
    current = staying(current, stage);
    return during;
  });
}

/** The branches that are still attached when a stage has ended. */
function staying(branches: readonly RecipeBranch[], { after }: RecipeStage): RecipeBranch[] {
  return branches.filter(
    ({ name }) => !after.some(({ action, branch }) => action !== 'force' && branch === name),
  );
}

/** Branches that share a dropout mask because they share an input, so that they need one rate. */
export interface DropoutGroup {
  readonly branches: readonly string[];
  readonly targets: readonly Projection[];
}

/** Groups of branches of a stage that share a projection, directly or through other branches. */
export function dropoutGroups(branches: readonly RecipeBranch[]): DropoutGroup[] {
  let groups: DropoutGroup[] = [];
  for (const { name, targets } of branches) {
    const meets = (group: DropoutGroup) => group.targets.some((target) => targets.includes(target));
    const joined = groups.filter(meets);
    groups = [
      ...groups.filter((group) => !meets(group)),
      {
        branches: [...joined.flatMap((group) => group.branches), name],
        targets: [...new Set([...joined.flatMap((group) => group.targets), ...targets])],
      },
    ];
  }
  return groups;
}

/** Sets one rate for all branches of a group. */
export function withDropout(stage: RecipeStage, group: DropoutGroup, rate: number): RecipeStage {
  const dropout = { ...stage.dropout };
  for (const name of group.branches) {
    if (rate === 0) Reflect.deleteProperty(dropout, name);
    else dropout[name] = rate;
  }
  return { ...stage, dropout };
}

/** What happens to a branch when its stage ends. */
export type BranchFate = 'keep' | StageAct['action'];

/** The fates that change most come first. */
export const branchFates: readonly BranchFate[] = ['drop', 'merge', 'force', 'keep'];

export function branchFate(stage: RecipeStage, branch: string): BranchFate {
  return stage.after.find((step) => step.branch === branch)?.action ?? 'keep';
}

/** Sets what happens to a branch at the end of a stage; if it is gone then, later stages no longer mention it. */
export function withFate(
  recipe: Recipe,
  stageIndex: number,
  branch: string,
  fate: BranchFate,
): Recipe {
  const stages = recipe.stages.map((stage, index) => {
    if (index !== stageIndex) return stage;
    const others = stage.after.filter((step) => step.branch !== branch);
    if (fate === 'keep') return { ...stage, after: others };
    if (fate !== 'force') return { ...stage, after: [...others, { action: fate, branch }] };
    const present = presentBranches(recipe)[index]?.find(({ name }) => name === branch);
    const active = present?.type === 'mixture' ? present.active : 1;
    const experts = Array.from({ length: active }, (_, expert) => expert);
    return { ...stage, after: [...others, { action: fate, branch, experts }] };
  });
  const changed = { ...recipe, stages };
  const stays = fate === 'keep' || fate === 'force';
  return stays ? changed : forget(changed, stageIndex + 1, branch);
}

/** The name with a number after it: the first that no branch of the recipe has. */
export function freeBranchName(recipe: Recipe, wanted: string): string {
  const taken = new Set(recipe.stages.flatMap(({ attach }) => attach.map(({ name }) => name)));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}${number}`)) number += 1;
  return `${wanted}${number}`;
}

/** Attaches a branch at the beginning of a stage and trains it there, with its group's dropout. */
export function withBranch(recipe: Recipe, stageIndex: number, branch: RecipeBranch): Recipe {
  const present = presentBranches(recipe)[stageIndex] ?? [];
  const group = dropoutGroups([...present, branch]).find(({ branches }) =>
    branches.includes(branch.name),
  );
  const stages = recipe.stages.map((stage, index) => {
    if (index !== stageIndex) return stage;
    const attached = {
      ...stage,
      attach: [...stage.attach, branch],
      train: [...stage.train, branch.name],
    };
    const rate = Math.max(0, ...(group?.branches ?? []).map((name) => stage.dropout[name] ?? 0));
    return group ? withDropout(attached, group, rate) : attached;
  });
  return { ...recipe, stages };
}

/** Takes a branch out of the recipe, with every mention of it. */
export function withoutBranch(recipe: Recipe, stageIndex: number, branch: string): Recipe {
  const stages = recipe.stages.map((stage, index) =>
    index === stageIndex
      ? { ...stage, attach: stage.attach.filter(({ name }) => name !== branch) }
      : stage,
  );
  return forget({ ...recipe, stages }, stageIndex, branch);
}

/** Removes mentions of a branch, from one stage on. */
function forget(recipe: Recipe, fromStage: number, branch: string): Recipe {
  const stages = recipe.stages.map((stage, index) => {
    if (index < fromStage) return stage;
    const dropout = { ...stage.dropout };
    Reflect.deleteProperty(dropout, branch);
    return {
      ...stage,
      train: stage.train.filter((name) => name !== branch),
      dropout,
      orthogonal: stage.orthogonal?.between.includes(branch) ? null : stage.orthogonal,
      after: stage.after.filter((step) => step.branch !== branch),
    };
  });
  return { ...recipe, stages };
}

/** Renames a branch wherever it is mentioned. */
export function withBranchName(recipe: Recipe, from: string, to: string): Recipe {
  const renamed = (name: string) => (name === from ? to : name);
  const stages = recipe.stages.map((stage) => ({
    ...stage,
    attach: stage.attach.map((branch) => ({ ...branch, name: renamed(branch.name) })),
    train: stage.train.map(renamed),
    dropout: Object.fromEntries(
      Object.entries(stage.dropout).map(([name, rate]) => [renamed(name), rate]),
    ),
    orthogonal: stage.orthogonal && {
      ...stage.orthogonal,
      between: [
        renamed(stage.orthogonal.between[0]),
        renamed(stage.orthogonal.between[1]),
      ] satisfies [string, string],
    },
    after: stage.after.map((step) => ({ ...step, branch: renamed(step.branch) })),
  }));
  return { ...recipe, stages };
}

/** Adds a stage, which goes on training the branches that are still attached. */
export function withStage(recipe: Recipe): Recipe {
  const last = recipe.stages.at(-1);
  const left = last ? staying(presentBranches(recipe).at(-1) ?? [], last) : [];
  const fresh: RecipeBranch = {
    name: freeBranchName(recipe, 'align'),
    type: 'lora',
    targets: [...feedForwardProjections],
    rank: recipe.scalingRank,
  };
  const stage: RecipeStage = {
    name: `Stage ${recipe.stages.length + 1}`,
    data: { kinds: ['alignment'], fraction: 1 },
    epochs: 1,
    attach: left.length === 0 ? [fresh] : [],
    train: left.length === 0 ? [fresh.name] : left.map(({ name }) => name),
    dropout: {},
    orthogonal: null,
    after: [],
  };
  return { ...recipe, stages: [...recipe.stages, stage] };
}

/** Removes a stage and the branches that it attached. */
export function withoutStage(recipe: Recipe, stageIndex: number): Recipe {
  const stage = recipe.stages[stageIndex];
  if (!stage || recipe.stages.length === 1) return recipe;
  const cleaned = stage.attach.reduce(
    (document, { name }) => withoutBranch(document, stageIndex, name),
    recipe,
  );
  return { ...cleaned, stages: cleaned.stages.filter((_, index) => index !== stageIndex) };
}
