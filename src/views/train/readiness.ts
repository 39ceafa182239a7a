/** Finds what is missing before training can start. */
import type { Recipe } from '../../contract/recipe.ts';
import { trainText } from './text.ts';
import type { DataKind, DataSetSummary } from '../../contract/data.ts';
import type { StoredGrid } from '../../contract/ablation.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { RunSummary } from '../../contract/runs.ts';

/** What brings the missing thing. */
export type Mend =
  | { readonly act: 'device' | 'model' | 'template' | 'data' | 'grid' | 'memory' }
  /** Records of one of these kinds. */
  | { readonly act: 'kind'; readonly kinds: readonly DataKind[] }
  /** The end of a run. */
  | { readonly act: 'run'; readonly id: string };

/** A thing that must exist before training can start, and what brings it. */
export interface Missing {
  readonly what: string;
  readonly mend: Mend;
  /** It arrives without any action: a queued run waits for it. */
  readonly passes?: true;
}

export interface Readiness {
  readonly deviceFailed: boolean;
  readonly model: Pick<ModelSummary, 'name' | 'aside'> | null;
  /** The model has no chat template and none was chosen for it. */
  readonly templateNeeded: boolean;
  readonly sets: readonly Pick<DataSetSummary, 'kind' | 'records'>[];
  readonly recipe: Recipe;
  /** A run that holds the device. */
  readonly active: Pick<RunSummary, 'id' | 'name'> | null;
  /** A grid that goes on: between two of its runs the device is not free. */
  readonly grid: Pick<StoredGrid, 'name'> | null;
  /** Why the recipe does not fit the device, from the memory plan, the largest first. */
  readonly obstacles: readonly string[];
}

/** What is missing before a run can start, most basic first; empty when it can. */
export function whatIsMissing(state: Readiness): Missing[] {
  const missing: Missing[] = [];
  const { needs: t, kinds: kindNames } = trainText();
  if (state.deviceFailed) missing.push({ what: t.device, mend: { act: 'device' } });
  if (!state.model) missing.push({ what: t.model, mend: { act: 'model' } });
  else if (state.model.aside) {
    missing.push({ what: t.aside(state.model.name), mend: { act: 'model' } });
  } else if (state.templateNeeded) {
    missing.push({ what: t.template(state.model.name), mend: { act: 'template' } });
  }
  if (state.sets.length === 0) missing.push({ what: t.data, mend: { act: 'data' } });
  else {
    state.recipe.stages.forEach(({ data }, index) => {
      const usable = state.sets.some(
        ({ kind, records }) => data.kinds.includes(kind) && records > 0,
      );
      if (usable) return;
      const kinds = data.kinds.map((kind) => kindNames[kind]).join(t.or);
      missing.push({
        what: t.marked(kinds, index + 1),
        mend: { act: 'kind', kinds: data.kinds },
      });
    });
  }
  if (state.active) {
    const { id, name } = state.active;
    missing.push({ what: t.endOf(name), mend: { act: 'run', id }, passes: true });
  } else if (state.grid) {
    missing.push({ what: t.endOfGrid(state.grid.name), mend: { act: 'grid' }, passes: true });
  }
  // One way on for all of them, which are often many.
  const [largest, ...others] = state.obstacles;
  if (largest !== undefined) {
    const what = others.length === 0 ? largest : t.tooLarge(largest, others.length);
    missing.push({ what, mend: { act: 'memory' } });
  }
  return missing;
}
