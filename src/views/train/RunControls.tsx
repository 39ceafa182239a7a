import { Pause, Play, Square, StepForward } from 'lucide-react';
import { useState } from 'react';
import { useRuns } from '../../studio/runs.ts';
import type { RunSummary } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';

/** What can be done with a run now. */
export function RunControls({ run }: { readonly run: RunSummary }) {
  const command = useRuns((state) => state.command);
  const waiting = useRuns((state) => state.commands[run.id]);
  const [stopping, setStopping] = useState(false);
  const { state } = run;
  const paused = state === 'paused';
  const going = state === 'running' || state === 'preparing';
  const resumable = (state === 'interrupted' || state === 'failed') && run.checkpoint !== null;
  return (
    <>
      {going && (
        <Button
          icon={<Pause size={16} aria-hidden />}
          busy={waiting === 'pause'}
          reason={state === 'preparing' ? 'The run is being set up.' : null}
          onClick={() => void command(run.id, 'pause')}
        >
          Pause
        </Button>
      )}
      {paused && (
        <Button
          icon={<StepForward size={16} aria-hidden />}
          busy={waiting === 'single'}
          onClick={() => void command(run.id, 'single')}
        >
          Single step
        </Button>
      )}
      {(paused || resumable) && (
        <Button
          variant="primary"
          icon={<Play size={16} aria-hidden />}
          busy={waiting === 'resume'}
          onClick={() => void command(run.id, 'resume')}
        >
          {paused ? 'Resume' : 'Resume from checkpoint'}
        </Button>
      )}
      {(going || paused) && (
        <Button
          icon={<Square size={14} aria-hidden />}
          busy={waiting === 'stop'}
          onClick={() => setStopping(true)}
        >
          Stop and keep
        </Button>
      )}
      <ConfirmDialog
        open={stopping}
        onOpenChange={setStopping}
        title={`Stop “${run.name}” here?`}
        description="The run ends with what it has learnt so far, which can be looked at, chatted with and exported. It cannot go on after that; to go on later, pause it instead."
        confirm="Stop and keep"
        onConfirm={() => void command(run.id, 'stop')}
      />
    </>
  );
}
