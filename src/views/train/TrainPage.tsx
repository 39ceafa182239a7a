import { ListPlus, Play } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { faultFrom } from '../../faults/fault.ts';
import { trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { useDevice } from '../../studio/device.ts';
import { needsTemplate, planMemory, selectedModel, useModels } from '../../studio/models/models.ts';
import { compareWith } from '../../studio/runs/comparison.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import {
  activeRun,
  isOver,
  nextRunName,
  resumableRuns,
  selectedRun,
} from '../../studio/runs/run-facts.ts';
import { START_TASK } from '../../contract/task-names.ts';
import { recipeFitted } from '../../studio/runs/recipe-fit.ts';
import { mostlyNothing } from '../../studio/runs/record-length.ts';
import { curvesOf, useRuns } from '../../studio/runs/runs.ts';
import { useQueue } from '../../studio/runs/queue.ts';
import { useTasks } from '../../studio/tasks.ts';
import type { MemoryReport, ModelSummary } from '../../contract/models.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { CutOfSet, RunData, RunSummary } from '../../contract/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { ConfirmDialog } from '../shared/controls/Dialog.tsx';
import { Page } from '../shared/Card.tsx';
import { errorText, noteText } from '../shared/faults/error-text.ts';
import { isSameFault } from '../shared/faults/faults-in-place.ts';
import { formatInteger } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { SafeModeNote } from '../shared/SafeModeNote.tsx';
import { Progress } from '../shared/Progress.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { useAsync } from '../shared/use-async.ts';
import { CompareView } from './compare/CompareView.tsx';
import { DryRunPanel } from './DryRun.tsx';
import { RecordsOutlook } from './run/RecordOutcomes.tsx';
import { outcomeText } from './run/text-outcomes.ts';
import { useOutlook } from './run/use-outlook.ts';
import { QueueCard } from './QueueCard.tsx';
import { useFittedRecipe } from './recipe/use-fitted-recipe.ts';
import { RunControls } from './run/RunControls.tsx';
import { RunList } from './RunList.tsx';
import { RunView } from './run/RunView.tsx';
import { SetUp } from './SetUp.tsx';
import { whatIsMissing, type Missing } from './readiness.ts';
import { trainText } from './text.ts';
import { queueText } from './text-runs.ts';

type View = 'set-up' | 'watch' | 'compare';

/** Step 3: set up a run, start it, watch it. */
export default function TrainPage() {
  const t = trainText();
  const runs = useRuns();
  const run = selectedRun(runs);
  const active = activeRun(runs);
  const [chosen, setChosen] = useState<View | null>(null);
  const [started, setStarted] = useState(false);
  // People come here for a run that goes on, was interrupted or has ended; it stays in view when it ends.
  const hasEnded = !started && run !== null && isOver(run);
  const returns = active !== null || resumableRuns(runs).length > 0 || hasEnded;
  if (run && chosen === null && returns) setChosen('watch');
  const view: View = run ? (chosen ?? 'set-up') : 'set-up';
  // The run in view shows its own fault, with the ways on.
  const told = view === 'watch' && run?.error ? faultFrom(run.error) : null;
  const error = isSameFault(runs.error, told) ? null : runs.error;
  // The run comes into view as soon as it exists; a person who looks elsewhere meanwhile stays there.
  const start = useStart(() => {
    setStarted(true);
    setChosen(null);
  });
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          {run && (
            <Segmented
              label={t.view}
              value={view}
              choices={[
                { value: 'set-up', label: t.setUp },
                { value: 'watch', label: t.runs },
                { value: 'compare', label: t.compare },
              ]}
              onChange={setChosen}
            />
          )}
          {view === 'watch' && run && <RunControls run={run} onReuse={() => setChosen('set-up')} />}
          {view === 'set-up' && <StartActions start={start} />}
        </>
      }
    >
      <Interrupted
        runs={resumableRuns(runs).filter(({ id }) => !told || id !== run?.id)}
        onShow={(id) => {
          runs.select(id);
          setChosen('watch');
        }}
      />
      {error && <ErrorNotice error={error} onDismiss={runs.dismissError} />}
      <SafeModeNote />
      {runs.starting && <SettingUp />}
      <QueueCard />
      {view === 'set-up' || !run ? (
        <SetUp
          dryRun={<DryRunPanel run={start.asRun} reason={start.dryReason} />}
          outlook={<RecordsOutlook outlook={start.outlook} />}
          model={start.model}
          missing={start.missing}
          plan={start.plan}
          lastPlan={start.lastPlan}
        />
      ) : view === 'compare' ? (
        <>
          <CompareView />
          <RunList />
        </>
      ) : (
        <>
          <RunView
            key={run.id}
            run={run}
            source={curvesOf(run.id)}
            onCompare={() => {
              compareWith(run.id);
              setChosen('compare');
            }}
          />
          <RunList />
        </>
      )}
    </Page>
  );
}

