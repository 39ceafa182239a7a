/** The buttons for what can be done with a run at the moment. */
import { Bell, BellRing, Pause, Play, SlidersHorizontal, Square, StepForward } from 'lucide-react';
import { useState } from 'react';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { useRunEnd } from '../../../studio/runs/run-end.ts';
import { isActive } from '../../../studio/runs/run-facts.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { canBeHandedOff } from '../../../studio/runs/hand-off.ts';
import { HandOff } from '../../hand-off/HandOff.tsx';
import { Button } from '../../shared/controls/Button.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { trainText } from '../text.ts';

/** What can be done with a run now. A run that was interrupted or failed is resumed where the page says so. */
export function RunControls({
  run,
  onReuse,
}: {
  readonly run: RunSummary;
  /** The run's recipe is the one to set up now. */
  readonly onReuse: () => void;
}) {
  const t = trainText();
  const command = useRuns((state) => state.command);
  const waiting = useRuns((state) => state.commands[run.id]);
  const setRecipe = useRecipe((recipe) => recipe.setRecipe);
  const { state } = run;
  const paused = state === 'paused';
  const going = state === 'running' || state === 'preparing';
  return (
    <>
      {going && <TellEnd />}
      {going && (
        <Button
          icon={<Pause size={16} aria-hidden />}
          busy={waiting === 'pause'}
          reason={state === 'preparing' ? t.beingSetUp : null}
          onClick={() => void command(run.id, 'pause')}
        >
          {t.pause}
        </Button>
      )}
      {state === 'reopening' && (
        <Button
          icon={<Pause size={16} aria-hidden />}
          busy={waiting === 'pause'}
          onClick={() => void command(run.id, 'pause')}
        >
          {t.pauseReopening}
        </Button>
      )}
      {paused && (
        <Button
          icon={<StepForward size={16} aria-hidden />}
          busy={waiting === 'single'}
          onClick={() => void command(run.id, 'single')}
        >
          {t.singleStep}
        </Button>
      )}
      {paused && (
        <Button
          variant="primary"
          icon={<Play size={16} aria-hidden />}
          busy={waiting === 'resume'}
          onClick={() => void command(run.id, 'resume')}
        >
          {t.resume}
        </Button>
      )}
      {(going || paused) && <StopButton run={run} />}
      {canBeHandedOff(run) && <HandOff source={{ what: 'run', runId: run.id }} name={run.name} />}
      {!isActive(run) && (
        <Button
          icon={<SlidersHorizontal size={16} aria-hidden />}
          onClick={() => {
            // A run's recipe was checked when it started.
            setRecipe(run.recipe);
            onReuse();
          }}
        >
          {t.reuse}
        </Button>
      )}
    </>
  );
}

/** Has the system say when a run ends while this page is not in view; asks the browser's leave when it is pressed. */
function TellEnd() {
  const { telling, toggle } = useRunEnd();
  const t = trainText();
  if (telling === 'never') return null;
  const on = telling === 'on';
  const Icon = on ? BellRing : Bell;
  return (
    <Button
      icon={<Icon size={16} aria-hidden />}
      aria-pressed={on}
      reason={telling === 'refused' ? t.tellRefused : null}
      title={t.tellHelp}
      onClick={() => void toggle()}
    >
      {t.tellEnd}
    </Button>
  );
}

/** Ends the run and keeps what it learned, once that is confirmed. */
function StopButton({ run: { id, name } }: { readonly run: RunSummary }) {
  const t = trainText();
  const command = useRuns((state) => state.command);
  const waiting = useRuns((state) => state.commands[id]);
  const [stopping, setStopping] = useState(false);
  return (
    <>
      <Button
        icon={<Square size={14} aria-hidden />}
        busy={waiting === 'stop'}
        onClick={() => setStopping(true)}
      >
        {t.stopAndKeep}
      </Button>
      <ConfirmDialog
        open={stopping}
        onOpenChange={setStopping}
        title={t.stopTitle(name)}
        description={t.stopHelp}
        confirm={t.stopAndKeep}
        onConfirm={() => void command(id, 'stop')}
      />
    </>
  );
}
