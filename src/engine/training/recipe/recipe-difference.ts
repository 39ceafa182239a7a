/** The differences between two recipes, as data: settings, stages, branches and what becomes of them. */
import type { Recipe, RecipeBranch, RecipeStage, StageAct } from './recipe.ts';

/** What becomes of a branch when a stage ends; null where it is not attached in that stage. */
export type Fate = StageAct['action'] | 'keep';

/** A plain setting's value as the recipe has it. */
export type SettingValue = string | number | boolean | null;

export type Difference =
  /** A setting of the whole recipe, by its path: `optimizer.learningRate`. */
  | {
      readonly kind: 'setting';
      readonly path: string;
      readonly from: SettingValue;
      readonly to: SettingValue;
    }
  /** A setting of a stage that both recipes have, by its path within the stage: `epochs`, `data.fraction`. */
  | {
      readonly kind: 'stage-setting';
      readonly stage: number;
      readonly path: string;
      readonly from: SettingValue;
      readonly to: SettingValue;
    }
  | { readonly kind: 'stage-missing'; readonly name: string; readonly stage: number }
  | { readonly kind: 'stage-added'; readonly name: string; readonly stage: number }
  | { readonly kind: 'branch-missing'; readonly stage: number; readonly branch: string }
  | {
      readonly kind: 'branch-added';
      readonly stage: number;
      readonly branch: string;
      readonly type: RecipeBranch['type'];
      readonly rank: number;
    }
  | {
      readonly kind: 'branch-setting';
      readonly stage: number;
      readonly branch: string;
      readonly setting: string;
      readonly from: SettingValue;
      readonly to: SettingValue;
    }
  | {
      readonly kind: 'trains';
      readonly stage: number;
      readonly branch: string;
      readonly to: boolean;
    }
  | {
      readonly kind: 'dropout';
      readonly stage: number;
      readonly branch: string;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: 'fate';
      readonly stage: number;
      readonly branch: string;
      readonly from: Fate;
      readonly to: Fate;
      /** The experts that routing is forced to, from 0, where it is forced. */
      readonly experts: readonly number[];
    };

/**
 * Every difference of `to` from `from` except names, in the order of the document. Stages are
 * matched by name, so that a recipe of the second stage alone is compared with the second stage.
 */
export function recipeDifference(from: Recipe, to: Recipe): Difference[] {
  // A recipe that names no rule for long records cuts off their end.
  const truncation = 'end';
  const { stages: stagesFrom, name: _from, ...settingsFrom } = { truncation, ...from };
  const { stages: stagesTo, name: _to, ...settingsTo } = { truncation, ...to };
  return [
    ...differentStages(stagesFrom, stagesTo),
    ...differentSettings(settingsFrom, settingsTo).map((setting): Difference => ({
      kind: 'setting',
      ...setting,
    })),
  ];
}

interface DifferentSetting {
  readonly path: string;
  readonly from: SettingValue;
  readonly to: SettingValue;
}

/** Leaves of two documents of one shape that differ, by path; lists are leaves. */
function differentSettings(from: object, to: object): DifferentSetting[] {
  const [one, other] = [leaves(from), leaves(to)];
  const paths = [...one.keys(), ...[...other.keys()].filter((path) => !one.has(path))];
  return paths.flatMap((path) => {
    const [before, after] = [one.get(path) ?? null, other.get(path) ?? null];
    return before === after ? [] : [{ path, from: before, to: after }];
  });
}

function leaves(document: object, prefix = ''): Map<string, SettingValue> {
  const found = new Map<string, SettingValue>();
  for (const [key, value] of Object.entries(document) as [string, unknown][]) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (Array.isArray(value)) found.set(path, value.join(', '));
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, leaf] of leaves(value, path)) found.set(inner, leaf);
    } else if (value !== undefined) found.set(path, value as SettingValue);
  }
  return found;
}

function differentStages(from: readonly RecipeStage[], to: readonly RecipeStage[]): Difference[] {
  const differences: Difference[] = [];
  const matched = new Set<number>();
  for (const [stage, before] of from.entries()) {
    const at = to.findIndex(({ name }, index) => name === before.name && !matched.has(index));
    const after = to[at];
    if (!after) {
      differences.push({ kind: 'stage-missing', name: before.name, stage });
      continue;
    }
    matched.add(at);
    differences.push(...withinStage(stage, before, after));
  }
  for (const [stage, { name }] of to.entries()) {
    if (!matched.has(stage)) differences.push({ kind: 'stage-added', name, stage });
  }
  return differences;
}

function withinStage(stage: number, from: RecipeStage, to: RecipeStage): Difference[] {
  const plain = ({ data, epochs, orthogonal }: RecipeStage) => ({
    data,
    epochs,
    orthogonal: { weight: orthogonal?.weight ?? null, between: orthogonal?.between ?? null },
  });
  const settings = differentSettings(plain(from), plain(to)).map((setting): Difference => ({
    kind: 'stage-setting',
    stage,
    ...setting,
  }));
  return [...differentBranches(stage, from, to), ...settings];
}

function differentBranches(stage: number, from: RecipeStage, to: RecipeStage): Difference[] {
  const named = ({ attach }: RecipeStage, name: string) =>
    attach.find((branch) => branch.name === name);
  // Branches of an earlier stage are known here only by the fields that name them.
  const mentioned = (description: RecipeStage): string[] => [
    ...description.attach.map(({ name }) => name),
    ...description.train,
    ...Object.keys(description.dropout),
    ...description.after.map(({ branch }) => branch),
  ];
  const names = [...new Set([...mentioned(from), ...mentioned(to)])];
  return names.flatMap((branch): Difference[] => {
    const [before, after] = [named(from, branch), named(to, branch)];
    if (before && !after) return [{ kind: 'branch-missing', stage, branch }];
    if (!before && after) {
      return [{ kind: 'branch-added', stage, branch, type: after.type, rank: after.rank }];
    }
    const settings =
      before && after
        ? differentSettings(before, after).map(({ path, ...values }): Difference => ({
            ...{ kind: 'branch-setting', stage, branch, setting: path },
            ...values,
          }))
        : [];
    return [...settings, ...differentUse(stage, branch, from, to)];
  });
}

function differentUse(
  stage: number,
  branch: string,
  from: RecipeStage,
  to: RecipeStage,
): Difference[] {
  const differences: Difference[] = [];
  const [trained, trains] = [from.train.includes(branch), to.train.includes(branch)];
  if (trained !== trains) differences.push({ kind: 'trains', stage, branch, to: trains });
  const [rateFrom, rateTo] = [from.dropout[branch] ?? 0, to.dropout[branch] ?? 0];
  if (rateFrom !== rateTo) {
    differences.push({ kind: 'dropout', stage, branch, from: rateFrom, to: rateTo });
  }
  const actOf = ({ after }: RecipeStage) => after.find((act) => act.branch === branch);
  const [actFrom, actTo] = [actOf(from), actOf(to)];
  const expertsOf = (act: StageAct | undefined) => (act?.action === 'force' ? act.experts : []);
  const experts = expertsOf(actTo);
  const fateFrom: Fate = actFrom?.action ?? 'keep';
  const fateTo: Fate = actTo?.action ?? 'keep';
  if (fateFrom !== fateTo || expertsOf(actFrom).join() !== experts.join()) {
    differences.push({ kind: 'fate', stage, branch, from: fateFrom, to: fateTo, experts });
  }
  return differences;
}