/** Puts the run that is set up in the queue, or starts it. */
function StartActions({ start }: { readonly start: ReturnType<typeof useStart> }) {
  const starting = useRuns((state) => state.starting);
  return (
    <>
      <Button
        icon={<ListPlus size={16} aria-hidden />}
        reason={start.queueReason}
        onClick={start.queue}
      >
        {queueText().add}
      </Button>
      <Button
        variant="primary"
        icon={<Play size={16} aria-hidden />}
        busy={starting || start.checking}
        reason={start.reason}
        onClick={() => void start.start()}
      >
        {trainText().start}
      </Button>
      <AskBefore asked={start.asked} onStart={start.startAnyway} onClose={start.dismiss} />
    </>
  );
}

/** Asks before a run starts most of whose records of a set teach nothing. */
function AskBefore({
  asked,
  onStart,
  onClose,
}: {
  readonly asked: (CutOfSet & Pick<RunData, 'maxLength'>) | null;
  readonly onStart: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const t = outcomeText();
  return (
    <ConfirmDialog
      open={asked !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.askTitle(asked?.dataSet ?? '')}
      description={asked && t.askText(asked.nothing, asked.records, formatInteger(asked.maxLength))}
      confirm={t.askStart}
      onConfirm={() => void onStart()}
    />
  );
}

/** What happens between the press of Start and the first step. */
function SettingUp() {
  const t = trainText();
  const state = useTasks(({ tasks }) => tasks[START_TASK]);
  const note = state?.note ?? null;
  return (
    <Progress
      label={t.settingUp}
      fraction={state?.fraction ?? null}
      note={note === null ? t.layingOut : noteText(note)}
    />
  );
}

/** The next run as it is set up, what it lacks, and the act of starting it. */
function useStart(onStart: () => void) {
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
  const outlook = useOutlook(runs.starting || model?.aside ? null : asRun);
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
    lacking.length > 0 ? t.missing(lacking.map(({ what }) => what).join('; ')) : null;
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

/** After a reload in the middle of a run, this is the first thing to see. */
function Interrupted({
  runs,
  onShow,
}: {
  readonly runs: readonly RunSummary[];
  readonly onShow: (id: string) => void;
}) {
  const t = trainText();
  const command = useRuns((state) => state.command);
  const commands = useRuns((state) => state.commands);
  return runs.map((run) => (
    <Notice
      key={run.id}
      tone="warning"
      title={t.interrupted(
        run.name,
        (run.checkpoint?.stage ?? 0) + 1,
        formatInteger(run.checkpoint?.step ?? 0),
      )}
      actions={
        <>
          <Button
            variant="primary"
            size="small"
            icon={<Play size={14} aria-hidden />}
            busy={commands[run.id] === 'resume'}
            onClick={() => {
              onShow(run.id);
              void command(run.id, 'resume');
            }}
          >
            {t.resume}
          </Button>
          <Button size="small" onClick={() => onShow(run.id)}>
            {t.show}
          </Button>
        </>
      }
    >
      {t.againSame}
    </Notice>
  ));
}
