/** The differences between two recipes, as data: settings, stages, branches and what becomes of them. */
import type { Recipe, RecipeBranch, RecipeStage, StageAct } from './recipe.ts';

/** What becomes of a branch when a stage ends; null where it is not attached in that stage. */
export type Fate = StageAct['action'] | 'keep';

/** A plain setting's value as the recipe has it. */
export type SettingValue = string | number | boolean | null;

/** A stage of one of the two recipes: its name, and its place from 0. */
export interface StagePlace {
  readonly name: string;
  readonly stage: number;
}

/** `stage` counts from 0 in the recipe that is compared, `to`; of a stage that it lacks, in `from`. */
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
  /** A stage that both recipes have, at another place or by another name. */
  | { readonly kind: 'stage-place'; readonly from: StagePlace; readonly to: StagePlace }
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
 * Every difference of `to` from `from` except the recipes' names, in the order of the document. Stages are matched
 * by what they do, so that a recipe of the second stage alone is compared with the second stage.
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

/** A setting that two documents have different values of, by its path. */
export interface DifferentSetting {
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

/**
 * For each stage of `from`, the place in `to` of the stage that does the same; -1 where there is none. Stages of one
 * name go together; of the others, those that train on knowledge records, and those that do not.
 */
export function matchStages(from: readonly RecipeStage[], to: readonly RecipeStage[]): number[] {
  const matched = new Set<number>();
  const take = (same: (other: RecipeStage) => boolean): number => {
    const place = to.findIndex((stage, index) => !matched.has(index) && same(stage));
    matched.add(place);
    return place;
  };
  const byName = from.map(({ name }) => take((other) => other.name === name));
  const ofKnowledge = ({ data }: RecipeStage): boolean => data.kinds.includes('knowledge');
  return from.map((stage, index) => {
    const place = byName[index] ?? -1;
    return place >= 0 ? place : take((other) => ofKnowledge(other) === ofKnowledge(stage));
  });
}

function differentStages(from: readonly RecipeStage[], to: readonly RecipeStage[]): Difference[] {
  const places = matchStages(from, to);
  const ofBoth = from.flatMap((before, stage): Difference[] => {
    const place = places[stage] ?? -1;
    const after = to[place];
    if (!after) return [{ kind: 'stage-missing', name: before.name, stage }];
    const [old, own] = [
      { name: before.name, stage },
      { name: after.name, stage: place },
    ];
    const moved = old.name !== own.name || old.stage !== own.stage;
    return [
      ...(moved ? [{ kind: 'stage-place', from: old, to: own } as const] : []),
      ...withinStage(place, before, after),
    ];
  });
  const added = to.flatMap(({ name }, stage): Difference[] =>
    places.includes(stage) ? [] : [{ kind: 'stage-added', name, stage }],
  );
  return [...ofBoth, ...added];
}

/** Settings of one stage in two recipes that differ: records, epochs, orthogonal loss; a loss that is off has null. */
export function differentStageSettings(from: RecipeStage, to: RecipeStage): DifferentSetting[] {
  const plain = ({ data, epochs, orthogonal }: RecipeStage) => ({
    data,
    epochs,
    orthogonal: { weight: orthogonal?.weight ?? null, between: orthogonal?.between ?? null },
  });
  return differentSettings(plain(from), plain(to));
}

function withinStage(stage: number, from: RecipeStage, to: RecipeStage): Difference[] {
  const settings = differentStageSettings(from, to).map((setting): Difference => ({
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
