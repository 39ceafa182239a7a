/** Step 3: set up a run, start it, watch it. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import { faultFrom } from '../../faults/fault.ts';
import { hasNewData, useDataSets } from '../../studio/data/data-sets.ts';
import { compareWith } from '../../studio/runs/comparison.ts';
import {
  activeRun,
  isOver,
  resumableRuns,
  selectedRun,
  shownState,
} from '../../studio/runs/run-facts.ts';
import { useActivity } from '../../studio/runs/activity.ts';
import { START_TASK } from '../../contract/events.ts';
import { curvesOf, useRuns } from '../../studio/runs/runs.ts';
import { useTasks } from '../../studio/tasks.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { HandOff } from '../hand-off/HandOff.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Page } from '../shared/Card.tsx';
import { noteText } from '../shared/faults/error-text.ts';
import { isSameFault } from '../shared/faults/faults-in-place.ts';
import { formatInteger } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { SafeModeNote } from '../shared/SafeModeNote.tsx';
import { Progress } from '../shared/Progress.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { CompareView } from './compare/CompareView.tsx';
import { DryRunPanel } from './DryRun.tsx';
import { RecordsOutlook } from './run/RecordOutcomes.tsx';
import { QueueCard } from '../queue/QueueCard.tsx';
import { RunControls } from './run/RunControls.tsx';
import { RunList } from './RunList.tsx';
import { RunView } from './run/RunView.tsx';
import { MissingList } from './start/MissingList.tsx';
import { SetUp } from './SetUp.tsx';
import { LaunchBar } from './start/LaunchBar.tsx';
import { useStart } from './start/use-start.ts';
import { activityWords, useNow } from './activity-words.ts';
import { trainText } from './text.ts';

type View = 'set-up' | 'watch' | 'compare';

/** Step 3: set up a run, start it, watch it. */
export default function TrainPage() {
  const t = trainText();
  const runs = useRuns();
  const active = activeRun(runs);
  // A run that is being set up is looked at, not the one before it.
  const run = (runs.starting ? active : null) ?? selectedRun(runs);
  const [chosen, setChosen] = useState<View | null>(null);
  const [started, setStarted] = useState(false);
  // People come here for a run that goes on, was interrupted or has ended; it stays in view when it ends.
  // Whoever has brought data since, or after the worked example, comes to train on them.
  const broughtData = useDataSets((state) => run !== null && hasNewData(state, run));
  const hasEnded = !started && run !== null && isOver(run) && !broughtData;
  const returns = active !== null || resumableRuns(runs).length > 0 || hasEnded;
  if (run && chosen === null && returns) setChosen('watch');
  const view: View = run ? (chosen ?? 'set-up') : 'set-up';
  // The run in view shows its own fault, with the ways on.
  const told = view === 'watch' && run?.error ? faultFrom(run.error) : null;
  const error = isSameFault(runs.error, told) ? null : runs.error;
  // The run comes into view as soon as it exists; a person who looks elsewhere meanwhile stays there.
  const start = useStart(view === 'set-up', () => {
    setStarted(true);
    setChosen(null);
  });
  // The way on for a run that is too large here.
  const handOff = (
    <HandOff
      small
      source={start.planned && { what: 'plan', ...start.planned }}
      name={start.planned?.name ?? ''}
      reason={start.handOffReason}
    />
  );
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['LoRA', 'KA', 'NA', 'Align', 'MKA', 'DA', 'nll', 'λ']}
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
        <>
          <SetUp
            dryRun={<DryRunPanel run={start.asRun} reason={start.dryReason} />}
            outlook={<RecordsOutlook outlook={start.outlook} />}
            model={start.model}
            missing={
              <MissingList
                missing={start.missing}
                model={start.model}
                handOff={handOff}
                onShowRun={(id) => {
                  runs.select(id);
                  setChosen('watch');
                }}
              />
            }
            handOff={handOff}
            plan={start.plan}
            lastPlan={start.lastPlan}
          />
          <LaunchBar start={start} />
        </>
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
          <RunList onCompare={() => setChosen('compare')} />
        </>
      )}
    </Page>
  );
}

/** What happens between the press of Start and the first step. */
function SettingUp() {
  const t = trainText();
  const state = useTasks(({ tasks }) => tasks[START_TASK]);
  const note = state?.note ?? null;
  const preparing = useRuns(({ runs }) => runs.find((run) => run.state === 'preparing'));
  const doing = useActivity((activity) => activity.doing[preparing?.id ?? '']);
  const now = useNow(Boolean(doing?.activity));
  // The base model is measured after everything is compiled.
  const measuring = doing?.activity ? activityWords(doing, now) : null;
  return (
    <Progress
      label={t.settingUp}
      fraction={state?.fraction ?? null}
      note={measuring ?? (note === null ? t.layingOut : noteText(note))}
    />
  );
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
      tone={shownState(run) === 'paused' ? 'info' : 'warning'}
      title={(shownState(run) === 'paused' ? t.paused : t.interrupted)(
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
      {shownState(run) !== 'paused' && t.againSame}
    </Notice>
  ));
}
