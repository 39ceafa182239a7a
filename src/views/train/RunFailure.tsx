import { useState } from 'react';
import { StudioError } from '../../errors.ts';
import { readRecords, useRuns } from '../../studio/runs.ts';
import type { RunSummary } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Dialog } from '../shared/Dialog.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';

/** Why a run failed; where a step is to blame, with that step's records, and the way back. */
export function RunFailure({ run }: { readonly run: RunSummary }) {
  const [open, setOpen] = useState(false);
  const command = useRuns((state) => state.command);
  const busy = useRuns((state) => state.commands[run.id] !== undefined);
  if (!run.error) return null;
  const place = placeOf(run.error.data);
  return (
    <>
      <ErrorNotice
        error={new StudioError(run.error)}
        actions={
          <>
            {place && (
              <Button size="small" onClick={() => setOpen(true)}>
                Show the records of step {place.step + 1}
              </Button>
            )}
            {run.checkpoint && (
              <Button
                size="small"
                busy={busy}
                onClick={() => void command(run.id, 'resume')}
              >{`Resume from stage ${run.checkpoint.stage + 1}, step ${run.checkpoint.step}`}</Button>
            )}
            {!run.checkpoint && (
              <span className="quiet">
                There is no checkpoint yet: change the recipe and start again.
              </span>
            )}
          </>
        }
      />
      {place && (
        <Dialog
          wide
          open={open}
          onOpenChange={setOpen}
          title={`Records of stage ${place.stage + 1}, step ${place.step + 1}`}
          description="What the model was trained on in that step. Correct or remove what is wrong in the file, and import it again."
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
  const records = useAsync(`${runId}/${stage}/${step}`, () => readRecords(runId, stage, step));
  if (records.status === 'failed') return <ErrorNotice error={records.error} />;
  if (records.status !== 'ready') return <Loading what="records" height={200} />;
  return (
    <>
      <p className="quiet">{formatCount(records.value.length, 'record')}</p>
      <ol className="records">
        {records.value.map((row, position) => (
          <li key={position} className="record">
            <p className="record__head">
              <Tag>{row.task}</Tag> line {row.line}
            </p>
            {row.messages.map(({ role, content }, index) => (
              <p key={index} className="record__message">
                <span className="record__role">{role}</span>
                <span>{content}</span>
              </p>
            ))}
          </li>
        ))}
      </ol>
    </>
  );
}
