import { Play } from 'lucide-react';
import { useState } from 'react';
import { trainingSets, useDataSets } from '../../studio/data-sets.ts';
import { useDevice } from '../../studio/device.ts';
import { needsTemplate, planMemory, selectedModel, useModels } from '../../studio/models.ts';
import { useRecipe } from '../../studio/recipe.ts';
import {
  activeRun,
  curvesOf,
  nextRunName,
  resumableRuns,
  selectedRun,
  START_TASK,
  useRuns,
} from '../../studio/runs.ts';
import { useTasks } from '../../studio/tasks.ts';
import type { MemoryReport, RunSummary } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Page } from '../shared/Card.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Progress } from '../shared/Progress.tsx';
import { Segmented } from '../shared/Toggle.tsx';
import { useAsync } from '../shared/use-async.ts';
import { useOwnError } from '../shared/use-own-error.ts';
import { RunControls } from './RunControls.tsx';
import { RunList } from './RunList.tsx';
import { RunView } from './RunView.tsx';
import { SetUp } from './SetUp.tsx';
import { whatIsMissing } from './readiness.ts';
import './train.css';

type View = 'set-up' | 'watch';

/** Step 3: set up a run, start it, watch it. */
export default function TrainPage() {
  const runs = useRuns();
  const run = selectedRun(runs);
  const active = activeRun(runs);
  const error = useOwnError(runs.error);
  const [chosen, setChosen] = useState<View | null>(null);
  // A run that goes on, or was cut off, is what one comes here for; it stays in view when it ends.
  if (run && chosen === null && (active || resumableRuns(runs).length > 0)) setChosen('watch');
  const view: View = run ? (chosen ?? 'set-up') : 'set-up';
  const start = useStart(() => setChosen('watch'));
  return (
    <Page
      title="Train"
      lead="Two stages: knowledge is aggregated first, with noise kept apart and dropped; then the model is aligned without forgetting."
      actions={
        <>
          {run && (
            <Segmented
              label="View"
              value={view}
              choices={[
                { value: 'set-up', label: 'Set up' },
                { value: 'watch', label: 'Runs' },
              ]}
              onChange={setChosen}
            />
          )}
          {view === 'watch' && run && <RunControls run={run} onReuse={() => setChosen('set-up')} />}
          {view === 'set-up' && (
            <Button
              variant="primary"
              icon={<Play size={16} aria-hidden />}
              busy={runs.starting}
              reason={start.reason}
              onClick={() => void start.start()}
            >
              Start training
            </Button>
          )}
        </>
      }
    >
      <Interrupted
        runs={resumableRuns(runs)}
        onShow={(id) => {
          runs.select(id);
          setChosen('watch');
        }}
      />
      {error && <ErrorNotice error={error} onDismiss={runs.dismissError} />}
      {runs.starting && <SettingUp />}
      {view === 'set-up' || !run ? (
        <SetUp
          model={start.model}
          missing={start.missing}
          plan={start.plan}
          lastPlan={start.lastPlan}
        />
      ) : (
        <>
          <RunView key={run.id} run={run} source={curvesOf(run.id)} />
          <RunList />
        </>
      )}
    </Page>
  );
}

/** What goes on between the press of Start and the first step. */
function SettingUp() {
  const state = useTasks(({ tasks }) => tasks[START_TASK]);
  const note = state?.note ?? '';
  return (
    <Progress
      label="Setting up the run"
      fraction={state?.fraction ?? null}
      note={note === '' ? 'Laying out memory' : note}
    />
  );
}

/** The next run as it is set up, what it lacks, and the act of starting it. */
function useStart(onStarted: () => void) {
  const model = useModels(selectedModel);
  const data = useDataSets();
  const devicePhase = useDevice((state) => state.phase);
  const modelsPhase = useModels((state) => state.phase);
  const deviceFailed = devicePhase === 'failed';
  const recipe = useRecipe((state) => state.recipe);
  const runs = useRuns();
  const sets = trainingSets(data);
  const templateNeeded = model !== null && needsTemplate(model);
  const planKey =
    model && !templateNeeded && !deviceFailed
      ? `${model.id}/${model.precision}/${JSON.stringify(recipe)}`
      : null;
  const plan = useAsync(planKey, () => planMemory(model?.id ?? '', recipe));
  const laidOut = plan.status === 'ready' ? plan.value : null;
  // What is said about a plan stays while the next one is laid out, so that nothing jumps while one types.
  const [lastPlan, setLastPlan] = useState<MemoryReport | null>(null);
  if (laidOut && laidOut !== lastPlan) setLastPlan(laidOut);
  const obstacles =
    plan.status === 'ready'
      ? plan.value.obstacles
      : plan.status === 'failed'
        ? [plan.error.message]
        : [];
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
  // What is still being read is not missing yet.
  const opening =
    devicePhase === 'opening' || modelsPhase === 'loading' || data.phase === 'loading';
  const start = async () => {
    if (!model || opening) return;
    const run = await runs.start({
      name: nextRunName(recipe.name, runs.runs),
      modelId: model.id,
      dataSetIds: sets.map(({ id }) => id),
      recipe,
    });
    if (run) onStarted();
  };
  return {
    model,
    missing: opening ? [] : missing,
    start,
    plan: laidOut,
    lastPlan: laidOut ?? lastPlan,
    reason: missing.length > 0 ? `Missing: ${missing.map(({ what }) => what).join('; ')}.` : null,
  };
}

/** After a reload in the middle of a run, this is the first thing to see. */
function Interrupted({
  runs,
  onShow,
}: {
  readonly runs: readonly RunSummary[];
  readonly onShow: (id: string) => void;
}) {
  const command = useRuns((state) => state.command);
  const commands = useRuns((state) => state.commands);
  return runs.map((run) => (
    <Notice
      key={run.id}
      tone="warning"
      title={`“${run.name}” was interrupted. It can go on from stage ${(run.checkpoint?.stage ?? 0) + 1}, step ${run.checkpoint?.step ?? 0}.`}
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
            Resume
          </Button>
          <Button size="small" onClick={() => onShow(run.id)}>
            Show
          </Button>
        </>
      }
    >
      Steps after the checkpoint are computed again, with the same numbers as before.
    </Notice>
  ));
}
