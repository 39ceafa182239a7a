/** Downloads under way or unfinished. */
import { Pause, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { faultFrom } from '../../../faults/fault.ts';
import { hubHost, useHub } from '../../../studio/models/hub.ts';
import type { Download, DownloadFile } from '../../../contract/hub.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { ConfirmDialog } from '../../shared/controls/Dialog.tsx';
import { noteText } from '../../shared/faults/error-text.ts';
import { formatBytes, formatDuration, formatPercent, unknown } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Progress } from '../../shared/Progress.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag, type Tone } from '../../shared/Tag.tsx';
import { downloadText } from './text-hub.ts';
import styles from './Downloads.module.css';
import textStyles from '../../shared/text.module.css';

/** Downloads that are under way or unfinished. */
export function Downloads() {
  const downloads = useHub((state) => state.downloads);
  const error = useHub((state) => state.error);
  const dismiss = useHub((state) => state.dismissError);
  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={dismiss} />}
      {downloads?.map((download) => (
        <DownloadCard key={download.id} download={download} />
      ))}
    </>
  );
}

const tones: Readonly<Record<Download['state'], Tone>> = {
  running: 'neutral',
  waiting: 'warning',
  checking: 'neutral',
  paused: 'warning',
  failed: 'error',
  elsewhere: 'neutral',
};

function columns(): readonly Column<DownloadFile>[] {
  const t = downloadText();
  return [
    { key: 'path', header: t.columns.file, rowHeader: true, cell: ({ path }) => path },
    {
      key: 'received',
      header: t.columns.received,
      align: 'end',
      width: '40%',
      cell: ({ path, received, bytes }) => (
        <span className={styles.downloadBytes}>
          <progress aria-label={path} max={Math.max(1, bytes)} value={bytes === 0 ? 1 : received} />
          <span className={styles.downloadBytesValue}>
            {received === bytes
              ? formatBytes(bytes)
              : t.of(formatBytes(received), formatBytes(bytes))}
          </span>
        </span>
      ),
    },
    {
      key: 'state',
      header: t.columns.hash,
      width: '88px',
      cell: ({ done, received, bytes }) => {
        if (done) return <Tag tone="good">{t.matches}</Tag>;
        return received === 0 ? (
          <span className={textStyles.quietSmall}>{unknown}</span>
        ) : (
          formatPercent(received / Math.max(1, bytes))
        );
      },
    },
  ];
}

function DownloadCard({ download }: { readonly download: Download }) {
  const { origin, files, received, bytes, error } = download;
  const t = downloadText();
  return (
    <Card
      flush
      title={t.title(origin.name)}
      aside={
        <>
          {hubHost(origin.hub)} · {origin.choice === 'safetensors' ? '' : `${origin.choice} · `}
          <code title={origin.commit}>{origin.commit.slice(0, 12)}</code>
        </>
      }
      actions={<DownloadActions download={download} />}
    >
      <div className={styles.downloadHead}>
        <Progress
          label={t.of(formatBytes(received), formatBytes(bytes))}
          fraction={bytes === 0 ? 1 : received / bytes}
          note={noteOf(download)}
        />
        {error && <ErrorNotice error={faultFrom(error)} />}
      </div>
      <Table
        caption={t.caption(origin.name)}
        columns={columns()}
        rows={files}
        rowKey={({ path }) => path}
        maxHeight={320}
      />
    </Card>
  );
}

/** Its state, and what can be done with it; deleting asks first. */
function DownloadActions({
  download: { id, origin, state, received },
}: {
  readonly download: Download;
}) {
  const { pause, resume, discard } = useHub();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const t = downloadText();
  const during = async (act: Promise<void>) => {
    setBusy(true);
    await act;
    setBusy(false);
  };
  return (
    <>
      <Tag tone={tones[state]}>{t.states[state]}</Tag>
      {(state === 'running' || state === 'waiting') && (
        <Button
          size="small"
          busy={busy}
          icon={<Pause size={14} aria-hidden />}
          onClick={() => void during(pause(id))}
        >
          {t.pause}
        </Button>
      )}
      {(state === 'paused' || state === 'failed') && (
        <Button
          size="small"
          variant="primary"
          busy={busy}
          icon={<Play size={14} aria-hidden />}
          onClick={() => void during(resume(id))}
        >
          {t.resume}
        </Button>
      )}
      {state !== 'elsewhere' && (
        <Button
          size="small"
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          {t.cancel}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t.asks(origin.name)}
        description={t.deletes(formatBytes(received))}
        confirm={t.confirm}
        onConfirm={() => void discard(id)}
      />
    </>
  );
}

function noteOf({ state, note, rate, received, bytes }: Download): string {
  const t = downloadText();
  if (state === 'paused') return t.kept;
  if (rate === null || rate <= 0) return noteText(note);
  const left = formatDuration(((bytes - received) * 1000) / rate);
  return `${t.rate(formatBytes(rate), left)}${note === null ? '' : ` · ${noteText(note)}`}`;
}
