/** The grid of ablations: which recipes are trained and measured, in which order, and what they share. */
import { ablationOf, withDataFraction, type AblationId } from '../../training/recipe/ablations.ts';
import type { Recipe } from '../../training/recipe/recipe.ts';
import { snapshotsAfter } from '../../training/run/snapshots.ts';

/** The parts of a grid. */
export interface GridChoice {
  readonly ablations: readonly AblationId[];
  /** Shares of the stage-1 and of the stage-2 data, each above 0 and at most 1 (figures 5 and 6). */
  readonly fractions: readonly [readonly number[], readonly number[]];
}

/** One model to train and measure. */
export interface GridCell {
  readonly id: string;
  /** As the paper writes the row. */
  readonly name: string;
  /** Its table or figure in the paper; empty for points of a figure only. */
  readonly tables: string;
  /** The stage whose data is cut, and the share that stays; null for rows of the tables. */
  readonly fraction: { readonly stage: 0 | 1; readonly share: number } | null;
  readonly recipe: Recipe;
  /** The snapshot to measure: the state that the recipe ends in. */
  readonly snapshot: string;
}

/** The cell that is the whole pipeline on all data: the right end of every curve. */
export const wholePipeline: AblationId = 'mka-da';

/** Cells in the order in which they run: rows of the tables as the paper has them, then fractions. */
export function planGrid(base: Recipe, { ablations, fractions }: GridChoice): GridCell[] {
  const whole = fractions.some((shares) => shares.length > 0) ? [wholePipeline] : [];
  const rows = [...new Set([...ablations, ...whole])].map((id): GridCell => {
    const { name, table, recipe } = ablationOf(id);
    return cell({ id, name, tables: table, fraction: null, recipe: recipe(base) });
  });
  const points = fractions.flatMap((shares, index) => {
    const stage = index === 0 ? 0 : 1;
    return [...new Set(shares)]
      .filter((share) => share < 1)
      .sort((a, b) => a - b)
      .map((share) => {
        const percent = Math.round(share * 1000) / 10;
        const name = `${percent} % of stage ${stage + 1} data`;
        const recipe = withDataFraction(base, stage, share);
        const id = `stage${stage + 1}-${percent}`;
        return cell({ id, name, tables: '', fraction: { stage, share }, recipe });
      });
  });
  return [...rows, ...points];
}

function cell(planned: Omit<GridCell, 'snapshot'>): GridCell {
  const { recipe } = planned;
  const snapshot = snapshotsAfter(recipe, recipe.stages.length).at(-1)?.id ?? 'base';
  return { ...planned, snapshot };
}

/**
 * Everything that decides the parameters at the end of a stage: recipes that agree in it need that stage
 * trained only once. It includes what happened to branches before the stage, but not what happens after.
 */
export function trainingKey(recipe: Recipe, stage: number): string {
  const stages = recipe.stages
    .slice(0, stage + 1)
    .map((description, index) => (index === stage ? { ...description, after: [] } : description));
  return JSON.stringify({ ...recipe, name: '', stages });
}

/** How many stages, from the first, two recipes train to the same parameters. */
export function sharedStages(one: Recipe, other: Recipe): number {
  const most = Math.min(one.stages.length, other.stages.length);
  let count = 0;
  while (count < most && trainingKey(one, count) === trainingKey(other, count)) count += 1;
  return count;
}
