/** What the tour says, made from the recipe in use. */
import type { Recipe, RecipeBranch, RecipeStage } from '../../contract/recipe.ts';
import { branchFate, branchFates, presentBranches } from '../../studio/runs/recipe-edit.ts';
import type { DiagramPart } from '../shared/figures/BranchDiagram.tsx';
import { stageTitle } from '../shared/figures/diagram-text.ts';
import { branchTitle } from '../shared/Tag.tsx';
import { tourText } from './text.ts';

export interface TourStep {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly part: DiagramPart | null;
}

/** One step for the picture as a whole, two for each stage (while it trains, when it ends), one for the result. */
export function tourSteps(recipe: Recipe): readonly TourStep[] {
  const t = tourText();
  const present = presentBranches(recipe);
  const steps = recipe.stages.flatMap((stage, index): TourStep[] => [
    {
      title: t.stage.title(index + 1, stageTitle(stage.name)),
      sentences: whileTraining(stage),
      part: { kind: 'stage', stage: index },
    },
    {
      title: t.after.title(stageTitle(stage.name)),
      sentences: atTheEnd(stage, present[index] ?? []),
      part: { kind: 'after', stage: index },
    },
  ]);
  return [
    { title: t.intro.title, sentences: [t.intro.text(recipe.stages.length)], part: null },
    ...steps,
    {
      title: t.end.title,
      sentences: [stays(recipe, present) ? t.end.branches : t.end.merged],
      part: { kind: 'end' },
    },
  ];
}

function whileTraining({ data, epochs, train, orthogonal }: RecipeStage): string[] {
  const t = tourText();
  const kinds = data.kinds.map((kind) => t.kinds[kind]).join(t.stage.and);
  const known: Readonly<Record<string, string>> = t.branches;
  const learns = train.flatMap((name) => known[name] ?? []);
  const apart = orthogonal
    ? [t.orthogonal(branchTitle(orthogonal.between[0]), branchTitle(orthogonal.between[1]))]
    : [];
  return [t.stage.data(kinds, epochs), ...learns, ...apart];
}

function atTheEnd(stage: RecipeStage, branches: readonly RecipeBranch[]): string[] {
  const t = tourText();
  return branchFates.flatMap((fate) => {
    const names = branches.filter(({ name }) => branchFate(stage, name) === fate);
    if (names.length === 0) return [];
    const listed = names.map(({ name }) => branchTitle(name)).join(t.stage.and);
    return t.after[fate](listed, names.length);
  });
}

function stays({ stages }: Recipe, present: readonly (readonly RecipeBranch[])[]): boolean {
  const last = stages.at(-1);
  if (!last) return false;
  return (present.at(-1) ?? []).some(({ name }) => {
    const fate = branchFate(last, name);
    return fate === 'keep' || fate === 'force';
  });
}
