/** The next run as it is set up: what it lacks, what it takes, and the act of starting it. */
import { useState } from 'react';
import { toast } from 'sonner';
import type { MemoryReport, ModelSummary } from '../../../contract/models.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { CutOfSet, RunData } from '../../../contract/runs.ts';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { useDevice } from '../../../studio/device.ts';
import {
  needsTemplate,
  planMemory,
  selectedModel,
  useModels,
} from '../../../studio/models/models.ts';
import { useQueue } from '../../../studio/runs/queue.ts';
import { recipeFitted } from '../../../studio/runs/recipe-fit.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { mostlyNothing } from '../../../studio/runs/record-length.ts';
import { activeRun, nextRunName } from '../../../studio/runs/run-facts.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { errorText, noteText } from '../../shared/faults/error-text.ts';
import { useAsync } from '../../shared/use-async.ts';
import { clauses } from '../../shared/words/marks.ts';
import { whatIsMissing, type Missing } from '../readiness.ts';
import { useFittedRecipe } from '../recipe/use-fitted-recipe.ts';
import { useOutlook } from '../run/use-outlook.ts';
import { trainText } from '../text.ts';
import { queueText } from '../text-runs.ts';

export type Start = ReturnType<typeof useStart>;

/**
 * The next run as it is set up, what it lacks, and the act of starting it.
 * @param shown whether the run is in view: only then are its records examined
 */
export function useStart(shown: boolean, onStart: () => void) {
  const model = useModels(selectedModel);
  const data = useDataSets();
  const devicePhase = useDevice((state) => state.phase);
  const modelsPhase = useModels((state) => state.phase);
  const deviceFailed = devicePhase === 'failed';
  const recipe = useRecipe((state) => state.recipe);
  const runs = useRuns();
  const sets = trainingSets(data);
  const templateNeeded = model !== null && needsTemplate(model);
  const { plan, lastPlan, obstacles } = useMemoryPlan(
    templateNeeded || deviceFailed ? null : model,
    recipe,
  );
  const active = activeRun(runs);
  const missing = whatIsMissing({
    deviceFailed,
    model,
    templateNeeded,
    sets,
    recipe,
    active,
    obstacles,
  });
  // Parts that are still being read are not missing yet.
  const opening =
    devicePhase === 'opening' || modelsPhase === 'loading' || data.phase === 'loading';
  const queued = useQueue((state) => state.waiting);
  const addToQueue = useQueue((state) => state.add);
  const asRun = model && { modelId: model.id, dataSetIds: sets.map(({ id }) => id), recipe };
  const name = nextRunName(recipe.name, [...runs.runs, ...queued]);
  useFittedRecipe();
  const outlook = useOutlook(!shown || runs.starting || model?.aside ? null : asRun);
  const [checking, setChecking] = useState(false);
  const [asked, setAsked] = useState<(CutOfSet & Pick<RunData, 'maxLength'>) | null>(null);
  const startAnyway = async () => {
    if (!asRun || opening) return;
    onStart();
    // It may have been fitted to the data after Start was pressed.
    await runs.start({ ...asRun, recipe: useRecipe.getState().recipe, name });
  };
  const start = async () => {
    setChecking(true);
    await recipeFitted();
    const data = await outlook.settled();
    setChecking(false);
    const poor = data && mostlyNothing(data);
    if (poor) setAsked({ ...poor, maxLength: data.maxLength });
    else await startAnyway();
  };
  const queue = () => {
    if (!asRun || opening) return;
    addToQueue({ ...asRun, name });
    toast(queueText().added(name));
  };
  const t = trainText();
  const reasonOf = (lacking: readonly Missing[]): string | null =>
    lacking.length > 0 ? t.missing(clauses(lacking.map(({ what }) => what))) : null;
  return {
    model,
    missing: opening ? [] : missing,
    start,
    startAnyway,
    checking,
    asked,
    dismiss: () => setAsked(null),
    outlook,
    plan,
    lastPlan,
    reason: reasonOf(missing),
    queue,
    // A run that waits for the device need not find it free.
    queueReason: reasonOf(missing.filter(({ passes }) => !passes)),
    asRun,
    // A run that does not fit can still be tried: that is what a dry run is for.
    dryReason: reasonOf(missing.filter(({ what }) => !obstacles.includes(what))),
  };
}

/** The memory that a run of the recipe takes, and what stands in its way; no plan without a model. */
function useMemoryPlan(model: ModelSummary | null, recipe: Recipe) {
  const planKey = model && `${model.id}/${model.precision}/${JSON.stringify(recipe)}`;
  const plan = useAsync(planKey, () => planMemory(model?.id ?? '', recipe));
  const laidOut = plan.status === 'ready' ? plan.value : null;
  // The report on a plan stays while the next one is laid out, so that nothing jumps during typing.
  const [lastPlan, setLastPlan] = useState<MemoryReport | null>(null);
  if (laidOut && laidOut !== lastPlan) setLastPlan(laidOut);
  const obstacles =
    plan.status === 'ready'
      ? plan.value.obstacles.map(noteText)
      : plan.status === 'failed'
        ? [errorText(plan.error).message]
        : [];
  return { plan: laidOut, lastPlan: laidOut ?? lastPlan, obstacles };
}
