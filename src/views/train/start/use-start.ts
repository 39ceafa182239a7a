/** The next run as it is set up: what it lacks, what it takes, and the act of starting it. */
import type { Note } from '../../../faults/catalogue.ts';
import { recipeTitle } from '../../../studio/evaluation/ablation-words.ts';
import { useState } from 'react';
import type { MemoryReport, ModelSummary } from '../../../contract/models.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { runningGrid, useAblation } from '../../../studio/evaluation/ablation.ts';
import { useDevice } from '../../../studio/device.ts';
import {
  needsTemplate,
  planMemory,
  selectedModel,
  useModels,
} from '../../../studio/models/models.ts';
import { useQueue } from '../../../studio/queue/page-queue.ts';
import { recipeFitted } from '../../../studio/runs/recipe-fit.ts';
import { isEdited, useRecipe } from '../../../studio/runs/recipe.ts';
import { mostlyNothing } from '../../../studio/runs/record-length.ts';
import { activeRun, nextRunName } from '../../../studio/runs/run-facts.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { errorText, noteText } from '../../shared/faults/error-text.ts';
import { useAsync } from '../../shared/use-async.ts';
import { clauses } from '../../shared/words/marks.ts';
import { whatIsMissing, type Missing } from '../readiness.ts';
import { useFittedRecipe } from '../recipe/use-fitted-recipe.ts';
import { useOutlook } from '../run/use-outlook.ts';
import { tellWaiting } from '../../queue/work-name.ts';
import { trainText } from '../text.ts';
import type { Poor } from './AskBefore.tsx';

export type Start = ReturnType<typeof useStart>;

/** What a person does with the run that is set up. */
type Act = 'start' | 'queue';

/** What a person is asked about before the act that was wanted. */
type Asked = Poor & { readonly act: Act };

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
    grid: useAblation(runningGrid),
    obstacles,
  });
  // Parts that are still being read are not missing yet.
  const opening =
    devicePhase === 'opening' || modelsPhase === 'loading' || data.phase === 'loading';
  const queued = useQueue((state) => state.waiting);
  const addToQueue = useQueue((state) => state.add);
  const asRun = model && { modelId: model.id, dataSetIds: sets.map(({ id }) => id), recipe };
  const t = trainText();
  useFittedRecipe();
  const outlook = useOutlook(!shown || runs.starting || model?.aside ? null : asRun);
  const [checking, setChecking] = useState<Act | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const planned = () => {
    if (!asRun) return null;
    // The recipe may have been fitted to the data after the button was pressed.
    const state = useRecipe.getState();
    const known = recipeTitle(state.recipe.name);
    const title = isEdited(state) ? t.edited(known) : known;
    const waiting = queued.filter((work) => work.kind === 'run');
    const name = nextRunName(title, [...runs.runs, ...waiting]);
    return { ...asRun, recipe: state.recipe, name };
  };
  const doAnyway = async (act: Act) => {
    if (opening) return;
    const run = planned();
    if (!run) return;
    const { name } = run;
    if (act === 'queue') {
      addToQueue({ kind: 'run', ...run });
      tellWaiting(name, true);
    } else {
      onStart();
      await runs.start(run);
    }
  };
  const attempt = async (act: Act) => {
    setChecking(act);
    await recipeFitted();
    const data = await outlook.settled();
    setChecking(null);
    const poor = data && mostlyNothing(data);
    if (poor) setAsked({ ...poor, maxLength: data.maxLength, act });
    else await doAnyway(act);
  };
  const reasonOf = (lacking: readonly Missing[]): string | null =>
    lacking.length > 0 ? t.missing(clauses(lacking.map(({ what }) => what))) : null;
  return {
    model,
    missing: opening ? [] : missing,
    attempt,
    doAnyway,
    checking,
    asked,
    dismiss: () => setAsked(null),
    outlook,
    plan,
    lastPlan,
    reason: reasonOf(missing),
    // A run that waits for the device need not find it free.
    queueReason: reasonOf(missing.filter(({ passes }) => !passes)),
    asRun,
    planned: planned(),
    // It needs no device here, and need not fit on one.
    handOffReason: reasonOf(
      missing.filter(({ mend, passes }) => {
        return !passes && mend.act !== 'device' && mend.act !== 'memory';
      }),
    ),
    // A run that does not fit can still be tried: that is what a dry run is for.
    dryReason: reasonOf(missing.filter(({ mend }) => mend.act !== 'memory')),
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
      ? [...plan.value.obstacles].sort((a, b) => bytesOf(b) - bytesOf(a)).map(noteText)
      : plan.status === 'failed'
        ? [errorText(plan.error).message]
        : [];
  return { plan: laidOut, lastPlan: laidOut ?? lastPlan, obstacles };
}

/** What a buffer that does not fit needs. */
const bytesOf = (obstacle: Note): number => ('bytes' in obstacle ? obstacle.bytes : 0);
