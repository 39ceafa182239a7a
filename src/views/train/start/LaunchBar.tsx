/** Stays in view while a run is set up: how long it will take, and the buttons that queue or start it. */
import { ListPlus, Play } from 'lucide-react';
import type { CutOfSet, RunData } from '../../../contract/runs.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { formatInteger } from '../../shared/format.ts';
import { outcomeText } from '../run/text-outcomes.ts';
import { trainText } from '../text.ts';
import { queueText } from '../text-runs.ts';
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
        busy={starting || start.checking}
        reason={start.reason}
        onClick={() => void start.start()}
      >
        {trainText().start}
      </Button>
      <Button
        icon={<ListPlus size={16} aria-hidden />}
        reason={start.queueReason}
        onClick={start.queue}
      >
        {queueText().add}
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
