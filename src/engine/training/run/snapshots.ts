/** The model states that a run passes through, and how each is made. */
import type { BranchPlan } from '../../branches/layout.ts';
import { stageBranches, withForcedRouting } from '../stage/branch-plans.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** A state of the model between or after stages that can be run, compared and exported. */
export interface Snapshot {
  /** `base`, `stage1.end`, `stage1.after`, …, `merged`. */
  readonly id: string;
  readonly label: string;
  /** Names of branches still attached (not merged). */
  readonly branches: readonly string[];
}

/** How a snapshot is made from the base weights and the branch parameters that the stages ended with. */
export interface SnapshotPlan {
  /** Merges into the weights, in order: parameters of `stage`. */
  readonly merges: readonly { readonly stage: number; readonly branch: BranchPlan }[];
  /** Branches that stay attached, with the parameters of this stage. */
  readonly attached: { readonly stage: number; readonly branches: readonly BranchPlan[] } | null;
}

interface NamedPlan extends Snapshot {
  readonly stage: number;
  readonly plan: SnapshotPlan;
  /** Of a stage's best step rather than its last: exists only once that step was kept. */
  readonly best?: true;
}

/** Id of the state that a stage would have left, had it ended at the step with the lowest validation loss. */
export function bestSnapshotId(stage: number): string {
  return `stage${stage + 1}.best`;
}

/** The stage whose best step a snapshot is; null for every other snapshot. */
export function bestStageOf(id: string): number | null {
  const number = /^stage([1-9])\.best$/.exec(id)?.[1];
  return number === undefined ? null : Number(number) - 1;
}

const branchTitles: Readonly<Record<string, string>> = {
  lora: 'LoRA',
  ka: 'KA',
  na: 'NA',
  align: 'Align',
};

function titles(names: readonly string[]): string {
  return names.map((name) => branchTitles[name] ?? name).join(', ');
}

/** Every snapshot that a run of this recipe passes through, in order. */
function plannedSnapshots(recipe: Recipe): NamedPlan[] {
  const all: NamedPlan[] = [
    { id: 'base', label: 'Base', branches: [], stage: -1, plan: { merges: [], attached: null } },
  ];
  let merges: SnapshotPlan['merges'] = [];
  recipe.stages.forEach((description, stage) => {
    const during = stageBranches(recipe, stage);
    const last = stage === recipe.stages.length - 1;
    const dropped = description.after
      .filter(({ action }) => action === 'drop')
      .map(({ branch }) => branch);
    const number = stage + 1;
    const merged = description.after.flatMap(({ action, branch: name }) => {
      const branch = during.find((candidate) => candidate.name === name);
      return action === 'merge' && branch ? [{ stage, branch }] : [];
    });
    const gone = new Set(
      description.after.flatMap(({ action, branch }) => (action === 'force' ? [] : [branch])),
    );
    const remaining = withForcedRouting(
      during.filter(({ name }) => !gone.has(name)),
      description.after,
    );
    all.push({
      id: `stage${number}.end`,
      label:
        dropped.length > 0
          ? `Stage ${number} with ${titles(dropped)}`
          : `Stage ${number}${merged.length > 0 ? ', unmerged' : ''}`,
      branches: during.map(({ name }) => name),
      stage,
      plan: { merges, attached: { stage, branches: during } },
    });
    merges = [...merges, ...merged];
    const plan: SnapshotPlan = {
      merges,
      attached: remaining.length > 0 ? { stage, branches: remaining } : null,
    };
    const branches = remaining.map(({ name }) => name);
    const label = `Stage ${number}, best`;
    all.push({ id: bestSnapshotId(stage), label, branches, stage, plan, best: true });
    if (last && remaining.length === 0) {
      all.push({ id: 'merged', label: 'Merged', branches, stage, plan });
    } else if (description.after.length > 0) {
      const forced = description.after.flatMap((act) => (act.action === 'force' ? [act] : []));
      const routed = forced.map(
        ({ branch, experts }) =>
          `, ${titles([branch])} forced to ${experts.map((expert) => expert + 1).join(' + ')}`,
      );
      const without =
        dropped.length > 0
          ? ` without ${titles(dropped)}${routed.join('')}`
          : routed.join('') || ', merged';
      const id = `stage${number}.after`;
      all.push({ id, label: `Stage ${number}${without}`, branches, stage, plan });
    }
  });
  return all;
}

/** Snapshots that exist once `stagesDone` stages are over. */
export function snapshotsAfter(recipe: Recipe, stagesDone: number): Snapshot[] {
  return plannedSnapshots(recipe)
    .filter(({ stage, best }) => stage < stagesDone && !best)
    .map(({ id, label, branches }) => ({ id, label, branches }));
}

/** @throws RangeError for an id that the recipe does not pass through */
export function snapshotPlan(recipe: Recipe, id: string): SnapshotPlan {
  const found = plannedSnapshots(recipe).find((candidate) => candidate.id === id);
  if (!found) throw new RangeError(`The recipe has no snapshot ${id}`);
  return found.plan;
}

/** The snapshots of one stage's end: before and, where it differs, after its branches are dropped or merged. */
export function stageSnapshots(recipe: Recipe, stage: number): Snapshot[] {
  return plannedSnapshots(recipe)
    .filter((candidate) => candidate.stage === stage && !candidate.best)
    .map(({ id, label, branches }) => ({ id, label, branches }));
}

/** The state that the stage would have left after this many steps, kept because no other step had a lower loss. */
export function bestSnapshot(recipe: Recipe, stage: number, step: number): Snapshot {
  const found = plannedSnapshots(recipe).find(({ id }) => id === bestSnapshotId(stage));
  if (!found) throw new RangeError(`The recipe has no stage ${stage}`);
  const { id, label, branches } = found;
  return { id, label: `${label} (step ${step})`, branches };
}

/** The states of a run with the best ones, each before the end of its stage. */
export function withBest(
  snapshots: readonly Snapshot[],
  best: readonly { readonly stage: number; readonly snapshot: Snapshot }[],
): Snapshot[] {
  const kept = new Set(best.map(({ snapshot }) => snapshot.id));
  let all = snapshots.filter(({ id }) => !kept.has(id));
  for (const { stage, snapshot } of [...best].sort((a, b) => a.stage - b.stage)) {
    const end = all.findIndex(({ id }) => id === `stage${stage + 1}.end`);
    const at = end < 0 ? all.length : end;
    all = [...all.slice(0, at), snapshot, ...all.slice(at)];
  }
  return all;
}
