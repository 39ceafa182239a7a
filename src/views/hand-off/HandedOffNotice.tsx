/** Says that a run was handed off, what came back of it, and lets it go on here all the same. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { RunSummary } from '../../contract/runs.ts';
import { cameBack } from '../../studio/runs/hand-off.ts';
import { isHandedOff } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { ConfirmDialog } from '../shared/controls/Dialog.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { handOffText } from './text.ts';

export function HandedOffNotice({ run }: { readonly run: RunSummary }) {
  const t = handOffText();
  const { runs, select, command, commands } = useRuns();
  const [asking, setAsking] = useState(false);
  if (!isHandedOff(run)) return null;
  const [back] = cameBack(runs, run.id);
  return (
    <Notice
      tone="info"
      title={back ? t.returned(back.name) : t.waits(formatTime(run.handedOff ?? 0))}
      actions={
        <>
          {back && (
            <Button size="small" onClick={() => select(back.id)}>
              {t.show}
            </Button>
          )}
          <Button
            size="small"
            icon={<Play size={14} aria-hidden />}
            busy={commands[run.id] === 'resume'}
            onClick={() => setAsking(true)}
          >
            {t.goOn}
          </Button>
          <ConfirmDialog
            open={asking}
            onOpenChange={setAsking}
            title={t.goOnTitle(run.name)}
            description={t.goOnHelp}
            confirm={t.goOn}
            onConfirm={() => void command(run.id, 'resume')}
          />
        </>
      }
    >
      {back ? null : t.waitsHelp}
    </Notice>
  );
}
