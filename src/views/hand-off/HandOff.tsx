/** Hands a run off to a cluster: what the bundle holds, how the run comes back, and the file to save. */
import { Download, Server } from 'lucide-react';
import { useState } from 'react';
import type { HandedOff } from '../../contract/handoff.ts';
import { saveFile } from '../../studio/exports/exports.ts';
import { orShowError } from '../../studio/or-show-error.ts';
import { handOff, type HandOffSource } from '../../studio/runs/hand-off.ts';
import type { StudioError } from '../../faults/fault.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Dialog } from '../shared/controls/Dialog.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { handOffText } from './text.ts';
import styles from './HandOff.module.css';

interface HandOffProps {
  readonly source: HandOffSource | null;
  readonly name: string;
  /** Why it cannot be handed off now. */
  readonly reason?: string | null;
  readonly small?: boolean;
}

export function HandOff({ source, name, reason = null, small = false }: HandOffProps) {
  const t = handOffText();
  const [open, setOpen] = useState(false);
  // What is handed off stays the same while the dialog is open.
  const [asked, setAsked] = useState<HandOffSource | null>(null);
  return (
    <>
      <Button
        icon={<Server size={small ? 14 : 16} aria-hidden />}
        {...(small ? { size: 'small' } : {})}
        reason={reason}
        onClick={() => {
          setAsked(source);
          setOpen(true);
        }}
      >
        {t.act}
      </Button>
      {asked && (
        <Dialog wide open={open} onOpenChange={setOpen} title={t.title(name)} description={t.about}>
          {open && <Bundle source={asked} />}
        </Dialog>
      )}
    </>
  );
}

/** What the bundle holds, and the acts that make and save it. */
function Bundle({ source }: { readonly source: HandOffSource }) {
  const t = handOffText();
  const [withRecords, setWithRecords] = useState(true);
  const [task, setTask] = useState<string | null>(null);
  const [made, setMade] = useState<HandedOff | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const make = async () => {
    setError(null);
    const outcome = await handOff(source, withRecords, setTask);
    setTask(null);
    if (outcome.status === 'done') setMade(outcome.value);
    else if (outcome.status === 'failed') setError(outcome.error);
  };
  const save = async ({ file }: HandedOff) => {
    await orShowError(
      (change) => setError(change.error),
      () => saveFile(file.blob, file.name),
    );
  };
  return (
    <div className={styles.parts}>
      <h3>{t.holds}</h3>
      <ul className={styles.list}>
        <li>{t.recipe}</li>
        <li>{t.progress}</li>
        <li>{t.base}</li>
      </ul>
      <CheckField
        label={t.records}
        checked={withRecords}
        disabled={task !== null || made !== null}
        onChange={setWithRecords}
      />
      <Notice compact tone={withRecords ? 'warning' : 'info'} title={t.recordsHelp} />
      <h3>{t.backTitle}</h3>
      <p>{t.back}</p>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
      {task !== null && <TaskProgress task={task} label={t.making} />}
      {made ? (
        <p>{t.ready(made.file.name, formatBytes(made.file.blob.size))}</p>
      ) : (
        source.what === 'run' && <p>{t.paused}</p>
      )}
      <span>
        {made ? (
          <Button
            variant="primary"
            icon={<Download size={16} aria-hidden />}
            onClick={() => void save(made)}
          >
            {t.save}
          </Button>
        ) : (
          <Button variant="primary" busy={task !== null} onClick={() => void make()}>
            {t.make}
          </Button>
        )}
      </span>
    </div>
  );
}
