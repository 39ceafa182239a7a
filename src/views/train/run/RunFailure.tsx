import { useState } from 'react';
import { faultFrom, type StudioError } from '../../../faults/fault.ts';
import { readRecords, useRuns } from '../../../studio/runs/runs.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Dialog } from '../../shared/controls/Dialog.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { placeWords } from '../../shared/words/place.ts';
import { trainText } from '../text.ts';
import textStyles from '../../shared/text.module.css';
import styles from './RunFailure.module.css';

/** Why a run failed; where a step is to blame, with that step's records, and the way back. */
export function RunFailure({ run }: { readonly run: RunSummary }) {
  const [open, setOpen] = useState(false);
  const command = useRuns((state) => state.command);
  const busy = useRuns((state) => state.commands[run.id] !== undefined);
  const t = trainText();
  if (!run.error) return null;
  const place = placeOf(run.error.data);
  return (
    <>
      <ErrorNotice
        error={faultFrom(run.error)}
        actions={
          <>
            {place && (
              <Button size="small" onClick={() => setOpen(true)}>
                {t.showRecords(place.step + 1)}
              </Button>
            )}
            {run.checkpoint && (
              <Button size="small" busy={busy} onClick={() => void command(run.id, 'resume')}>
                {t.resumeFrom(run.checkpoint.stage + 1, run.checkpoint.step)}
              </Button>
            )}
            {!run.checkpoint && <span className={textStyles.quiet}>{t.noCheckpoint}</span>}
          </>
        }
      />
      {place && (
        <Dialog
          wide
          open={open}
          onOpenChange={setOpen}
          title={t.recordsTitle(place.stage + 1, place.step + 1)}
          description={t.recordsHelp}
        >
          {open && <StepRecords runId={run.id} {...place} />}
        </Dialog>
      )}
    </>
  );
}

/** Stage and step, where the error names them. */
function placeOf(data: StudioError['data']): { stage: number; step: number } | null {
  const { stage, step } = data;
  return typeof stage === 'number' && typeof step === 'number' ? { stage, step } : null;
}

function StepRecords({
  runId,
  stage,
  step,
}: {
  readonly runId: string;
  readonly stage: number;
  readonly step: number;
}) {
  const t = trainText();
  const records = useAsync(`${runId}/${stage}/${step}`, () => readRecords(runId, stage, step));
  if (records.status === 'failed') return <ErrorNotice error={records.error} />;
  if (records.status !== 'ready') return <Loading what={t.recordsOf} height={200} />;
  return (
    <>
      <p className={textStyles.quiet}>{t.records(records.value.length)}</p>
      <ol className={styles.records}>
        {records.value.map((row, position) => (
          <li key={position} className={styles.record}>
            <p className={styles.recordHead}>
              <Tag>{row.task}</Tag> {placeWords(row)}
            </p>
            {row.messages.map(({ role, content }, index) => (
              <p key={index} className={styles.recordMessage}>
                <span className={styles.recordRole}>{role}</span>
                <span>{seenControls(content)}</span>
              </p>
            ))}
          </li>
        ))}
      </ol>
    </>
  );
}
