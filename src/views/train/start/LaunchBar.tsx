/** Stays in view while a run is set up: how long it will take, and the buttons that queue or start it. */
import { ListPlus, Play } from 'lucide-react';
import { useRuns } from '../../../studio/runs/runs.ts';
import { HandOff } from '../../hand-off/HandOff.tsx';
import { Button } from '../../shared/controls/Button.tsx';
import { trainText } from '../text.ts';
import { queueText } from '../../queue/text.ts';
import { AskBefore } from './AskBefore.tsx';
import { TimeEstimate } from './TimeEstimate.tsx';
import type { Start } from './use-start.ts';
import styles from './LaunchBar.module.css';

export function LaunchBar({ start }: { readonly start: Start }) {
  return (
    <div className={styles.bar} role="group" aria-label={trainText().start}>
      {/* First, because messages in passing cover the other end. */}
      <span className={styles.acts}>
        <StartActions start={start} />
      </span>
      <TimeEstimate outlook={start.outlook} model={start.model} />
    </div>
  );
}

/** Puts the run that is set up in the queue, or starts it. */
function StartActions({ start }: { readonly start: Start }) {
  const starting = useRuns((state) => state.starting);
  return (
    <>
      <Button
        variant="primary"
        icon={<Play size={16} aria-hidden />}
        busy={starting || start.checking === 'start'}
        reason={start.reason}
        onClick={() => void start.attempt('start')}
      >
        {trainText().start}
      </Button>
      <Button
        icon={<ListPlus size={16} aria-hidden />}
        busy={start.checking === 'queue'}
        reason={start.queueReason}
        onClick={() => void start.attempt('queue')}
      >
        {queueText().add}
      </Button>
      <HandOff
        source={start.planned && { what: 'plan', ...start.planned }}
        name={start.planned?.name ?? ''}
        reason={start.handOffReason}
      />
      <AskBefore
        asked={start.asked}
        queued={start.asked?.act === 'queue'}
        onConfirm={() => {
          if (start.asked) void start.doAnyway(start.asked.act);
        }}
        onClose={start.dismiss}
      />
    </>
  );
}
