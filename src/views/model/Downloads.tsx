import { Pause, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { StudioError } from '../../errors.ts';
import { hubHost, useHub } from '../../studio/hub.ts';
import type { Download, DownloadFile } from '../../worker/hub-protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';
import { formatBytes, formatDuration, formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Progress } from '../shared/Progress.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag, type Tone } from '../shared/Tag.tsx';

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

const states: Readonly<Record<Download['state'], { readonly word: string; readonly tone: Tone }>> =
  {
    running: { word: 'downloading', tone: 'neutral' },
    waiting: { word: 'connection lost, trying again', tone: 'warning' },
    checking: { word: 'checking', tone: 'neutral' },
    paused: { word: 'paused', tone: 'warning' },
    failed: { word: 'stopped', tone: 'error' },
    elsewhere: { word: 'in another tab', tone: 'neutral' },
  };

const columns: readonly Column<DownloadFile>[] = [
  { key: 'path', header: 'File', rowHeader: true, cell: ({ path }) => path },
  {
    key: 'received',
    header: 'Received',
    align: 'end',
    width: '40%',
    cell: ({ path, received, bytes }) => (
      <span className="download-bytes">
        <progress aria-label={path} max={Math.max(1, bytes)} value={bytes === 0 ? 1 : received} />
        <span className="download-bytes__value">
          {received === bytes
            ? formatBytes(bytes)
            : `${formatBytes(received)} of ${formatBytes(bytes)}`}
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'Hash',
    width: '88px',
    cell: ({ done, received, bytes }) => {
      if (done) return <Tag tone="good">matches</Tag>;
      return received === 0 ? (
        <span className="model-quiet">–</span>
      ) : (
        formatPercent(received / Math.max(1, bytes))
      );
    },
  },
];

function DownloadCard({ download }: { readonly download: Download }) {
  const { pause, resume, discard } = useHub();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, origin, state, files, received, bytes, error } = download;
  const { word, tone } = states[state];
  const goes = state === 'running' || state === 'waiting';
  const during = async (act: Promise<void>) => {
    setBusy(true);
    await act;
    setBusy(false);
  };
  return (
    <Card
      flush
      title={<>Download of {origin.name}</>}
      aside={
        <>
          {hubHost(origin.hub)} · {origin.choice === 'safetensors' ? '' : `${origin.choice} · `}
          <code title={origin.commit}>{origin.commit.slice(0, 12)}</code>
        </>
      }
      actions={
        <>
          <Tag tone={tone}>{word}</Tag>
          {goes && (
            <Button
              size="small"
              busy={busy}
              icon={<Pause size={14} aria-hidden />}
              onClick={() => void during(pause(id))}
            >
              Pause
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
              Resume
            </Button>
          )}
          {state !== 'elsewhere' && (
            <Button
              size="small"
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              Cancel
            </Button>
          )}
        </>
      }
    >
      <div className="download-head">
        <Progress
          label={`${formatBytes(received)} of ${formatBytes(bytes)}`}
          fraction={bytes === 0 ? 1 : received / bytes}
          note={noteOf(download)}
        />
        {error && <ErrorNotice error={new StudioError(error)} />}
      </div>
      <Table
        caption={`Files of the download of ${origin.name}`}
        columns={columns}
        rows={files}
        rowKey={({ path }) => path}
        maxHeight={320}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Cancel the download of ${origin.name}?`}
        description={`Deletes the ${formatBytes(received)} that have come. To keep them and go on later, pause it instead.`}
        confirm="Cancel and delete"
        onConfirm={() => void discard(id)}
      />
    </Card>
  );
}

function noteOf({ state, note, rate, received, bytes }: Download): string {
  if (state === 'paused') return 'Kept in this browser, also across reloads.';
  if (rate === null || rate <= 0) return note;
  const left = formatDuration(((bytes - received) * 1000) / rate);
  return `${formatBytes(rate)}/s, ${left} left${note === '' ? '' : ` · ${note}`}`;
}
