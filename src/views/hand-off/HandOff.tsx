/** Hands a run off to a cluster: what the bundle holds, how the run comes back, and the file to save. */
import { Download, Server } from 'lucide-react';
import { useState } from 'react';
import type { BundleSize, HandedOff } from '../../contract/handoff.ts';
import { saveFile } from '../../studio/exports/exports.ts';
import { orShowError } from '../../studio/or-show-error.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { TaskOutcome } from '../../studio/tasks.ts';
import { handOff, sizeOfBundle, type HandOffSource } from '../../studio/runs/hand-off.ts';
import type { StudioError } from '../../faults/fault.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Dialog } from '../shared/controls/Dialog.tsx';
import { CheckField } from '../shared/controls/Toggle.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { useAsync, type Async } from '../shared/use-async.ts';
import { handOffText } from './text.ts';
import textStyles from '../shared/text.module.css';
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
  const paused = useRuns(({ runs }) =>
    runs.some(
      ({ id, state }) => source.what === 'run' && id === source.runId && state === 'paused',
    ),
  );
  const size = useAsync(JSON.stringify(source), () => sizeOfBundle(source));
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
        {source.what === 'run' && <li>{t.progress}</li>}
        <li>{t.base}</li>
      </ul>
      <CheckField
        label={t.records}
        checked={withRecords}
        disabled={task !== null || made !== null}
        onChange={setWithRecords}
      />
      <Notice
        tone={withRecords ? 'warning' : 'info'}
        title={withRecords ? t.recordsTitle : t.hashesTitle}
      >
        {withRecords ? t.recordsHelp : t.hashesHelp}
      </Notice>
      <h3>{t.backTitle}</h3>
      <p>{t.back}</p>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
      {task !== null && <TaskProgress task={task} label={t.making} />}
      {made ? (
        <p>{t.ready(made.file.name, formatBytes(made.file.blob.size))}</p>
      ) : (
        paused && <p>{t.paused}</p>
      )}
      <span className={styles.acts}>
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
        {!made && <Size size={size} withRecords={withRecords} />}
      </span>
    </div>
  );
}

/** How large the bundle will be; nothing where that cannot be told, because making it says why. */
function Size({
  size,
  withRecords,
}: {
  readonly size: Async<TaskOutcome<BundleSize>>;
  readonly withRecords: boolean;
}) {
  const t = handOffText();
  if (size.status === 'loading') return <span className={textStyles.quiet}>{t.sizing}</span>;
  if (size.status !== 'ready' || size.value.status !== 'done') return null;
  const { records, rest } = size.value.value;
  return (
    <span className={textStyles.quiet}>
      {t.size(formatBytes(rest + (withRecords ? records : 0)))}
    </span>
  );
}
